using Godwit.Broker.Log;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Harness;

/// <summary>A message in a <see cref="TestLog"/>.</summary>
public sealed record TestMessage(
    long Id, byte[] Topic, byte[] Properties, byte[] Payload, QoS QoS, bool WasRetain, long ExpiresAtMs, long AnnouncedExpiryMs, string? PublisherId, long RetainedVersion, long RetainedUntilMs)
{
    public byte[] Bytes => [.. Topic, .. Properties, .. Payload];

    public static TestMessage Of(long id, in MessageRecord record) => new(
        id, record.Topic.ToArray(), record.Properties.ToArray(), record.Payload.ToArray(), record.QoS, record.WasRetain,
        record.ExpiresAtMs, record.AnnouncedExpiryMs, record.PublisherId, record.RetainedVersion, record.RetainedUntilMs);

    public MessageRecord ToRecord() => new()
    {
        Topic = Topic,
        Properties = Properties,
        Payload = Payload,
        QoS = QoS,
        WasRetain = WasRetain,
        ExpiresAtMs = ExpiresAtMs,
        AnnouncedExpiryMs = AnnouncedExpiryMs,
        PublisherId = PublisherId,
        RetainedVersion = RetainedVersion,
        RetainedUntilMs = RetainedUntilMs,
    };
}
