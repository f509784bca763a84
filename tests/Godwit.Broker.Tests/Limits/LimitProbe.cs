using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Limits;

/// <summary>How one limit is tried: a small value for it, and something that uses a given amount of what it limits.</summary>
/// <param name="Name">As in <see cref="BrokerLimits.All"/>.</param>
/// <param name="Limit">The value it is set to.</param>
/// <param name="Beyond">What becomes of more than that, for a 5.0 client: as <see cref="Outcome"/> says it.</param>
/// <param name="Beyond311">The same for a 3.1.1 client; null: 3.1.1 does not know what is limited.</param>
/// <param name="Use">Uses the amount in a broker of its own and says what came of it.</param>
public sealed record LimitProbe(string Name, long Limit, string Beyond, string? Beyond311, Func<BrokerHarness, ProtocolVersion, long, string> Use)
{
    /// <summary>The outcome of an amount that the limit allows.</summary>
    public const string Fits = "fits";

    /// <summary>A time is over when it is reached: the limit itself is already too much.</summary>
    public bool IsTime { get; init; }
}
