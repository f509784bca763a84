using System.Globalization;

namespace Godwit.Fuzz.Models;

/// <summary>Table 2-4 of MQTT 5.0 with the ranges that each property's own section adds. Typed from the specification, not from the product.</summary>
internal static class PropertyTable
{
    private const string Text =
        """
        01 byte     0 1          PUBLISH Will
        02 four     0 FFFFFFFF   PUBLISH Will
        03 string   0 0          PUBLISH Will
        08 string   0 0          PUBLISH Will
        09 binary   0 0          PUBLISH Will
        0B variable 1 FFFFFFF    PUBLISH SUBSCRIBE
        11 four     0 FFFFFFFF   CONNECT CONNACK DISCONNECT
        12 string   0 0          CONNACK
        13 two      0 FFFF       CONNACK
        15 string   0 0          CONNECT CONNACK AUTH
        16 binary   0 0          CONNECT CONNACK AUTH
        17 byte     0 1          CONNECT
        18 four     0 FFFFFFFF   Will
        19 byte     0 1          CONNECT
        1A string   0 0          CONNACK
        1C string   0 0          CONNACK DISCONNECT
        1F string   0 0          CONNACK PUBACK PUBREC PUBREL PUBCOMP SUBACK UNSUBACK DISCONNECT AUTH
        21 two      1 FFFF       CONNECT CONNACK
        22 two      0 FFFF       CONNECT CONNACK
        23 two      1 FFFF       PUBLISH
        24 byte     0 1          CONNACK
        25 byte     0 1          CONNACK
        26 pair     0 0          CONNECT CONNACK PUBLISH Will PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK DISCONNECT AUTH
        27 four     1 FFFFFFFF   CONNECT CONNACK
        28 byte     0 1          CONNACK
        29 byte     0 1          CONNACK
        2A byte     0 1          CONNACK
        """;

    public static readonly IReadOnlyList<PropertyLine> All = [.. Text.Split('\n').Select(Parse)];

    /// <summary>The line of an identifier; null when there is no such property.</summary>
    public static PropertyLine? Find(long id) => All.FirstOrDefault(line => line.Id == id);

    private static PropertyLine Parse(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new PropertyLine((int)Number(words[0]), words[1], Number(words[2]), Number(words[3]), words[4..]);
    }

    private static uint Number(string hex) => uint.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
