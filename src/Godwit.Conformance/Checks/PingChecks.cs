using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>PINGREQ and PINGRESP (§3.12, §3.13).</summary>
public static class PingChecks
{
    /// <summary>The broker answers each PINGREQ.</summary>
    [Check("MQTT-3.12.4-1", "MQTT3-3.12.4-1", Versions = Versions.All)]
    public static async Task Each_PINGREQ_is_answered_with_PINGRESP(Probe probe)
    {
        var client = await probe.ConnectAsync();

        await client.SendAsync(Packets.Pingreq, Packets.Pingreq, Packets.Pingreq);

        await client.ReceiveAsync(PacketType.Pingresp);
        await client.ReceiveAsync(PacketType.Pingresp);
        await client.ReceiveAsync(PacketType.Pingresp);
    }

    /// <summary>A client that sends its packet slowly holds up nobody else.</summary>
    [Check("MQTT-3.12.4-1", "MQTT3-3.12.4-1", "Trap-97", Versions = Versions.All)]
    public static async Task PINGREQ_is_answered_while_another_client_has_sent_half_a_PUBLISH(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("large"));
        var publisher = await probe.ConnectAsync();
        var packet = Packets.Publish(probe.Version, probe.Topic("large"), new byte[100_000], new PublishOptions(), 0);
        Probe.SkipUnless(packet.Length <= publisher.Connack!.NumberOr(PropertyId.MaximumPacketSize, uint.MaxValue), "the broker takes only small packets");
        await publisher.SendAsync(packet[..50_000]);

        var client = await probe.ConnectAsync();
        await client.PingAsync();
        await watcher.PingAsync();
        await client.PublishAsync(probe.Topic("large"), "small", qos: 0);
        await watcher.ReceivePublishAsync("small");

        await publisher.SendAsync(packet[50_000..]);
        var large = await watcher.ReceivePublishAsync();
        Probe.Ensure(large.Payload.Length == 100_000, "the large message", large);
    }

    /// <summary>A client that floods holds up nobody else for long.</summary>
    [Check("MQTT-3.12.4-1", "MQTT3-3.12.4-1", "Trap-97", Versions = Versions.All)]
    public static async Task PINGREQ_is_answered_while_another_client_floods(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("flood"));
        var publisher = await probe.ConnectAsync();
        var client = await probe.ConnectAsync();
        var packet = Packets.Publish(probe.Version, probe.Topic("flood"), new byte[100], new PublishOptions(), 0);

        var flood = publisher.SendAsync([.. Enumerable.Repeat(packet, 4000)]);
        for (var i = 0; i < 20; i++)
        {
            await client.PingAsync();
        }

        await flood;
        await publisher.PingAsync();
        await watcher.ReceivePublishAsync();
    }

    /// <summary>Only PUBLISH with QoS 1 and 2 counts against the Receive Maximum.</summary>
    [Check("MQTT-3.12.4-1", "MQTT-3.3.4-10", "Trap-96")]
    public static async Task PINGREQ_is_answered_when_the_Receive_Maximum_is_reached(Probe probe)
    {
        var client = await probe.ConnectAsync(new ConnectOptions { ReceiveMaximum = 1 });
        await client.SubscribeAsync(probe.Topic("full"), 1);
        var publisher = await probe.ConnectAsync();
        await publisher.PublishAsync(probe.Topic("full"), "first", qos: 1);
        await publisher.PublishAsync(probe.Topic("full"), "second", qos: 1);

        var first = await client.ReceivePublishAsync("first");
        await client.PingAsync();

        await client.AcknowledgeAsync(first);
        await client.TakeAsync("second");
    }

    /// <summary>A subscriber that reads nothing is no reason to let others wait.</summary>
    [Check("MQTT-3.12.4-1", "MQTT3-3.12.4-1", "Trap-96", Versions = Versions.All)]
    public static async Task A_subscriber_that_does_not_read_holds_up_nobody(Probe probe)
    {
        await probe.ConnectSubscriberAsync(probe.Topic("+"));
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("marker"));
        var publisher = await probe.ConnectAsync();
        var packet = Packets.Publish(probe.Version, probe.Topic("much"), new byte[60_000], new PublishOptions(), 0);
        for (var i = 0; i < 160; i++)
        {
            await publisher.SendAsync(packet);
        }

        await publisher.PingAsync();
        await publisher.PublishAsync(probe.Topic("marker"), "marker", qos: 1);
        await watcher.ReceivePublishAsync("marker");
        await watcher.PingAsync();
    }
}
