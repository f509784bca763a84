using Godwit.Protocol;

namespace Godwit.Broker.Log;

/// <summary>A message as the log keeps it. Times are the host's monotonic milliseconds; <see cref="long.MaxValue"/> is never.</summary>
public readonly ref struct MessageRecord
{
    /// <summary>Topic Name, UTF-8, not empty.</summary>
    public required ReadOnlySpan<byte> Topic { get; init; }

    /// <summary>Encoded 5.0 properties that pass through unaltered; may be empty.</summary>
    public ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>The payload; may be empty.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>The QoS it was published with.</summary>
    public required QoS QoS { get; init; }

    /// <summary>RETAIN of the PUBLISH.</summary>
    public bool WasRetain { get; init; }

    /// <summary>When it is dropped: what the publisher said, or the server's cap.</summary>
    public required long ExpiresAtMs { get; init; }

    /// <summary>When the publisher said it expires.</summary>
    public required long AnnouncedExpiryMs { get; init; }

    /// <summary>Client identifier of the publisher; null is the broker itself.</summary>
    public string? PublisherId { get; init; }

    /// <summary>User name of the publisher; null is anonymous, or a message that was never retained.</summary>
    public string? PublisherUserName { get; init; }

    /// <summary>Version of the topic tree when the retained store took it; 0: it is not retained.</summary>
    public long RetainedVersion { get; init; }

    /// <summary>When the retained store drops it.</summary>
    public long RetainedUntilMs { get; init; }
}
