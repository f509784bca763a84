namespace Godwit.Broker.Log;

/// <summary>A SUBSCRIBE of a durable session has asked for retained messages, and not all of them are in its queue yet.</summary>
public readonly ref struct RetainedSearchRecord
{
    /// <summary>The session.</summary>
    public required uint SessionNo { get; init; }

    /// <summary>The Topic Filter, by which its subscription is found.</summary>
    public required ReadOnlySpan<byte> Filter { get; init; }

    /// <summary>Version of the topic tree at the SUBSCRIBE: what is owed is older.</summary>
    public required long OlderThan { get; init; }

    /// <summary>No Local of that SUBSCRIBE.</summary>
    public bool NoLocal { get; init; }
}
