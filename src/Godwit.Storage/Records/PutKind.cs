namespace Godwit.Storage.Records;

/// <summary>What a <see cref="RecordType.Put"/> holds.</summary>
public enum PutKind : byte
{
    /// <summary>A durable session.</summary>
    Session = 1,

    /// <summary>A subscription of a durable session.</summary>
    Subscription = 2,

    /// <summary>A will.</summary>
    Will = 3,

    /// <summary>A QoS 2 packet id that waits for PUBREL.</summary>
    Inbound = 4,

    /// <summary>A search for retained messages that goes on.</summary>
    RetainedSearch = 5,

    /// <summary>Retained messages that a search has brought into a queue.</summary>
    RetainedGiven = 6,
}
