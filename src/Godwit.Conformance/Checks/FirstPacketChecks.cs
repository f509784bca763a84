using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>CONNECT comes first, and once (5.0 §3.1, 3.1.1 §3.1).</summary>
public static class FirstPacketChecks
{
    /// <summary>Whoever begins with something else gets no answer: nobody knows its version, nor whether it speaks MQTT at all.</summary>
    [Check("MQTT-3.1.0-1", "MQTT3-3.1.0-1", "MQTT-3.14.0-1", "Trap-17")]
    public static Task A_first_packet_other_than_CONNECT_ends_the_connection_without_an_answer(Probe probe)
    {
        var version = probe.Version;
        byte[][] firsts =
        [
            Packets.Pingreq,
            Packets.Publish(version, probe.Topic("first"), "text", new PublishOptions(), 0),
            Packets.Publish(version, probe.Topic("first"), "text", new PublishOptions { QoS = 1 }, 1),
            Packets.Ack(version, PacketType.Pubrel, 1),
            Packets.Subscribe(version, 1, new SubscribeOptions(), probe.Topic("first")),
            Packets.Unsubscribe(version, 1, probe.Topic("first")),
            Packets.Disconnect(version),
            Packets.Auth(0x18, WireProperty.Text(Godwit.Protocol.Properties.PropertyId.AuthenticationMethod, "m")),
            [0x20, 0x02, 0x00, 0x00],
            [0x00, 0x00],
            [.. "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nAccept-Language: en\r\nUser-Agent: somebody else\r\n\r\n"u8],
        ];
        return Cases.EachAsync(firsts, first => PacketText.Of(first), async first =>
        {
            var client = await probe.OpenAsync();
            await client.SendAsync(first);
            await client.IsClosedAsync();
        });
    }

    /// <summary>What stands before CONNECT is not done.</summary>
    [Check("MQTT-3.1.0-1", "MQTT3-3.1.0-1", "Trap-17")]
    public static async Task A_PUBLISH_before_CONNECT_is_not_delivered(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("first"));
        var client = await probe.OpenAsync();

        await client.SendAsync(
            Packets.Publish(probe.Version, probe.Topic("first"), "too early", new PublishOptions(), 0),
            Packets.Connect(probe.Complete(new ConnectOptions())),
            Packets.Pingreq);
        await client.IsClosedAsync();

        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("first"), "marker", qos: 0);
        await watcher.ReceivePublishAsync("marker");
    }

    /// <summary>The second CONNECT is a Protocol Error, even when it says the same.</summary>
    [Check("MQTT-3.1.0-2", "MQTT3-3.1.0-2", "Trap-18")]
    public static async Task A_second_CONNECT_ends_the_connection(Probe probe)
    {
        var connect = probe.Complete(new ConnectOptions());
        var client = await probe.ConnectAsync(connect);
        await client.SendAsync(Packets.Connect(connect), Packets.Pingreq);
        probe.Saw(await client.IsClosedAsync(0x81, 0x82));

        var other = await probe.ConnectAsync();
        await other.SendAsync(Packets.Connect(probe.Complete(new ConnectOptions())), Packets.Pingreq);
        probe.Saw(await other.IsClosedAsync(0x81, 0x82));
    }
}
