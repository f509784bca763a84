namespace Godwit.Broker.Protection;

/// <summary>How much one user may have, all its sessions together. Immutable; 0 is no limit. Clients without a user name have no limit here.</summary>
public sealed class UserQuotas
{
    /// <summary>Sessions, connected or not.</summary>
    public int SessionsMax { get; init; }

    /// <summary>Subscriptions.</summary>
    public int SubscriptionsMax { get; init; }

    /// <summary>What would be refused is counted, and not refused.</summary>
    public bool IsReportOnly { get; init; }
}
