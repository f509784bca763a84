namespace Godwit.Broker.Protection;

/// <summary>How much each client may send and be sent. Immutable; 0 is no limit. Each is the rate of a token bucket.</summary>
public sealed class ClientRates
{
    /// <summary>PUBLISH packets from one client in a second.</summary>
    public long PublishesPerSecond { get; init; }

    /// <summary>Bytes from one client in a second.</summary>
    public long ReceivedBytesPerSecond { get; init; }

    /// <summary>PUBLISH packets to one client in a second.</summary>
    public long DeliveriesPerSecond { get; init; }

    /// <summary>Bytes to one client in a second.</summary>
    public long SentBytesPerSecond { get; init; }

    /// <summary>So many seconds' worth may come at once after a pause; at least 1.</summary>
    public int BurstSeconds { get; init; } = 1;

    /// <summary>What would be done is counted, and not done.</summary>
    public bool IsReportOnly { get; init; }

    /// <summary>Something is limited that clients send.</summary>
    internal bool LimitInput => PublishesPerSecond > 0 || ReceivedBytesPerSecond > 0;

    /// <summary>Something is limited that clients are sent.</summary>
    internal bool LimitOutput => DeliveriesPerSecond > 0 || SentBytesPerSecond > 0;
}
