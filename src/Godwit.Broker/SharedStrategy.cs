namespace Godwit.Broker;

/// <summary>Which member of a Shared Subscription gets a message (5.0 §4.8.2). Connected members come before those that are away.</summary>
public enum SharedStrategy : byte
{
    /// <summary>One after another.</summary>
    RoundRobin,

    /// <summary>The one with the fewest messages queued and in flight.</summary>
    LeastInFlight,

    /// <summary>The same as last time, as long as it is there.</summary>
    Sticky,

    /// <summary>Chosen by the Topic Name, so that one topic keeps its member.</summary>
    TopicHash,
}
