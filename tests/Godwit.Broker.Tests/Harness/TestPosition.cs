using Godwit.Broker.Log;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Harness;

/// <summary>A position of a queue in a <see cref="TestLog"/>.</summary>
public sealed record TestPosition(long MessageId, QoS QoS, bool Retain, uint[]? Identifiers, byte[]? SharedFilter, bool IsReceived)
{
    /// <summary>As it is read back; its bytes are added to those of others.</summary>
    public StoredDelivery Read(long seq, TestMessage message, List<byte> bytes)
    {
        if (IsReceived)
        {
            return new StoredDelivery { Seq = seq, IsReceived = true };
        }

        var topic = bytes.Count;
        bytes.AddRange(message.Bytes);
        var properties = topic + message.Topic.Length;
        var payload = properties + message.Properties.Length;
        return new StoredDelivery
        {
            Seq = seq,
            MessageId = MessageId,
            QoS = QoS,
            Retain = Retain,
            Identifiers = Identifiers,
            SharedFilter = SharedFilter,
            Topic = topic..properties,
            Properties = properties..payload,
            Payload = payload..bytes.Count,
            PublishedQoS = message.QoS,
            WasRetain = message.WasRetain,
            ExpiresAtMs = message.ExpiresAtMs,
            AnnouncedExpiryMs = message.AnnouncedExpiryMs,
            PublisherId = message.PublisherId,
        };
    }
}
