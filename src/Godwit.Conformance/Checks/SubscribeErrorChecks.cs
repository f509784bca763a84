using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>SUBSCRIBE and UNSUBSCRIBE that a client must not send (5.0 §3.8, §3.10).</summary>
public static class SubscribeErrorChecks
{
    private static readonly int[] WrongFlags = [0b0000, 0b0011, 0b0110, 0b1010];

    /// <summary>The flags of SUBSCRIBE are 0010.</summary>
    [Check("MQTT-3.8.1-1", "MQTT3-3.8.1-1", "MQTT3-4.8.0-1")]
    public static Task SUBSCRIBE_with_other_flags_than_0010_ends_the_connection(Probe probe) => probe.EachClosesAsync(
        from flags in WrongFlags
        select new PacketBuilder(PacketType.Subscribe, flags).UInt16(1).Properties(probe.Version).String(probe.Topic("a")).Byte(0).ToBytes(),
        0x81);

    /// <summary>The flags of UNSUBSCRIBE are 0010.</summary>
    [Check("MQTT-3.10.1-1", "MQTT3-3.10.1-1", "MQTT3-4.8.0-1")]
    public static Task UNSUBSCRIBE_with_other_flags_than_0010_ends_the_connection(Probe probe) => probe.EachClosesAsync(
        from flags in WrongFlags
        select new PacketBuilder(PacketType.Unsubscribe, flags).UInt16(1).Properties(probe.Version).String(probe.Topic("a")).ToBytes(),
        0x81);

    /// <summary>SUBSCRIBE has at least one filter.</summary>
    [Check("MQTT-3.8.3-2", "MQTT3-3.8.3-3", "MQTT3-4.8.0-1", "Trap-78")]
    public static Task SUBSCRIBE_without_a_filter_ends_the_connection(Probe probe) =>
        probe.EachClosesAsync([Packets.Subscribe(probe.Version, 1, Array.Empty<(string, SubscribeOptions)>())], 0x82, 0x81);

    /// <summary>UNSUBSCRIBE has at least one filter.</summary>
    [Check("MQTT-3.10.3-2", "MQTT3-3.10.3-2", "MQTT3-4.8.0-1", "Trap-78")]
    public static Task UNSUBSCRIBE_without_a_filter_ends_the_connection(Probe probe) =>
        probe.EachClosesAsync([Packets.Unsubscribe(probe.Version, 1)], 0x82, 0x81);

    /// <summary>Each filter of SUBSCRIBE is followed by its options.</summary>
    [Check("MQTT-3.8.3-2", "MQTT3-3.8.3-3", Versions = Versions.All)]
    public static Task SUBSCRIBE_that_ends_behind_a_filter_ends_the_connection(Probe probe) => probe.EachClosesAsync(
        [
            new PacketBuilder(PacketType.Subscribe, 2).UInt16(1).Properties(probe.Version).String(probe.Topic("a")).ToBytes(),
            new PacketBuilder(PacketType.Subscribe, 2).UInt16(1).Properties(probe.Version)
                .String(probe.Topic("a")).Byte(0).String(probe.Topic("b")).ToBytes(),
        ],
        0x81,
        0x82);

    /// <summary>The length of a filter does not reach beyond the packet.</summary>
    [Check("MQTT-3.8.3-1", "MQTT-3.10.3-1", "MQTT3-3.8.3-1", "MQTT3-3.10.3-1", Versions = Versions.All)]
    public static Task A_filter_that_is_cut_short_ends_the_connection(Probe probe) => probe.EachClosesAsync(
        [
            new PacketBuilder(PacketType.Subscribe, 2).UInt16(1).Properties(probe.Version).UInt16(10).Bytes("abc"u8).ToBytes(),
            new PacketBuilder(PacketType.Unsubscribe, 2).UInt16(1).Properties(probe.Version).UInt16(10).Bytes("abc"u8).ToBytes(),
        ],
        0x81,
        0x82);

