using Godwit.Conformance.Checks.Tables;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>Packet type and flags (5.0 §2.1.2 and §2.1.3, 3.1.1 §2.2.1 and §2.2.2).</summary>
public static class FixedHeaderChecks
{
    /// <summary>0001 is not 0000.</summary>
    [Check("MQTT-2.1.3-1", "MQTT3-2.2.2-2", "Trap-3")]
    public static Task CONNECT_with_a_reserved_flag_ends_the_connection(Probe probe) => AreRefusedAsync(probe, Place.Connect);

    /// <summary>PUBREL has the flags 0010, the others 0000.</summary>
    [Check("MQTT-2.1.3-1", "MQTT3-2.2.2-2", "Trap-3")]
    public static Task An_acknowledgement_with_a_wrong_flag_ends_the_connection(Probe probe) => AreRefusedAsync(probe, Place.Acks);

    /// <summary>Both have the flags 0010.</summary>
    [Check("MQTT-2.1.3-1", "MQTT3-2.2.2-2", "Trap-3")]
    public static Task SUBSCRIBE_and_UNSUBSCRIBE_with_a_wrong_flag_end_the_connection(Probe probe) => AreRefusedAsync(probe, Place.Subscribe | Place.Unsubscribe);

    /// <summary>PINGREQ has the flags 0000.</summary>
    [Check("MQTT-2.1.3-1", "MQTT3-2.2.2-2", "Trap-3")]
    public static Task PINGREQ_with_a_reserved_flag_ends_the_connection(Probe probe) => AreRefusedAsync(probe, Place.Pingreq);

    /// <summary>What the broker itself sends.</summary>
    [Check("MQTT-2.1.3-1", "MQTT3-2.2.2-1")]
    public static async Task The_broker_sends_the_reserved_flags_as_listed(Probe probe)
    {
        var client = await probe.ConnectAsync();
        Needs.QoS(client, 2);
        Has(client.Connack!, 0x20);
        await client.SendAsync(
            Packets.Subscribe(probe.Version, 1, new SubscribeOptions { QoS = 2 }, probe.Topic("flags")),
            Packets.Pingreq,
            Packets.Publish(probe.Version, probe.Topic("other"), "text", new PublishOptions { QoS = 1 }, 2),
            Packets.Unsubscribe(probe.Version, 3, probe.Topic("none")));
        foreach (var first in new[] { 0x90, 0xD0, 0x40, 0xB0 })
        {
            Has(await client.ReceiveAsync(), first);
        }

        var publisher = await probe.ConnectAsync();
        var packetId = await publisher.SendPublishAsync(probe.Topic("flags"), "text", new PublishOptions { QoS = 2 });
        Has(await publisher.ReceiveAsync(), 0x50);
        await publisher.SendAsync(Packets.Ack(probe.Version, PacketType.Pubrel, packetId));
        Has(await publisher.ReceiveAsync(), 0x70);

        var publish = await client.ReceivePublishAsync("text");
        Has(publish, 0x34);
        await client.SendAsync(Packets.Ack(probe.Version, PacketType.Pubrec, publish.PacketId));
        Has(await client.ReceiveAsync(), 0x62);
    }

    /// <summary>Type 0 is forbidden, and type 15 before 5.0.</summary>
    [Check("MQTT-4.13.1-1", "MQTT3-4.8.0-1", "Trap-4")]
    public static Task A_reserved_packet_type_ends_the_connection(Probe probe)
    {
        byte[][] packets = probe.IsVersion5 ? [[0x00, 0x00], [0x0F, 0x00]] : [[0x00, 0x00], [0x0F, 0x00], [0xF0, 0x00], [0xF0, 0x02, 0x00, 0x00]];
        return EachIsRefusedAsync(probe, packets);
    }

    /// <summary>CONNACK, SUBACK, UNSUBACK and PINGRESP come from servers only.</summary>
    [Check("MQTT-4.13.1-1", "MQTT3-4.8.0-1", "Trap-4")]
    public static Task A_packet_that_only_servers_send_ends_the_connection(Probe probe)
    {
        byte[][] packets = probe.IsVersion5
            ? [[0x20, 3, 0, 0, 0], [0x90, 4, 0, 1, 0, 0], [0xB0, 4, 0, 1, 0, 0], [0xD0, 0]]
            : [[0x20, 2, 0, 0], [0x90, 3, 0, 1, 0], [0xB0, 2, 0, 1], [0xD0, 0]];
        return EachIsRefusedAsync(probe, packets);
    }

    private static void Has(Received packet, int first) =>
        Probe.Ensure(packet.Packet[0] == first, $"a first byte 0x{first:X2}", PacketText.Of(packet.Packet));

    private static Task EachIsRefusedAsync(Probe probe, byte[][] packets) =>
        Cases.EachAsync(packets, packet => PacketText.Of(packet), async packet =>
        {
            var client = await probe.ConnectAsync();
            await client.SendAsync(packet, Packets.Pingreq);
            probe.Saw(await client.IsClosedAsync(0x81, 0x82));
        });

    /// <summary>Each of the four bits is wrong once.</summary>
    private static Task AreRefusedAsync(Probe probe, Place places)
    {
        var cases = places.Each().SelectMany(place => Enumerable.Range(0, 4).Select(bit => (Place: place, Bit: 1 << bit)));
        return Cases.EachAsync(cases, row => $"{row.Place.NameOf()} with bit 0x{row.Bit:X} inverted", async row =>
        {
            var situation = await Situation.PrepareAsync(probe, row.Place);
            var packet = situation.Packet();
            packet[0] ^= (byte)row.Bit;
            probe.Saw(await situation.IsRefusedAsync(packet));
        });
    }
}
