using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>A connection is a stream of bytes: where one write ends and the next begins says nothing (5.0 §4.2, 3.1.1 §4.2).</summary>
public static class StreamChecks
{
    /// <summary>Each byte comes alone, CONNECT included.</summary>
    [Check("MQTT-4.2-1", "Trap-16", Versions = Versions.All)]
    public static async Task Packets_may_come_byte_by_byte(Probe probe)
    {
        var client = await probe.OpenAsync();
        await client.SendByteByByteAsync(Packets.Connect(probe.Complete(new ConnectOptions())));
        await client.ReceiveAsync(PacketType.Connack);

        await client.SendByteByByteAsync(Packets.Subscribe(probe.Version, 1, new SubscribeOptions(), probe.Topic("split")));
        await client.ReceiveAnswerAsync(PacketType.Suback, 1);

        await client.SendByteByByteAsync(Packets.Publish(probe.Version, probe.Topic("split"), "text", new PublishOptions(), 0));
        await client.SendByteByByteAsync(Packets.Pingreq);
        await client.ReceivePublishAsync("text");
        await client.ReceiveAsync(PacketType.Pingresp);
    }

    /// <summary>A PUBLISH in two parts, cut at every place; between them the broker answers another client.</summary>
    [Check("MQTT-4.2-1", "MQTT3-7.1.1-1", "Trap-16", Versions = Versions.All)]
    public static async Task A_packet_may_come_in_two_parts(Probe probe)
    {
        var client = await probe.ConnectSubscriberAsync(probe.Topic("split"));
        var other = await probe.ConnectAsync();
        var packet = Packets.Publish(probe.Version, probe.Topic("split"), "text", new PublishOptions(), 0);
        for (var cut = 1; cut < packet.Length; cut++)
        {
            await client.SendAsync(packet[..cut]);
            await other.PingAsync();
            await client.SendAsync(packet[cut..]);
            await client.ReceivePublishAsync("text");
        }
    }

    /// <summary>A client need not wait for CONNACK.</summary>
    [Check("MQTT-4.2-1", "Trap-16", Versions = Versions.All)]
    public static async Task CONNECT_SUBSCRIBE_and_PUBLISH_may_come_in_one_write(Probe probe)
    {
        var client = await probe.OpenAsync();

        await client.SendAsync(
            Packets.Connect(probe.Complete(new ConnectOptions())),
            Packets.Subscribe(probe.Version, 1, new SubscribeOptions { QoS = 1 }, probe.Topic("glued")),
            Packets.Publish(probe.Version, probe.Topic("glued"), "text", new PublishOptions { QoS = 1 }, 2),
            Packets.Pingreq);

        var connack = await client.ReceiveAsync(PacketType.Connack);
        Probe.Ensure(connack.ReasonCode == 0, "CONNACK that accepts the client", connack);
        await client.ReceiveAnswerAsync(PacketType.Suback, 1);

        // Nothing is said of the order of PUBACK and the message itself.
        var answers = new[] { await client.ReceiveAsync(), await client.ReceiveAsync() }.Select(answer => answer.Type).Order().ToArray();
        Probe.Ensure(answers is [PacketType.Publish, PacketType.Puback], "PUBACK and the message", string.Join(", ", answers));
        await client.ReceiveAsync(PacketType.Pingresp);
    }

    /// <summary>What one write leaves unfinished the next completes, CONNECT as well.</summary>
    [Check("MQTT-4.2-1", "Trap-16", Versions = Versions.All)]
    public static async Task A_write_may_end_inside_the_next_packet(Probe probe)
    {
        var other = await probe.ConnectAsync();
        var client = await probe.OpenAsync();
        byte[] all =
        [
            .. Packets.Connect(probe.Complete(new ConnectOptions())),
            .. Packets.Subscribe(probe.Version, 1, new SubscribeOptions(), probe.Topic("split")),
            .. Packets.Publish(probe.Version, probe.Topic("split"), "text", new PublishOptions(), 0),
            .. Packets.Pingreq,
        ];

        foreach (var part in all.Chunk(7))
        {
            await client.SendAsync(part);
            await other.PingAsync();
        }

        await client.ReceiveAsync(PacketType.Connack);
        await client.ReceiveAnswerAsync(PacketType.Suback, 1);
        await client.ReceivePublishAsync("text");
        await client.ReceiveAsync(PacketType.Pingresp);
    }

    /// <summary>Hundreds of packets in one write arrive all and in order.</summary>
    [Check("MQTT-4.2-1", "MQTT3-7.1.1-1", "Trap-16", Versions = Versions.All)]
    public static async Task Many_packets_may_come_in_one_write(Probe probe)
    {
        const int Count = 500;
        var client = await probe.ConnectAsync();
        var packets = Enumerable.Range(1, Count).SelectMany(id => new[]
        {
            Packets.Subscribe(probe.Version, (ushort)id, new SubscribeOptions(), probe.Topic(id.ToString(CultureInfo.InvariantCulture))),
            Packets.Pingreq,
        });

        await client.SendAsync([.. packets]);

        for (ushort id = 1; id <= Count; id++)
        {
            await client.ReceiveAnswerAsync(PacketType.Suback, id);
            await client.ReceiveAsync(PacketType.Pingresp);
        }
    }
}
