namespace Godwit.Compare.Loads;

/// <summary>One row of the comparison.</summary>
/// <param name="Id">A letter.</param>
/// <param name="Title">What happens.</param>
/// <param name="Load">What a generator is told, without times.</param>
/// <param name="Figures">What is read from its report.</param>
internal sealed record Workload(string Id, string Title, Load Load, IReadOnlyList<Figure> Figures)
{
    /// <summary>Debian's mosquitto can do it.</summary>
    public bool HasMosquitto { get; init; } = true;

    /// <summary>The relay can do it: it knows neither wildcards, retained messages nor sessions.</summary>
    public bool HasRelay { get; init; } = true;

    /// <summary>Latency is compared, too, at 80 % of mosquitto's rate.</summary>
    public bool HasLatency { get; init; }
}
