using Godwit.Protocol.Tests.Support;

namespace Godwit.Protocol.Tests.Properties;

/// <summary>Every property identifier in every place where properties stand, against table 2-4 (5.0 §2.2.2.2).</summary>
public sealed class PropertyMatrixTests
{
    public static TheoryData<string> Places => [.. Place.All.Select(place => place.Name)];

    [Theory, MemberData(nameof(Places))]
    public void A_property_is_accepted_only_where_the_table_allows_it(string name)
    {
        var place = Place.Of(name);
        var failures = new List<string>();

        for (var id = 0; id <= 255; id++)
        {
            var fact = FactOf(id);
            var expected = fact is null ? PacketError.PropertyUnknown : ErrorIn(place, fact);
            foreach (var value in fact?.Valid ?? ["00", "00000001", "0001 'x'", ""])
            {
                Check(place, [.. place.Companion(id), .. Raw.VariableByteInteger(id), .. Hex.Parse(value)], expected, failures);
            }
        }

        Assert.Empty(failures);
    }

    [Theory, MemberData(nameof(Places)), Spec("MQTT-3.1.3-10", "MQTT-3.3.2-17", "MQTT-3.3.2-18")]
    public void A_property_appears_twice_only_where_the_specification_says_so(string name)
    {
        var place = Place.Of(name);
        var failures = new List<string>();

        foreach (var fact in PropertyFact.All.Where(fact => fact.IsAllowedIn(place)))
        {
            var property = fact.Encode(fact.Valid[0]);
            var expected = fact.MayRepeatIn(place) ? PacketError.None : PacketError.PropertyTwice;
            var between = Hex.Parse("26 0001 'k' 0001 'v'");

            Check(place, [.. place.Companion(fact.Id), .. property, .. property], expected, failures);
            Check(place, [.. property, .. between, .. property, .. place.Companion(fact.Id)], expected, failures);
        }

        Assert.Empty(failures);
    }

    [Theory, MemberData(nameof(Places)), Spec("MQTT-3.3.2-8", "MQTT-3.3.2-14")]
    public void A_value_outside_its_range_is_refused(string name)
    {
        var place = Place.Of(name);
        var failures = new List<string>();

        foreach (var fact in PropertyFact.All.Where(fact => fact.IsAllowedIn(place)))
        {
            foreach (var value in fact.OutOfRange)
            {
                Check(place, [.. place.Companion(fact.Id), .. fact.Encode(value)], fact.RangeError, failures);
            }
        }

        Assert.Empty(failures);
    }

    [Theory, MemberData(nameof(Places))]
    public void A_property_cut_at_any_byte_is_refused(string name)
    {
        var place = Place.Of(name);
        var failures = new List<string>();

        foreach (var fact in PropertyFact.All)
        {
            var property = fact.Encode(fact.Valid[0]);
            for (var length = 1; length < property.Length; length++)
            {
                var expected = fact.IsAllowedIn(place) ? PacketError.FieldTruncated : PacketError.PropertyNotAllowed;
                Check(place, [.. place.Companion(fact.Id), .. property[..length]], expected, failures);
            }
        }

        Assert.Empty(failures);
    }

    [Theory, MemberData(nameof(Places)), Spec("MQTT-1.5.5-1")]
    public void An_identifier_in_more_bytes_than_necessary_is_refused(string name)
    {
        var place = Place.Of(name);
        var failures = new List<string>();

        foreach (var fact in PropertyFact.All)
        {
            byte[] value = Hex.Parse(fact.Valid[0]);
            byte first = (byte)(fact.Id | 0x80);
            Check(place, [first, 0x00, .. value], PacketError.VariableByteIntegerNotMinimal, failures);
            Check(place, [first, 0x80, 0x80, 0x00, .. value], PacketError.VariableByteIntegerNotMinimal, failures);
            Check(place, [first, 0x80, 0x80, 0x80, 0x00, .. value], PacketError.VariableByteIntegerTooLong, failures);
            Check(place, [first], PacketError.FieldTruncated, failures);
        }

        Assert.Empty(failures);
    }

    [Theory, MemberData(nameof(Places))]
    public void A_Property_Length_beyond_the_packet_is_refused(string name)
    {
        var place = Place.Of(name);
        byte[] before = Hex.Parse(place.Before);
        byte[] after = Hex.Parse(place.After);

        foreach (var length in new[] { after.Length + 1, 127, 128, 16_383, 268_435_455 })
        {
            var packet = Raw.Packet(place.First, [.. before, .. Raw.VariableByteInteger(length), .. after]);
            Assert.Equal(PacketError.FieldTruncated, PacketDecoder.Decode(packet, ProtocolVersion.Mqtt5).Error);
        }
    }

    private static PropertyFact? FactOf(int id) => PropertyFact.All.SingleOrDefault(fact => fact.Id == id);

    private static PacketError ErrorIn(Place place, PropertyFact fact) =>
        fact.IsAllowedIn(place) ? PacketError.None : PacketError.PropertyNotAllowed;

    private static void Check(Place place, byte[] properties, PacketError expected, List<string> failures)
    {
        var packet = place.Packet(properties);
        var decoded = PacketDecoder.Decode(packet, ProtocolVersion.Mqtt5);
        if (decoded.Error != expected)
        {
            failures.Add($"{place.Name} {Convert.ToHexString(properties)}: {decoded.Error} instead of {expected}");
        }

        if (expected == PacketError.None && !decoded.Rewritten.AsSpan().SequenceEqual(packet))
        {
            failures.Add($"{place.Name} {Convert.ToHexString(properties)}: written as {Convert.ToHexString(decoded.Rewritten)}");
        }
    }
}
