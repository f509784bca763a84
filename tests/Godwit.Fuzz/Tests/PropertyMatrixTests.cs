using Godwit.Fuzz.Models;
using Godwit.Fuzz.Targets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Fuzz.Tests;

/// <summary>
/// Every identifier in every packet and in the will, once and twice, with every edge of its value, cut at every byte: all of it, not a
/// sample. What is expected comes from <see cref="PropertyTable"/>.
/// </summary>
public sealed class PropertyMatrixTests
{
    private static readonly string[] Texts = ["0000", "0001 'a'", "0003 'a/b'", "0001 '+'", "0003 'a/#'", "0001 00", "0001 FF", "0002 C080", "0003 EDA080", "0004 F4908080", "0002 E282", "0003 EFBBBF", "FFFF 61*65535"];

    private static readonly string[] Variables = ["00", "01", "7F", "8001", "FFFFFF7F", "8100", "80808000", "80808080", "FFFFFFFF01"];
    private static readonly string[] Unknown = ["", "00", "00000000", "0001 'x'"];
    private static readonly uint[] Numbers = [0, 1, 2, 0x7F, 0xFF, 0x100, 0xFFFF, 0x10000, uint.MaxValue];

    public static TheoryData<string> Places => [.. PropertyPlace.All.Select(place => place.Name)];

    [Theory, MemberData(nameof(Places)), Spec("Hostile-13", "Hostile-14", "MQTT-2.2.2-1")]
    public void A_property_is_judged_as_the_table_says(string name)
    {
        var place = PropertyPlace.All.Single(candidate => candidate.Name == name);
        byte[] method = Hex.Parse("15 0001 'm'");
        for (var id = 0; id <= 256; id++)
        {
            foreach (var value in ValuesOf(PropertyTable.Find(id)))
            {
                byte[] property = [.. Raw.VariableByteInteger(id), .. value];
                foreach (var times in new[] { 1, 2, 3 })
                {
                    byte[] block = [.. Enumerable.Repeat(property, times).SelectMany(bytes => bytes)];
                    PropertyMatrixTarget.Check(place, block);
                    PropertyMatrixTarget.Check(place, [.. method, .. block]);
                    PropertyMatrixTarget.Check(place, [.. block, .. method]);
                }

                foreach (var length in Enumerable.Range(0, property.Length).Where(length => length < 20 || length > property.Length - 3))
                {
                    PropertyMatrixTarget.Check(place, property.AsSpan(0, length));
                    PropertyMatrixTarget.Check(place, [.. method, .. property.AsSpan(0, length)]);
                }
            }
        }
    }

    /// <summary>The two tables were typed independently of each other.</summary>
    [Fact]
    public void The_product_knows_the_same_properties()
    {
        for (var id = 0; id <= 300; id++)
        {
            var rule = PropertyRules.Of((uint)id);
            var line = PropertyTable.Find(id);
            Assert.Equal(line is null, rule.Type == PropertyType.None);
            var places = PropertyPlace.All.Where(place => (rule.Owners & Enum.Parse<PropertyOwner>(place.Name, ignoreCase: true)) != 0).Select(place => place.Name);
            Assert.Equal((line?.Places ?? []).Order(StringComparer.Ordinal), places.Order(StringComparer.Ordinal));
        }

        Assert.Equal(27, PropertyTable.All.Count);
        Assert.Equal(27, Enum.GetValues<PropertyId>().Length);
    }

    /// <summary>Both ends of the range and their neighbours; for a text everything that a text can be.</summary>
    private static IEnumerable<byte[]> ValuesOf(PropertyLine? line)
    {
        switch (line?.Type)
        {
            case null:
                return Unknown.Select(Hex.Parse);

            case "string" or "binary":
                return Texts.Select(Hex.Parse);

            case "pair":
                return Texts.Select(text => Hex.Parse(text + " 0001 'v'")).Concat(Texts.Select(text => Hex.Parse("0001 'k' " + text)));

            case "variable":
                return Variables.Select(Hex.Parse);

            default:
                var size = line!.Type == "byte" ? 1 : line.Type == "two" ? 2 : 4;
                return Numbers.Where(value => size == 4 || value < 1u << (8 * size)).Select(value => BigEndian(value)[(4 - size)..]);
        }
    }

    private static byte[] BigEndian(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
