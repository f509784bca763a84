using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>The form of PUBACK, PUBREC, PUBREL and PUBCOMP (5.0 §3.4 to §3.7). A code that is not listed fails any check that reads it.</summary>
public static class AckChecks
{
    // Any acknowledgement of one message or filter fits, without properties.
    private const int SmallSizeMin = 10;

    /// <summary>PUBACK says 0x00, or 0x10 when nobody receives the message.</summary>
    [Check("MQTT-3.4.2-1")]
    public static async Task PUBACK_has_a_listed_reason_code(Probe probe)
    {
        await probe.ConnectSubscriberAsync(probe.Topic("a"));
        var publisher = await probe.ConnectPublisherAsync(qos: 1);

        var heard = await publisher.PublishAsync(probe.Topic("a"), "m", qos: 1);
        var unheard = await publisher.PublishAsync(probe.Topic("b"), "m", qos: 1);

        Probe.Ensure(heard == 0, "PUBACK 0x00", Code(heard));
        Probe.Ensure(unheard is 0x00 or 0x10, "PUBACK 0x00 or 0x10", Code(unheard));
        probe.Saw("without subscribers PUBACK " + Code(unheard));
    }

    /// <summary>PUBREC says 0x00, or 0x10 when nobody receives the message.</summary>
    [Check("MQTT-3.5.2-1")]
    public static async Task PUBREC_has_a_listed_reason_code(Probe probe)
    {
        await probe.ConnectSubscriberAsync(probe.Topic("a"));
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        await publisher.SendPublishAsync(probe.Topic("a"), "m", new PublishOptions { QoS = 2, PacketId = 1 });
        var heard = await publisher.ReceiveAnswerAsync(PacketType.Pubrec, 1);
        await publisher.SendPublishAsync(probe.Topic("b"), "m", new PublishOptions { QoS = 2, PacketId = 2 });
        var unheard = await publisher.ReceiveAnswerAsync(PacketType.Pubrec, 2);

        Probe.Ensure(heard.ReasonCode == 0, "PUBREC 0x00", heard);
        Probe.Ensure(unheard.ReasonCode is 0x00 or 0x10, "PUBREC 0x00 or 0x10", unheard);
        probe.Saw("without subscribers PUBREC " + Code(unheard.ReasonCode));
    }

    /// <summary>PUBREL says 0x00 for a message, and at most 0x92 when there is none.</summary>
    [Check("MQTT-3.6.2-1")]
    public static async Task PUBREL_has_a_listed_reason_code(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos: 2);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        await publisher.PublishAsync(probe.Topic("a"), "m", qos: 2);
        var publish = await subscriber.ReceivePublishAsync("m", qos: 2);

        await subscriber.AckAsync(PacketType.Pubrec, publish.PacketId);

