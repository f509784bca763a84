using Godwit.Protocol;

namespace Godwit.Broker.Messages;

/// <summary>An Application Message as spans: either straight from the bytes a client sent, or of a stored <see cref="Message"/>.</summary>
internal readonly ref struct MessageView
{
    /// <summary>Topic Name, not empty; an alias has been resolved.</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    /// <summary>Encoded 5.0 properties that pass through unaltered: without expiry, alias and Subscription Identifiers.</summary>
    public ReadOnlySpan<byte> Properties { get; init; }

    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>The QoS it was published with.</summary>
    public QoS QoS { get; init; }

    /// <summary>When it is dropped, in the shard's milliseconds: what the publisher said, or the cap of the server. MaxValue is never.</summary>
    public long ExpiresAtMs { get; init; }

    /// <summary>When the publisher said it expires; 5.0 receivers are told the rest. MaxValue: it said nothing. [MQTT-3.3.2-6]</summary>
    public long AnnouncedExpiryMs { get; init; }

    /// <summary>The same message under another name.</summary>
    public MessageView WithTopic(ReadOnlySpan<byte> topic) => new()
    {
        Topic = topic,
        Properties = Properties,
        Payload = Payload,
        QoS = QoS,
        ExpiresAtMs = ExpiresAtMs,
        AnnouncedExpiryMs = AnnouncedExpiryMs,
    };

    /// <summary>Bytes it counts for in queues: what it holds and 64 for bookkeeping.</summary>
    public int CostBytes => Topic.Length + Properties.Length + Payload.Length + OverheadBytes;

    /// <summary>What a message counts for besides what it holds.</summary>
    public const int OverheadBytes = 64;
}
