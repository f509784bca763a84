using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;

namespace Godwit.Conformance.Checks;

/// <summary>The payload: any bytes, none, and many (5.0 and 3.1.1 §3.3.3).</summary>
public static class PayloadChecks
{
    [Check("MQTT-3.3.4-1", "MQTT3-3.3.4-1", Versions = Versions.All)]
    public static async Task An_empty_payload_is_delivered(Probe probe) => await ForwardsAsync(probe, 0);

    [Check("MQTT-3.3.4-1", "MQTT3-3.3.4-1", Versions = Versions.All)]
    public static async Task Payloads_are_forwarded_byte_by_byte(Probe probe) => await ForwardsAsync(probe, 1, 256);

    /// <summary>Around the sizes at which Remaining Length grows by a byte.</summary>
    [Check("MQTT-3.3.4-1", "MQTT3-3.3.4-1", Versions = Versions.All)]
    public static async Task Payloads_of_all_sizes_of_Remaining_Length_are_forwarded(Probe probe) =>
        await ForwardsAsync(probe, [.. Enumerable.Range(90, 40), .. Enumerable.Range(16_340, 50)]);

    /// <summary>Only strings and binary data end at 65,535 bytes.</summary>
    [Check("MQTT-3.3.4-1", "MQTT3-3.3.4-1", Versions = Versions.All)]
    public static async Task Payloads_of_65535_bytes_and_more_are_forwarded(Probe probe) => await ForwardsAsync(probe, 65_535, 65_536, 65_537, 130_000);

    [Check("MQTT-3.3.4-1")]
    public static async Task Payloads_of_a_million_bytes_are_forwarded(Probe probe) => await ForwardsAsync(probe, 1_000_000);

    [Check("MQTT-3.3.1-5", "MQTT3-3.3.1-5", Versions = Versions.All)]
    public static async Task A_retained_payload_of_more_than_65535_bytes_is_kept(Probe probe)
    {
        var publisher = await RetainedChecks.ConnectPublisherAsync(probe);
        Needs.PacketSize(publisher, 70_100);
        var payload = new string('r', 70_000);
        await publisher.PublishAsync(probe.Topic("a"), payload, qos: 1, retain: true);
        var subscriber = await probe.ConnectAsync();

        var retained = await subscriber.SubscribeAndTakeRetainedAsync(probe.Topic("a"), new SubscribeOptions(), 1);

        Probe.Ensure(string.Equals(retained[0].Text, payload, StringComparison.Ordinal), "the payload of 70000 bytes", retained[0]);
    }

    private static async Task ForwardsAsync(Probe probe, params int[] sizes)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), 1);
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 1);
        Needs.PacketSize(publisher, sizes.Max() + 100);
        foreach (var size in sizes)
        {
            var payload = new byte[size];
            for (var i = 0; i < size; i++)
            {
                payload[i] = (byte)(i + (i >> 8));
            }

            var packetId = publisher.NextPacketId();
            await publisher.SendAsync(Packets.Publish(probe.Version, probe.Topic("a"), payload, new PublishOptions { QoS = 1 }, packetId));
            await publisher.ReceiveAnswerAsync(Godwit.Protocol.PacketType.Puback, packetId);

            var publish = await subscriber.ReceivePublishAsync();
            Probe.Ensure(publish.Payload.AsSpan().SequenceEqual(payload), $"the same {size} bytes of payload", publish);
            await subscriber.AcknowledgeAsync(publish);
        }
    }
}
