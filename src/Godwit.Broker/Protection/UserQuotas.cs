namespace Godwit.Broker.Protection;

/// <summary>How much one user may have, all its sessions together. Immutable; 0 is no limit.</summary>
public sealed class UserQuotas
{
    /// <summary>Sessions, connected or not. Clients without a user name have no limit here.</summary>
    public int SessionsMax { get; init; }

    /// <summary>Subscriptions. Clients without a user name have no limit here.</summary>
    public int SubscriptionsMax { get; init; }

    /// <summary>Retained messages that it has published. Of clients without a user name each counts for itself, by its client identifier.</summary>
    public int RetainedMax { get; init; }

    /// <summary>Bytes of messages that wait or are in flight, as the limits of queues count them. Of clients without a user name each counts for itself.</summary>
    public long QueuedBytesMax { get; init; }

    /// <summary>What would be refused is counted, and not refused.</summary>
    public bool IsReportOnly { get; init; }

    /// <summary>Something is limited.</summary>
    public bool AreAny => SessionsMax > 0 || SubscriptionsMax > 0 || RetainedMax > 0 || QueuedBytesMax > 0;
}