        var pubrel = await subscriber.ReceiveAnswerAsync(PacketType.Pubrel, publish.PacketId);
        Probe.Ensure(pubrel.ReasonCode == 0, "PUBREL 0x00", pubrel);
        await subscriber.AckAsync(PacketType.Pubcomp, publish.PacketId);
        await subscriber.AckAsync(PacketType.Pubrec, publish.PacketId);
        if (await subscriber.ReceiveOrEndAsync("PUBREL") is { } answer)
        {
            Probe.Ensure(answer is { Type: PacketType.Pubrel, ReasonCode: 0x00 or 0x92 } or { Type: PacketType.Disconnect }, "PUBREL 0x92", answer);
        }
    }

    /// <summary>PUBCOMP says 0x00 for a message.</summary>
    [Check("MQTT-3.7.2-1")]
    public static async Task PUBCOMP_has_a_listed_reason_code(Probe probe)
    {
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        await publisher.SendPublishAsync(probe.Topic("a"), "m", new PublishOptions { QoS = 2, PacketId = 1 });
        await publisher.ReceiveAnswerAsync(PacketType.Pubrec, 1);

        var known = await publisher.ReleaseAsync(1);
        var unknown = await publisher.ReleaseAsync(1);

        Probe.Ensure(known.ReasonCode == 0, "PUBCOMP 0x00", known);
        Probe.Ensure(unknown.ReasonCode is 0x00 or 0x92, "PUBCOMP 0x92", unknown);
    }

    /// <summary>A code that belongs to another packet is none (§2.4).</summary>
    [Check("MQTT-3.4.2-1", "MQTT-3.5.2-1", "MQTT-3.6.2-1", "MQTT-3.7.2-1", IsRecommendation = true)]
    public static Task An_acknowledgement_with_the_code_of_another_packet_ends_the_connection(Probe probe) => probe.EachClosesAsync(
        [
            Packets.Ack(probe.Version, PacketType.Puback, 1, 0x92),
            Packets.Ack(probe.Version, PacketType.Pubrec, 1, 0x92),
            Packets.Ack(probe.Version, PacketType.Pubrel, 1, 0x91),
            Packets.Ack(probe.Version, PacketType.Pubcomp, 1, 0x10),
        ],
        0x81,
        0x82);

    /// <summary>PUBACK may leave out the code, or the Property Length, or carry both and properties.</summary>
    [Check("MQTT-4.3.2-3")]
    public static async Task All_forms_of_PUBACK_acknowledge(Probe probe)
    {
        var subscriber = await probe.ConnectAsync(new ConnectOptions { ReceiveMaximum = 1 });
        await subscriber.SubscribeAsync(probe.Topic("a"), qos: 1);
        var publisher = await probe.ConnectPublisherAsync(qos: 1);
        for (var form = 0; form <= 4; form++)
        {
            await publisher.PublishAsync(probe.Topic("a"), form.ToString(CultureInfo.InvariantCulture), qos: 1);
        }

        for (var form = 0; form <= 4; form++)
        {
            var publish = await subscriber.ReceivePublishAsync(form.ToString(CultureInfo.InvariantCulture), qos: 1);
            await subscriber.PingAsync();
            await subscriber.SendAsync(Form(PacketType.Puback, publish.PacketId, form));
        }

        await subscriber.PingAsync();
    }

    /// <summary>PUBREC, PUBREL and PUBCOMP have the same forms as PUBACK.</summary>
    [Check("MQTT-4.3.3-3", "MQTT-4.3.3-4", "MQTT-4.3.3-5", "MQTT-4.3.3-11")]
    public static async Task All_forms_of_PUBREC_PUBREL_and_PUBCOMP_count(Probe probe)
    {
        var subscriber = await probe.ConnectAsync(new ConnectOptions { ReceiveMaximum = 1 });
        await subscriber.SubscribeAsync(probe.Topic("a"), qos: 2);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);

        for (var form = 0; form <= 4; form++)
        {
            await publisher.SendPublishAsync(probe.Topic("a"), "m", new PublishOptions { QoS = 2, PacketId = 1 });
            await publisher.ReceiveAnswerAsync(PacketType.Pubrec, 1);
            await publisher.SendAsync(Form(PacketType.Pubrel, 1, form));
            await publisher.ReceiveAnswerAsync(PacketType.Pubcomp, 1);

            var publish = await subscriber.ReceivePublishAsync("m", qos: 2);
            await subscriber.SendAsync(Form(PacketType.Pubrec, publish.PacketId, form));
            await subscriber.ReceiveAnswerAsync(PacketType.Pubrel, publish.PacketId);
            await subscriber.SendAsync(Form(PacketType.Pubcomp, publish.PacketId, form));
        }

        await subscriber.PingAsync();
    }

    /// <summary>The flags of PUBREL are 0010.</summary>
    [Check("MQTT-3.6.1-1", "MQTT3-3.6.1-1", "MQTT3-4.8.0-1")]
    public static async Task PUBREL_with_other_flags_than_0010_ends_the_connection(Probe probe)
    {
        foreach (var flags in new[] { 0b0000, 0b0011, 0b0110, 0b1010 })
        {
            var publisher = await probe.ConnectPublisherAsync(qos: 2);
            await publisher.SendPublishAsync(probe.Topic("a"), "m", new PublishOptions { QoS = 2, PacketId = 1 });
            await publisher.ReceiveAnswerAsync(PacketType.Pubrec, 1);

            await publisher.SendAsync(new PacketBuilder(PacketType.Pubrel, flags).UInt16(1).ToBytes());

            probe.Saw(await publisher.IsClosedAsync(0x81));
        }
    }

    /// <summary>Reason String and User Properties of PUBACK give way to Maximum Packet Size.</summary>
    [Check("MQTT-3.4.2-2", "MQTT-3.4.2-3")]
    public static async Task PUBACK_stays_within_Maximum_Packet_Size(Probe probe)
    {
        var (client, size) = await ConnectSmallAsync(probe);
        Needs.QoS(client, 1);

        await client.SendPublishAsync(probe.Topic("a"), "m", new PublishOptions { QoS = 1, PacketId = 1 });
        EnsureSmall(size, await client.ReceiveAnswerAsync(PacketType.Puback, 1));
        await SendRefusableAsync(probe, client, qos: 1);
        EnsureSmall(size, await client.ReceiveOrEndAsync("PUBACK"));
    }

    /// <summary>Reason String and User Properties of PUBREC give way to Maximum Packet Size.</summary>
    [Check("MQTT-3.5.2-2", "MQTT-3.5.2-3")]
    public static async Task PUBREC_stays_within_Maximum_Packet_Size(Probe probe)
    {
        var (client, size) = await ConnectSmallAsync(probe);
        Needs.QoS(client, 2);

        await client.SendPublishAsync(probe.Topic("a"), "m", new PublishOptions { QoS = 2, PacketId = 1 });
        EnsureSmall(size, await client.ReceiveAnswerAsync(PacketType.Pubrec, 1));
        await SendRefusableAsync(probe, client, qos: 2);
        EnsureSmall(size, await client.ReceiveOrEndAsync("PUBREC"));
    }

    /// <summary>Reason String and User Properties of PUBREL give way to Maximum Packet Size.</summary>
    [Check("MQTT-3.6.2-2", "MQTT-3.6.2-3")]
    public static async Task PUBREL_stays_within_Maximum_Packet_Size(Probe probe)
    {
        var (client, size) = await ConnectSmallAsync(probe);
        Needs.QoS(client, 2);

        await client.AckAsync(PacketType.Pubrec, 99);

        EnsureSmall(size, await client.ReceiveOrEndAsync("PUBREL"));
    }

    /// <summary>Reason String and User Properties of PUBCOMP give way to Maximum Packet Size.</summary>
    [Check("MQTT-3.7.2-2", "MQTT-3.7.2-3")]
    public static async Task PUBCOMP_stays_within_Maximum_Packet_Size(Probe probe)
    {
        var (client, size) = await ConnectSmallAsync(probe);
        Needs.QoS(client, 2);

        await client.AckAsync(PacketType.Pubrel, 99);

        EnsureSmall(size, await client.ReceiveAnswerAsync(PacketType.Pubcomp, 99));
    }

    /// <summary>A client that takes no packet larger than the CONNACK of this broker: there is no room for words behind a code.</summary>
    internal static async Task<(WireClient Client, int Size)> ConnectSmallAsync(Probe probe)
    {
        var measured = await probe.ConnectAsync();
        var size = Math.Max(measured.Connack!.Packet.Length, SmallSizeMin);
        await measured.DisconnectAsync();
        return (await probe.ConnectAsync(new ConnectOptions { MaximumPacketSize = (uint)size }), size);
    }

    /// <summary>The packet must be within a size; null is the end of the connection.</summary>
    internal static void EnsureSmall(int size, Received? packet) =>
        Probe.Ensure(packet is null || packet.Packet.Length <= size, $"a packet of at most {size} bytes", $"{packet?.Packet.Length} bytes: {packet}");

    private static string Code(byte code) => "0x" + code.ToString("X2", CultureInfo.InvariantCulture);

    /// <summary>A message that a broker may refuse and explain why: its payload is not the UTF-8 that it says it is.</summary>
    private static Task SendRefusableAsync(Probe probe, WireClient client, int qos)
    {
        var options = new PublishOptions { QoS = qos, Properties = [WireProperty.Number(PropertyId.PayloadFormatIndicator, 1)] };
        return client.SendAsync(Packets.Publish(probe.Version, probe.Topic("a"), [0xC3, 0x28], options, 2));
    }

    /// <summary>0: identifier only; 1: code; 2: empty properties; 3: Reason String; 4: two User Properties.</summary>
    private static byte[] Form(PacketType type, ushort packetId, int form)
    {
        var packet = new PacketBuilder(type, type == PacketType.Pubrel ? 2 : 0).UInt16(packetId);
        if (form == 0)
        {
            return packet.ToBytes();
        }

        packet.Byte(0);
        return form switch
        {
            1 => packet.ToBytes(),
            2 => packet.Properties(ProtocolVersion.Mqtt5).ToBytes(),
            3 => packet.Properties(ProtocolVersion.Mqtt5, WireProperty.Text(PropertyId.ReasonString, "thanks")).ToBytes(),
            _ => packet.Properties(ProtocolVersion.Mqtt5, WireProperty.User("a", "1"), WireProperty.User("a", "1")).ToBytes(),
        };
    }
}
