using System.Buffers;
using System.Text;
using Godwit.Client.Connections;
using Godwit.Client.Sessions;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Client;

/// <summary>
/// A received Application Message. It is acknowledged when the reader takes the next one, or before with <see cref="AckAsync"/>. Its
/// memory may be used until then; copy what must live longer.
/// </summary>
public sealed class MqttMessage
{
    private readonly ClientSession _session;
    private readonly byte[] _bytes;             // Topic Name, properties, payload
    private readonly int _topicSize;
    private readonly int _propertiesSize;
    private string? _topic;

    internal MqttMessage(ClientSession session, in PublishPacket publish, ReadOnlySpan<byte> topic, int connectionNumber, int sessionNumber)
    {
        _session = session;
        _topicSize = topic.Length;
        _propertiesSize = publish.Properties.Bytes.Length;
        _bytes = new byte[_topicSize + _propertiesSize + publish.Payload.Length];
        topic.CopyTo(_bytes);
        publish.Properties.Bytes.CopyTo(_bytes.AsSpan(_topicSize));
        publish.Payload.CopyTo(_bytes.AsSpan(_topicSize + _propertiesSize));
        QoS = (MqttQoS)publish.QoS;
        Retain = publish.Retain;
        Dup = publish.Dup;
        PacketId = publish.PacketId;
        ConnectionNumber = connectionNumber;
        SessionNumber = sessionNumber;
    }

    /// <summary>Topic Name.</summary>
    public string Topic => _topic ??= Encoding.UTF8.GetString(TopicUtf8.Span);

    /// <summary>Topic Name as it came.</summary>
    public ReadOnlyMemory<byte> TopicUtf8 => _bytes.AsMemory(0, _topicSize);

    /// <summary>Any bytes; may be empty.</summary>
    public ReadOnlySequence<byte> Payload => new(_bytes.AsMemory(_topicSize + _propertiesSize));

    /// <summary>QoS of this delivery.</summary>
    public MqttQoS QoS { get; }

    /// <summary>The message was retained before this client subscribed, or with RetainAsPublished: it was published so.</summary>
    public bool Retain { get; }

    /// <summary>The server may have sent it before.</summary>
    public bool Dup { get; }

    /// <summary>The payload is said to be UTF-8 text.</summary>
    public bool IsText => Properties.NumberOr(PropertyId.PayloadFormatIndicator, 0) == 1;

    /// <summary>What was left of the message's time when the server sent it; null: no limit.</summary>
    public TimeSpan? MessageExpiry =>
        Properties.TryGet(PropertyId.MessageExpiryInterval, out var property) ? TimeSpan.FromSeconds(property.Number) : null;

    /// <summary>What the payload is; null: not said.</summary>
    public string? ContentType => Properties.StringOrNull(PropertyId.ContentType);

    /// <summary>Where the answer goes; null: this is no request.</summary>
    public string? ResponseTopic => Properties.StringOrNull(PropertyId.ResponseTopic);

    /// <summary>What the answer repeats; null: nothing.</summary>
    public ReadOnlyMemory<byte>? CorrelationData =>
        Properties.TryGet(PropertyId.CorrelationData, out var property) ? property.Value.ToArray() : null;

    /// <summary>Identifiers of the subscriptions that matched, in wire order.</summary>
    public IReadOnlyList<uint> SubscriptionIdentifiers
    {
        get
        {
            var identifiers = new List<uint>();
            foreach (var property in Properties)
            {
                if (property.Id == PropertyId.SubscriptionIdentifier)
                {
                    identifiers.Add(property.Number);
                }
            }

            return identifiers;
        }
    }

    /// <summary>User Properties in order.</summary>
    public IReadOnlyList<MqttUserProperty> UserProperties => Properties.UserProperties();

    internal ushort PacketId { get; }

    /// <summary>The connection it came by: only there its PUBACK has a meaning.</summary>
    internal int ConnectionNumber { get; }

    /// <summary>The session it belongs to: only there its packet id has a meaning.</summary>
    internal int SessionNumber { get; }

    internal bool IsAcknowledged { get; set; }

    internal int Size => _bytes.Length;

    private PropertyBlock Properties => PropertyBlock.FromTrusted(_bytes.AsSpan(_topicSize, _propertiesSize));

    /// <summary>The payload as text; what is not UTF-8 becomes U+FFFD.</summary>
    public string GetString() => Encoding.UTF8.GetString(Payload);

    /// <summary>
    /// Acknowledges the message now. Does nothing the second time, with QoS 0, or when the connection it came by has ended (the server
    /// then sends it again).
    /// </summary>
    public ValueTask AckAsync(CancellationToken ct = default)
    {
        if (ct.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(ct);
        }

        _session.Acknowledge(this);
        return ValueTask.CompletedTask;
    }
}
