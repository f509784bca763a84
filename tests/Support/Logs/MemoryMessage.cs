using Godwit.Broker.Log;
using Godwit.Protocol;

namespace Godwit.Tests.Logs;

/// <summary>A message that stays.</summary>
public sealed class MemoryMessage(long id, in MessageRecord message, ReadOnlySpan<byte> recipients)
{
    private readonly byte[] _topic = message.Topic.ToArray();
    private readonly byte[] _properties = message.Properties.ToArray();
    private readonly QoS _qos = message.QoS;
    private readonly bool _wasRetain = message.WasRetain;
    private readonly long _expiresAtMs = message.ExpiresAtMs;
    private readonly long _announcedExpiryMs = message.AnnouncedExpiryMs;
    private readonly string? _publisherId = message.PublisherId;
    private readonly string? _publisherUserName = message.PublisherUserName;
    private readonly long _retainedUntilMs = message.RetainedUntilMs;

    public long Id { get; } = id;

    public byte[] Payload { get; } = message.Payload.ToArray();

    public long RetainedVersion { get; } = message.RetainedVersion;

    public byte[] Recipients { get; } = recipients.ToArray();

    public int CostBytes => _topic.Length + _properties.Length + Payload.Length;

    public MessageRecord ToRecord() => new()
    {
        Topic = _topic,
        Properties = _properties,
        Payload = Payload,
        QoS = _qos,
        WasRetain = _wasRetain,
        ExpiresAtMs = _expiresAtMs,
        AnnouncedExpiryMs = _announcedExpiryMs,
        PublisherId = _publisherId,
        PublisherUserName = _publisherUserName,
        RetainedVersion = RetainedVersion,
        RetainedUntilMs = _retainedUntilMs,
    };

    public StoredDelivery ToDelivery(long seq, byte[] recipient, List<byte> bytes)
    {
        var reader = new RecipientReader(recipient);
        reader.TryRead();
        return new StoredDelivery
        {
            Seq = seq,
            MessageId = Id,
            QoS = reader.QoS,
            Retain = reader.Retain,
            Identifiers = reader.ReadIdentifiers(),
            SharedFilter = reader.SharedFilter.IsEmpty ? null : reader.SharedFilter.ToArray(),
            Topic = Keep(_topic, bytes),
            Properties = Keep(_properties, bytes),
            Payload = Keep(Payload, bytes),
            PublishedQoS = _qos,
            WasRetain = _wasRetain,
            ExpiresAtMs = _expiresAtMs,
            AnnouncedExpiryMs = _announcedExpiryMs,
            PublisherId = _publisherId,
            PublisherUserName = _publisherUserName,
        };
    }

    private static Range Keep(byte[] part, List<byte> bytes)
    {
        bytes.AddRange(part);
        return (bytes.Count - part.Length)..bytes.Count;
    }
}
