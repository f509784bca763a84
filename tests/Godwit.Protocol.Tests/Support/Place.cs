namespace Godwit.Protocol.Tests.Support;

/// <summary>Where properties stand in MQTT 5.0: a packet, or the will in CONNECT. The names are those of table 2-4.</summary>
/// <param name="Name">E.g. <c>PUBLISH</c>.</param>
/// <param name="First">First byte of the packet.</param>
/// <param name="Before">What stands in the body before Property Length.</param>
/// <param name="After">What stands behind the properties.</param>
internal sealed record Place(string Name, byte First, string Before, string After)
{
    public static readonly IReadOnlyList<Place> All =
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

    public static Place Of(string name) => All.Single(place => string.Equals(place.Name, name, StringComparison.Ordinal));

    /// <summary>A whole packet with these properties.</summary>
    public byte[] Packet(params byte[] properties) =>
        Raw.Packet(First, [.. Hex.Parse(Before), .. Raw.Block(properties), .. Hex.Parse(After)]);

    /// <summary>The property that must stand beside <paramref name="id"/>: AUTH always has a method, Authentication Data needs one.</summary>
    public byte[] Companion(int id)
    {
        const int Method = 0x15;
        const int Data = 0x16;
        var isNeeded = Name is "AUTH" ? id != Method : Name is "CONNECT" && id == Data;
        return isNeeded ? Hex.Parse("15 0001 'm'") : [];
    }
}
