using Godwit.Protocol.Tests.Support;

namespace Godwit.Fuzz.Models;

/// <summary>Where properties stand in MQTT 5.0: a packet, or the will inside CONNECT.</summary>
/// <param name="Name">As in table 2-4.</param>
/// <param name="First">First byte of the packet.</param>
/// <param name="Before">The body before Property Length, in the notation of <see cref="Hex"/>.</param>
/// <param name="After">The body behind the properties.</param>
internal sealed record PropertyPlace(string Name, byte First, string Before, string After)
{
    private readonly byte[] _before = Hex.Parse(Before);
    private readonly byte[] _after = Hex.Parse(After);

    public static readonly IReadOnlyList<PropertyPlace> All =
    [
        new("CONNECT", 0x10, "0004 'MQTT' 05 02 003C", "0001 'c'"),
        new("Will", 0x10, "0004 'MQTT' 05 06 003C 00 0001 'c'", "0001 't' 0001 'p'"),
        new("CONNACK", 0x20, "00 00", ""),
        new("PUBLISH", 0x32, "0001 't' 0001", "'p'"),
        new("PUBACK", 0x40, "0001 10", ""),
        new("PUBREC", 0x50, "0001 10", ""),
        new("PUBREL", 0x62, "0001 92", ""),
        new("PUBCOMP", 0x70, "0001 92", ""),
        new("SUBSCRIBE", 0x82, "0001", "0001 'f' 00"),
        new("SUBACK", 0x90, "0001", "00"),
        new("UNSUBSCRIBE", 0xA2, "0001", "0001 'f'"),
        new("UNSUBACK", 0xB0, "0001", "00"),
        new("DISCONNECT", 0xE0, "04", ""),
        new("AUTH", 0xF0, "18", ""),
    ];

    /// <summary>A whole packet with these properties.</summary>
    public byte[] Packet(ReadOnlySpan<byte> properties) =>
        Raw.Packet(First, [.. _before, .. Raw.VariableByteInteger(properties.Length), .. properties, .. _after]);
}
