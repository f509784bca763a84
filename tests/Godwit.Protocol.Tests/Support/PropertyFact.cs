namespace Godwit.Protocol.Tests.Support;

/// <summary>One line of table 2-4 of MQTT 5.0 with what the property's own section says; written from the specification.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Type">Data type.</param>
/// <param name="Places">Where it may stand.</param>
/// <param name="Valid">Values that are legal everywhere it may stand, in the notation of <see cref="Hex"/>; the first is the usual one.</param>
/// <param name="OutOfRange">Values of the right type that are not legal.</param>
/// <param name="RangeError">What they are called.</param>
internal sealed record PropertyFact(int Id, string Type, string[] Places, string[] Valid, string[] OutOfRange, PacketError RangeError)
{
    private static readonly string[] Flags = ["01", "00"];
    private static readonly string[] NotFlags = ["02", "FF"];
    private static readonly string[] Twos = ["0001", "FFFF", "0000"];
    private static readonly string[] PositiveTwos = ["0001", "FFFF"];
    private static readonly string[] Fours = ["00000001", "FFFFFFFF", "00000000"];
    private static readonly string[] Strings = ["0003 'abc'", "0000"];
    private static readonly string[] Binaries = ["0003 00FF80", "0000"];

    public static readonly IReadOnlyList<PropertyFact> All =
    [
        Line(0x01, "Byte", "PUBLISH Will", Flags, NotFlags),
        Line(0x02, "Four", "PUBLISH Will", Fours, []),
        Line(0x03, "String", "PUBLISH Will", Strings, []),
        Line(0x08, "String", "PUBLISH Will", ["0003 'a/b'"], ["0000", "0001 '+'", "0003 'a/#'"], PacketError.ResponseTopicInvalid),
        Line(0x09, "Binary", "PUBLISH Will", Binaries, []),
        Line(0x0B, "Variable", "PUBLISH SUBSCRIBE", ["FFFFFF7F", "01", "8001"], ["00"]),
        Line(0x11, "Four", "CONNECT CONNACK DISCONNECT", Fours, []),
        Line(0x12, "String", "CONNACK", Strings, []),
        Line(0x13, "Two", "CONNACK", Twos, []),
        Line(0x15, "String", "CONNECT CONNACK AUTH", Strings, []),
        Line(0x16, "Binary", "CONNECT CONNACK AUTH", Binaries, []),
        Line(0x17, "Byte", "CONNECT", Flags, NotFlags),
        Line(0x18, "Four", "Will", Fours, []),
        Line(0x19, "Byte", "CONNECT", Flags, NotFlags),
        Line(0x1A, "String", "CONNACK", Strings, []),
        Line(0x1C, "String", "CONNACK DISCONNECT", Strings, []),
        Line(0x1F, "String", "CONNACK PUBACK PUBREC PUBREL PUBCOMP SUBACK UNSUBACK DISCONNECT AUTH", Strings, []),
        Line(0x21, "Two", "CONNECT CONNACK", PositiveTwos, ["0000"]),
        Line(0x22, "Two", "CONNECT CONNACK", Twos, []),
        Line(0x23, "Two", "PUBLISH", PositiveTwos, ["0000"], PacketError.TopicAliasInvalid),
        Line(0x24, "Byte", "CONNACK", Flags, NotFlags),
        Line(0x25, "Byte", "CONNACK", Flags, NotFlags),
        Line(0x26, "Pair", "CONNECT CONNACK PUBLISH Will PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK DISCONNECT AUTH", ["0001 'k' 0002 'vw'", "0000 0000"], []),
        Line(0x27, "Four", "CONNECT CONNACK", ["00000001", "FFFFFFFF"], ["00000000"]),
        Line(0x28, "Byte", "CONNACK", Flags, NotFlags),
        Line(0x29, "Byte", "CONNACK", Flags, NotFlags),
        Line(0x2A, "Byte", "CONNACK", Flags, NotFlags),
    ];

    /// <summary>It may stand in the place.</summary>
    public bool IsAllowedIn(Place place) => Places.Contains(place.Name, StringComparer.Ordinal);

    /// <summary>User Property everywhere (§1.5.7 and each section); Subscription Identifier in PUBLISH (§3.3.2.3.8).</summary>
    public bool MayRepeatIn(Place place) => Id == 0x26 || (Id == 0x0B && place.Name is "PUBLISH");

    /// <summary>Identifier and value.</summary>
    public byte[] Encode(string value) => [(byte)Id, .. Hex.Parse(value)];

    private static PropertyFact Line(
        int id, string type, string places, string[] valid, string[] outOfRange, PacketError error = PacketError.PropertyValueInvalid) =>
        new(id, type, places.Split(' '), valid, outOfRange, error);
}
