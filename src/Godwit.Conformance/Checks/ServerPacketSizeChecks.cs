using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>The Maximum Packet Size that a broker announces (5.0 §3.2.2.3.6).</summary>
public static class ServerPacketSizeChecks
{
    private const uint SentMax = 8_000_000;

    /// <summary>A packet of exactly the size.</summary>
    [Check("MQTT-3.2.2-15", "Trap-19")]
    public static async Task A_packet_of_the_Maximum_Packet_Size_is_accepted(Probe probe)
    {
        var (client, sizeMax) = await ConnectAsync(probe, SentMax);

        await client.SendAsync(PublishOf(probe, sizeMax));

        await client.ReceiveAnswerAsync(PacketType.Puback, 1);
    }

    /// <summary>One byte more.</summary>
    [Check("MQTT-3.2.2-15", "MQTT-4.13.1-1", "Trap-19")]
    public static async Task A_packet_above_the_Maximum_Packet_Size_ends_the_connection(Probe probe)
    {
        var (client, sizeMax) = await ConnectAsync(probe, SentMax);

        await client.SendAsync(PublishOf(probe, sizeMax + 1));

        probe.Saw(await client.IsClosedAsync(0x95));
    }

    /// <summary>The fixed header says how large the packet is; nothing else was sent.</summary>
    [Check("MQTT-3.2.2-15", "Trap-19", IsRecommendation = true)]
    public static async Task A_packet_above_the_Maximum_Packet_Size_is_refused_from_its_header_alone(Probe probe)
    {
        // The largest header there is: 5 bytes, and 2^28 - 1 to follow.
        var (client, _) = await ConnectAsync(probe, VariableByteInteger.MaxValue + 4);
        await client.SendAsync([0x32, 0xFF, 0xFF, 0xFF, 0x7F]);
        probe.Saw(await client.IsClosedAsync(0x95));
    }

    private static async Task<(WireClient Client, uint SizeMax)> ConnectAsync(Probe probe, uint most)
    {
        var client = await probe.ConnectAsync();
        var sizeMax = client.Connack!.NumberOr(PropertyId.MaximumPacketSize, uint.MaxValue);
        Probe.SkipUnless(sizeMax != uint.MaxValue, "the broker announces no Maximum Packet Size");
        Probe.SkipUnless(sizeMax <= most, $"the Maximum Packet Size is {sizeMax} bytes, which is too much to send");
        return (client, sizeMax);
    }

    private static byte[] PublishOf(Probe probe, uint size)
    {
        var around = Packets.Publish(probe.Version, probe.Topic("size"), "", new PublishOptions { QoS = 1 }, 1).Length - 2;
        var lengthSize = VariableByteInteger.Measure(size - 5);
        return Packets.Publish(probe.Version, probe.Topic("size"), new byte[size - around - 1 - lengthSize], new PublishOptions { QoS = 1 }, 1);
    }
}
