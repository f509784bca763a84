using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>Packets sent right behind CONNECT, before CONNACK has come (§3.1.4).</summary>
public static class PipelineChecks
{
    [Check("MQTT-3.1.4-5", "MQTT3-3.1.4-4", Versions = Versions.All)]
    public static async Task Packets_behind_CONNECT_are_handled_in_their_order(Probe probe)
    {
        var client = await probe.OpenAsync();

        await client.SendAsync(
            Packets.Connect(probe.Complete(new ConnectOptions())),
            Packets.Subscribe(probe.Version, 1, new SubscribeOptions { QoS = 1 }, probe.Topic("t")),
            Packets.Publish(probe.Version, probe.Topic("t"), "early", new PublishOptions(), 0),
            Packets.Pingreq);

        await client.ReceiveAsync(PacketType.Connack);
        await client.ReceiveAnswerAsync(PacketType.Suback, 1);
        var types = new[] { (await client.ReceiveAsync()).Type, (await client.ReceiveAsync()).Type };
        Probe.Ensure(
            types.Contains(PacketType.Publish) && types.Contains(PacketType.Pingresp), "the PUBLISH and PINGRESP", string.Join(" and ", types));
    }

    [Check("MQTT-3.1.4-5", "MQTT3-3.1.4-4", Versions = Versions.All)]
    public static async Task CONNECT_and_what_follows_may_come_byte_by_byte(Probe probe)
    {
        var client = await probe.OpenAsync();

        await client.SendByteByByteAsync([.. Packets.Connect(probe.Complete(new ConnectOptions())), .. Packets.Pingreq]);

        await client.ReceiveAsync(PacketType.Connack);
        await client.ReceiveAsync(PacketType.Pingresp);
    }

    [Check("MQTT-3.1.4-5", "MQTT3-3.1.4-4", "MQTT-3.14.4-3", "MQTT3-3.14.4-3", Versions = Versions.All)]
    public static async Task A_whole_visit_may_come_in_one_write(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("t"));
        var client = await probe.OpenAsync();

        await client.SendAsync(
            Packets.Connect(probe.Complete(new ConnectOptions { Will = new WillOptions(probe.Topic("t")) })),
            Packets.Publish(probe.Version, probe.Topic("t"), "visit", new PublishOptions(), 0),
            Packets.Disconnect(probe.Version));

        await client.ReceiveAsync(PacketType.Connack);
        await client.IsClosedAsync();
        await watcher.ReceivePublishAsync("visit");
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("t"), "marker", 1);
        await watcher.ReceivePublishAsync("marker");
    }

    [Check("MQTT-3.1.4-5", "MQTT3-3.1.4-4", Versions = Versions.All)]
    public static async Task Nothing_is_lost_when_the_client_leaves_without_waiting_for_CONNACK(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("t"));
        var client = await probe.OpenAsync();

        await client.SendAsync(
            Packets.Connect(probe.Complete(new ConnectOptions())),
            Packets.Publish(probe.Version, probe.Topic("t"), "one", new PublishOptions { QoS = 1 }, 1),
            Packets.Disconnect(probe.Version));

        await watcher.ReceivePublishAsync("one");
    }

    [Check("MQTT-3.1.4-6", "MQTT3-3.1.4-5", "Trap-44", Versions = Versions.All)]
    public static async Task Packets_behind_a_refused_CONNECT_are_not_handled(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("t"));
        var client = await probe.OpenAsync();

        await client.SendAsync(
            Refusals.WellFormed(probe, "client"),
            Packets.Publish(probe.Version, probe.Topic("t"), "forbidden", new PublishOptions(), 0),
            Packets.Publish(probe.Version, probe.Topic("t"), "forbidden", new PublishOptions { QoS = 1 }, 1),
            Packets.Pingreq);

        await EndsWithoutServiceAsync(client);
        await NothingWasPublishedAsync(probe, watcher);
    }

    [Check("MQTT-3.1.4-6", "MQTT-3.1.4-1", "MQTT3-3.1.4-5", "Trap-44")]
    public static async Task Packets_behind_a_malformed_CONNECT_are_not_handled(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("t"));
        var client = await probe.OpenAsync();

        await client.SendAsync(
            RawConnect.Start(probe.Version, RawConnect.CleanStart | 0x01).String(probe.ClientId("a")).ToBytes(),
            Packets.Publish(probe.Version, probe.Topic("t"), "forbidden", new PublishOptions(), 0),
            Packets.Pingreq);

        await EndsWithoutServiceAsync(client);
        await NothingWasPublishedAsync(probe, watcher);
    }

    [Check("MQTT-3.1.4-6", "MQTT3-3.1.4-5", "Trap-44", Versions = Versions.All)]
    public static async Task A_good_CONNECT_behind_a_refused_one_is_not_handled(Probe probe)
    {
        var client = await probe.OpenAsync();

        await client.SendAsync(Refusals.WellFormed(probe, "client"), Packets.Connect(probe.Complete(new ConnectOptions())), Packets.Pingreq);

        await EndsWithoutServiceAsync(client);
    }

    /// <summary>
    /// The end of the connection, before it at most the CONNACK that refuses. Packets that the broker never read may cost the client
    /// even that.
    /// </summary>
    private static async Task EndsWithoutServiceAsync(WireClient client)
    {
        while (await client.ReceiveOrEndAsync("the end of the connection") is { } packet)
        {
            Probe.Ensure(packet is { Type: PacketType.Connack, ReasonCode: > 0 }, "at most the CONNACK that refuses", packet);
        }
    }

    private static async Task NothingWasPublishedAsync(Probe probe, WireClient watcher)
    {
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("t"), "marker", 1);
        await watcher.ReceivePublishAsync("marker");
    }
}
