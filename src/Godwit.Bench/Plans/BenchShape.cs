namespace Godwit.Bench.Plans;

/// <summary>What a run does.</summary>
public enum BenchShape
{
    /// <summary>Opens connections and holds them.</summary>
    Conn,

    /// <summary>Publishes; nobody of this run subscribes.</summary>
    Pub,

    /// <summary>Subscribes, and measures what others publish.</summary>
    Sub,

    /// <summary>Publishes and subscribes, and accounts for every message.</summary>
    PubSub,

    /// <summary>As PubSub at a moderate fixed rate: how long a message takes.</summary>
    Latency,

    /// <summary>Stores retained messages, then subscribes to all.</summary>
    Retained,

    /// <summary>Publishes to a tree of topics that many wildcard filters watch.</summary>
    Wild,

    /// <summary>Fills the queues of absent sessions, then lets them return.</summary>
    Queue,
}
