using System.Globalization;
using Godwit.Compare.Loads;

namespace Godwit.Compare.Scaling;

/// <summary>One place on an axis.</summary>
/// <param name="X">How many, or how large; above 0.</param>
/// <param name="Load">What the generator does there, without times.</param>
internal sealed record AxisPoint(double X, Load Load)
{
    /// <summary>In words; without it the number.</summary>
    public string Label { get; init; } = X.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>What else the generator is told.</summary>
    public IReadOnlyList<string> GeneratorArguments { get; init; } = [];

    /// <summary>Subscriptions of other clients, which match nothing that is published.</summary>
    public int OtherSubscriptions { get; init; }

    /// <summary>The broker has the first processor, the generator the others.</summary>
    public bool IsPinned { get; init; }

    /// <summary>Measured also when it has to be quick.</summary>
    public bool IsQuick { get; init; }

    /// <summary>A load that is run before, so that the first thousand messages are not those for which code is compiled; null: the load warms up by itself.</summary>
    public Load? WarmUp { get; init; }
}
