using Godwit.Conformance.Checks.Tables;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>Packets that are shorter or longer than their fields.</summary>
public static class PacketLengthChecks
{
    /// <summary>Remaining Length 0 where fields must follow.</summary>
    [Check("MQTT-4.13.1-1", "MQTT3-4.8.0-1")]
    public static Task A_packet_without_its_fields_ends_the_connection(Probe probe) =>
        EachIsRefusedAsync(probe, Place.Connect | Place.Publish | Place.Acks | Place.Subscribe | Place.Unsubscribe, packet => [packet[0], 0]);

    /// <summary>The Packet Identifier, or the length of the first string, has one byte.</summary>
    [Check("MQTT-4.13.1-1", "MQTT3-4.8.0-1")]
    public static Task A_packet_that_ends_inside_its_first_field_ends_the_connection(Probe probe) =>
        EachIsRefusedAsync(probe, Place.Connect | Place.Publish | Place.Acks | Place.Subscribe | Place.Unsubscribe, packet => [packet[0], 1, packet[2]]);

    /// <summary>The last field lacks its last byte; of a PUBLISH, which ends with its payload, the topic.</summary>
    [Check("MQTT-4.13.1-1", "MQTT3-4.8.0-1")]
    public static Task A_packet_that_ends_inside_its_last_field_ends_the_connection(Probe probe) =>
        EachIsRefusedAsync(probe, Place.Connect | Place.Will | Place.Publish | Place.Subscribe | Place.Unsubscribe, packet =>
        {
            var body = (packet[0] >> 4) == (int)PacketType.Publish ? packet[2..(4 + packet[3] - 1)] : packet[2..^1];
            return [packet[0], (byte)body.Length, .. body];
        });

    /// <summary>A Topic Filter without its options.</summary>
    [Check("MQTT-4.13.1-1", "MQTT3-4.8.0-1")]
    public static async Task A_second_filter_without_its_options_ends_the_connection(Probe probe)
    {
        var client = await probe.ConnectAsync();
        var packet = new PacketBuilder(PacketType.Subscribe, 2).UInt16(1).Properties(probe.Version)
            .String(probe.Topic("a")).Byte(0).String(probe.Topic("b")).ToBytes();

        await client.SendAsync(packet, Packets.Pingreq);

        probe.Saw(await client.IsClosedAsync(0x81, 0x82));
    }

    /// <summary>One byte after the last field.</summary>
    [Check("Trap-5", Versions = Versions.Both, IsRecommendation = true)]
    public static Task A_packet_with_a_byte_too_many_ends_the_connection(Probe probe) =>
        EachIsRefusedAsync(
            probe,
            Place.Connect | Place.Will | Place.Acks | Place.Subscribe | Place.Unsubscribe | Place.Pingreq | Place.Disconnect,
            packet => [packet[0], (byte)(packet[1] + 1), .. packet.AsSpan(2), 0x00]);

    /// <summary>Two bytes are an acknowledgement without reason code, three one without properties.</summary>
    [Check("Trap-6", Versions = Versions.Mqtt5)]
    public static Task Acknowledgements_may_leave_out_code_and_properties(Probe probe) =>
        Cases.EachAsync(ShortForms(Place.Acks, 2, 3), row => $"{row.Place.NameOf()} with Remaining Length {row.Length}", row => IsAcceptedAsync(probe, row));

    /// <summary>No byte is a DISCONNECT with code 0x00, one byte one without properties.</summary>
    [Check("Trap-6", Versions = Versions.Mqtt5)]
    public static Task DISCONNECT_may_leave_out_code_and_properties(Probe probe) =>
        Cases.EachAsync(ShortForms(Place.Disconnect, 0, 1, 2), row => $"DISCONNECT with Remaining Length {row.Length}", row => IsAcceptedAsync(probe, row));

    private static IEnumerable<(Place Place, int Length)> ShortForms(Place places, params int[] lengths) =>
        places.Each().SelectMany(place => lengths.Select(length => (place, length)));

    private static async Task IsAcceptedAsync(Probe probe, (Place Place, int Length) row)
    {
        var situation = await Situation.PrepareAsync(probe, row.Place);
        var packet = situation.Packet();
        await situation.IsAcceptedAsync([packet[0], (byte)row.Length, .. packet.AsSpan(2, row.Length)]);
    }

    private static Task EachIsRefusedAsync(Probe probe, Place places, Func<byte[], byte[]> change) =>
        Cases.EachAsync(places.Each(), place => place.NameOf(), async place =>
        {
            var situation = await Situation.PrepareAsync(probe, place);
            probe.Saw(await situation.IsRefusedAsync(change(situation.Packet())));
        });
}
