using Godwit.Protocol.Tests.Support;

namespace Godwit.Protocol.Tests.Data;

/// <summary>The rules of §1.5.4 in every field that is a UTF-8 Encoded String.</summary>
public sealed class StringFieldTests
{
    private static readonly (string Bytes, PacketError Error)[] Bad =
    [
        ("00", PacketError.StringHasNull),
        ("'a' 00", PacketError.StringHasNull),
        ("00 'a'", PacketError.StringHasNull),
        ("80", PacketError.StringIllFormed),                    // a continuation byte alone
        ("'a' BF 'b'", PacketError.StringIllFormed),
        ("C0 80", PacketError.StringIllFormed),                 // overlong U+0000
        ("C1 BF", PacketError.StringIllFormed),                 // overlong U+007F
        ("E0 9F BF", PacketError.StringIllFormed),              // overlong U+07FF
        ("F0 8F BF BF", PacketError.StringIllFormed),           // overlong U+FFFF
        ("ED A0 80", PacketError.StringIllFormed),              // U+D800
        ("ED AF BF", PacketError.StringIllFormed),              // U+DBFF
        ("ED B0 80", PacketError.StringIllFormed),              // U+DC00
        ("ED BF BF", PacketError.StringIllFormed),              // U+DFFF
        ("ED A1 8C ED BE B4", PacketError.StringIllFormed),     // a pair of surrogates, as in CESU-8
        ("F4 90 80 80", PacketError.StringIllFormed),           // U+110000
        ("F5 80 80 80", PacketError.StringIllFormed),
        ("F8 88 80 80 80", PacketError.StringIllFormed),        // five bytes
        ("FE", PacketError.StringIllFormed),
        ("FF", PacketError.StringIllFormed),
        ("'a' C3", PacketError.StringIllFormed),                // cut sequences
        ("E6 B8", PacketError.StringIllFormed),
        ("F0 AA 9B", PacketError.StringIllFormed),
        ("C3 'a'", PacketError.StringIllFormed),
    ];

    private static readonly string[] Good =
    [
        "'a'",
        "C2 80",                    // U+0080, the smallest of two bytes
        "DF BF",                    // U+07FF
        "E0 A0 80",                 // U+0800
        "ED 9F BF",                 // U+D7FF, before the surrogates
        "EE 80 80",                 // U+E000, behind them
        "F0 90 80 80",              // U+10000
        "F4 8F BF BF",              // U+10FFFF
        "EF BB BF 'a'",             // U+FEFF in front: no byte order mark
        "'a' EF BB BF",
        "EF BF BD",                 // U+FFFD
        "EF BF BE",                 // non-characters
        "EF BF BF",
        "EF B7 90",
        "F0 9F BF BF",
        "01 1F 7F C2 80 C2 9F",     // control characters
        "'A' F0 AA 9B 94",          // the example of §1.5.4
    ];

    private static readonly Dictionary<string, Func<byte[], byte[]>> Fields = CreateFields();

    public static TheoryData<string> Names => [.. Fields.Keys];

    [Theory, MemberData(nameof(Names))]
    [Spec("MQTT-1.5.4-1", "MQTT-1.5.4-2", "MQTT-1.5.7-1", "MQTT-3.1.3-4", "MQTT-3.1.3-11", "MQTT-3.1.3-12", "MQTT-3.3.2-1", "MQTT-3.3.2-13", "MQTT-3.3.2-19")]
    [Spec("MQTT-3.8.3-1", "MQTT-3.10.3-1", "MQTT-4.7.3-2", "MQTT3-1.5.3-1", "MQTT3-1.5.3-2", "MQTT3-4.7.3-2")]
    public void A_string_that_is_not_well_formed_or_has_U_0000_is_refused(string field)
    {
        foreach (var (bytes, error) in Bad)
        {
            var decoded = PacketDecoder.Decode(Fields[field](Hex.Parse(bytes)), VersionOf(field));
            Assert.Equal((bytes, error), (bytes, decoded.Error));
        }
    }

    [Theory, MemberData(nameof(Names))]
    [Spec("MQTT-1.5.4-1", "MQTT-1.5.4-3", "MQTT3-1.5.3-3", "MQTT-4.7.3-4", "MQTT3-4.7.3-4")]
    public void A_well_formed_string_is_kept_byte_by_byte(string field)
    {
        foreach (var bytes in Good)
        {
            var packet = Fields[field](Hex.Parse(bytes));
            var decoded = PacketDecoder.Decode(packet, VersionOf(field));

            Assert.Equal((bytes, PacketError.None), (bytes, decoded.Error));
            Assert.Equal(packet, decoded.Rewritten);
            Assert.Contains(PacketText.Bytes(Hex.Parse(bytes)), decoded.Text, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Names)), Spec("MQTT-4.7.3-3", "MQTT3-4.7.3-3")]
    public void A_string_may_have_65535_bytes(string field)
    {
        var packet = Fields[field]([.. Enumerable.Repeat((byte)'x', 65_535)]);

        var decoded = PacketDecoder.Decode(packet, VersionOf(field));

        Assert.Equal(PacketError.None, decoded.Error);
        Assert.Equal(packet, decoded.Rewritten);
    }

    private static ProtocolVersion VersionOf(string field) => field[..3] switch
    {
        "3.1" when field.StartsWith("3.1.1", StringComparison.Ordinal) => ProtocolVersion.Mqtt311,
        "3.1" => ProtocolVersion.Mqtt31,
        _ => ProtocolVersion.Mqtt5,
    };

    private static Dictionary<string, Func<byte[], byte[]>> CreateFields()
    {
        var fields = new Dictionary<string, Func<byte[], byte[]>>(StringComparer.Ordinal);
        foreach (var (version, head, none) in new[] { ("3.1", "0006 'MQIsdp' 03", ""), ("3.1.1", "0004 'MQTT' 04", ""), ("5.0", "0004 'MQTT' 05", "00") })
        {
            void Add(string name, byte first, string before, string after) =>
                fields.Add($"{version} {name}", text => Raw.Packet(first, [.. Hex.Parse(before), .. Raw.String(text), .. Hex.Parse(after)]));

            Add("Client Identifier", 0x10, $"{head} 02 003C {none}", "");
            Add("Will Topic", 0x10, $"{head} 06 003C {none} 0001 'c' {none}", "0000");
            Add("User Name", 0x10, $"{head} 82 003C {none} 0001 'c'", "");
            Add("Topic Name", 0x30, "", $"{none} 'x'");
            Add("Topic Filter of SUBSCRIBE", 0x82, $"0001 {none}", "00");
            Add("second Topic Filter of SUBSCRIBE", 0x82, $"0001 {none} 0001 'a' 01", "00");
            Add("Topic Filter of UNSUBSCRIBE", 0xA2, $"0001 {none}", "");
        }

        foreach (var place in Place.All)
        {
            foreach (var fact in PropertyFact.All.Where(fact => fact.IsAllowedIn(place) && fact.Type is "String"))
            {
                fields.Add($"5.0 property {fact.Id:X2} of {place.Name}", text => place.Packet([.. place.Companion(fact.Id), (byte)fact.Id, .. Raw.String(text)]));
            }

            fields.Add($"5.0 name of a User Property of {place.Name}", text => place.Packet([.. place.Companion(0x26), 0x26, .. Raw.String(text), 0, 0]));
            fields.Add($"5.0 value of a User Property of {place.Name}", text => place.Packet([.. place.Companion(0x26), 0x26, 0, 0, .. Raw.String(text)]));
        }

        return fields;
    }
}