    /// <summary>Filters are UTF-8.</summary>
    [Check("MQTT-3.8.3-1", "MQTT3-3.8.3-1", Versions = Versions.Both)]
    public static Task SUBSCRIBE_with_a_filter_that_is_not_UTF8_ends_the_connection(Probe probe) => probe.EachClosesAsync(
        from filter in IllFormed
        select new PacketBuilder(PacketType.Subscribe, 2).UInt16(1).Properties(probe.Version).Binary(filter).Byte(0).ToBytes(),
        0x81,
        0x82);

    /// <summary>Filters are UTF-8 in UNSUBSCRIBE too.</summary>
    [Check("MQTT-3.10.3-1", "MQTT3-3.10.3-1", Versions = Versions.Both)]
    public static Task UNSUBSCRIBE_with_a_filter_that_is_not_UTF8_ends_the_connection(Probe probe) => probe.EachClosesAsync(
        from filter in IllFormed
        select new PacketBuilder(PacketType.Unsubscribe, 2).UInt16(1).Properties(probe.Version).Binary(filter).ToBytes(),
        0x81,
        0x82);

    /// <summary>Bits 6 and 7 of the Subscription Options are reserved.</summary>
    [Check("MQTT-3.8.3-5", "Trap-79")]
    public static Task Reserved_bits_of_the_subscription_options_end_the_connection(Probe probe) =>
        probe.EachClosesAsync(WithOptions(probe, 0x40, 0x80, 0xC0, 0x41, 0x82), 0x81);

    /// <summary>The upper six bits of the requested QoS are reserved in 3.1.1, among them those that 5.0 gives a meaning.</summary>
    [Check("MQTT3-3-8.3-4", "MQTT3-4.8.0-1", "Trap-79")]
    public static Task Reserved_bits_of_the_requested_QoS_end_the_connection(Probe probe) =>
        probe.EachClosesAsync(WithOptions(probe, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80));

    /// <summary>There is no QoS 3.</summary>
    [Check("MQTT3-3-8.3-4", "MQTT3-4.8.0-1", "Trap-79", Versions = Versions.Both)]
    public static Task A_subscription_with_QoS_3_ends_the_connection(Probe probe) =>
        probe.EachClosesAsync(WithOptions(probe, 0x03), 0x82, 0x81);

    /// <summary>There is no Retain Handling 3.</summary>
    [Check("Trap-79", Versions = Versions.Mqtt5)]
    public static Task A_subscription_with_Retain_Handling_3_ends_the_connection(Probe probe) =>
        probe.EachClosesAsync(WithOptions(probe, 0x30, 0x31), 0x82, 0x81);

    /// <summary>One bad entry spoils the packet, wherever it stands.</summary>
    [Check("MQTT-3.8.3-5", "MQTT3-3-8.3-4", "Trap-79")]
    public static Task Reserved_bits_behind_a_good_filter_end_the_connection(Probe probe) => probe.EachClosesAsync(
        [
            new PacketBuilder(PacketType.Subscribe, 2).UInt16(1).Properties(probe.Version)
                .String(probe.Topic("a")).Byte(0).String(probe.Topic("b")).Byte(0x80).ToBytes(),
        ],
        0x81);

    private static byte[][] IllFormed =>
    [
        [0x61, 0xC3, 0x28],                 // a second byte that is none
        [0x61, 0xED, 0xA0, 0x80],           // a surrogate
        [0x61, 0xC0, 0x80],                 // an overlong form
        [0x61, 0xF5, 0x80, 0x80, 0x80],     // beyond U+10FFFF
        [0x61, 0xE2, 0x82],                 // the last byte is missing
    ];

    private static IEnumerable<byte[]> WithOptions(Probe probe, params byte[] options) => options.Select(value =>
        new PacketBuilder(PacketType.Subscribe, 2).UInt16(1).Properties(probe.Version).String(probe.Topic("a")).Byte(value).ToBytes());
}
