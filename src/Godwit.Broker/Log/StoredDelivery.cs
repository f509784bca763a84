using Godwit.Protocol;

namespace Godwit.Broker.Log;

/// <summary>One position of a session's queue as it was read from the store. Ranges are places in the buffer of its <see cref="QueueRead"/>.</summary>
public readonly struct StoredDelivery
{
    /// <summary>The position.</summary>
    public required long Seq { get; init; }

    /// <summary>PUBREC has come: there is no message any more, and PUBREL is next.</summary>
    public bool IsReceived { get; init; }

    /// <summary>The message's number in the log.</summary>
    public long MessageId { get; init; }

    /// <summary>1 or 2: the QoS towards this session.</summary>
    public QoS QoS { get; init; }

    /// <summary>RETAIN as this receiver sees it.</summary>
    public bool Retain { get; init; }

    /// <summary>Subscription Identifiers; null for none.</summary>
    public uint[]? Identifiers { get; init; }

    /// <summary>The filter of the shared subscription it comes through; null when none.</summary>
    public byte[]? SharedFilter { get; init; }

    /// <summary>Topic Name.</summary>
    public Range Topic { get; init; }

    /// <summary>Properties that pass through.</summary>
    public Range Properties { get; init; }

    /// <summary>The payload.</summary>
    public Range Payload { get; init; }

    /// <summary>The QoS it was published with.</summary>
    public QoS PublishedQoS { get; init; }

    /// <summary>RETAIN of the PUBLISH.</summary>
    public bool WasRetain { get; init; }

    /// <summary>When it is dropped, the host's monotonic milliseconds.</summary>
    public long ExpiresAtMs { get; init; }

    /// <summary>When the publisher said it expires, the host's monotonic milliseconds.</summary>
    public long AnnouncedExpiryMs { get; init; }

    /// <summary>Client identifier of the publisher; null is the broker itself.</summary>
    public string? PublisherId { get; init; }

    /// <summary>User name of the publisher; null is anonymous, or a message that was never retained.</summary>
    public string? PublisherUserName { get; init; }
}
