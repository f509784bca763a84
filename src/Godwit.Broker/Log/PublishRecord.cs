namespace Godwit.Broker.Log;

/// <summary>What is written together with a message, beside its recipients. A number of 0 is none.</summary>
internal readonly record struct PublishRecord
{
    /// <summary>Number of the message in the log; 0 as long as nobody needs one.</summary>
    public long MessageId { get; init; }

    /// <summary>The message is in the log already.</summary>
    public bool IsReference { get; init; }

    /// <summary>Version at which the retained store took it; 0: it did not.</summary>
    public long RetainedVersion { get; init; }

    /// <summary>When the retained store drops it.</summary>
    public long RetainedUntilMs { get; init; }

    /// <summary>The retained message that it replaces or clears.</summary>
    public long ReplacedId { get; init; }

    /// <summary>A will that is over because this is it.</summary>
    public long WillId { get; init; }

    /// <summary>The publisher's session when its QoS 2 packet id is to be remembered.</summary>
    public uint InboundSessionNo { get; init; }

    /// <summary>The packet id.</summary>
    public ushort InboundPacketId { get; init; }

    /// <summary>Number of the record of the packet id.</summary>
    public long InboundId { get; init; }

    /// <summary>What else is written in the same commit; null for nothing.</summary>
    public ICompanion? Companion { get; init; }

    /// <summary>Its acknowledgement does not wait.</summary>
    public bool IsRelaxed { get; init; }

    /// <summary>Something besides recipients has to be written.</summary>
    public bool HasMore => RetainedVersion != 0 || ReplacedId != 0 || WillId != 0 || InboundId != 0 || Companion is not null;
}
