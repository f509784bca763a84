namespace Godwit.Broker.Log;

/// <summary>What the store can do now.</summary>
public enum StoreHealth : byte
{
    /// <summary>Everything.</summary>
    Ok,

    /// <summary>Everything, but space is getting short: people should be told.</summary>
    Low,

    /// <summary>No room for new messages, sessions and subscriptions; what frees space is still taken.</summary>
    Full,

    /// <summary>A write or a flush has failed: nothing becomes durable any more, and no acknowledgement may leave. The process has to end.</summary>
    Failed,
}
