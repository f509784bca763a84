using Godwit.Protocol.Properties;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Protocol.Tests.Properties;

/// <summary>What a program that uses the codec sees of properties, and how it makes them.</summary>
public sealed class PropertyBlockTests
{
    [Fact]
    public void A_property_is_found_by_its_identifier()
    {
        var block = PropertyBlock.FromTrusted(Hex.Parse("02 0000003C | 26 0001 'a' 0001 '1' | 0B FF FF FF 7F | 26 0001 'b' 0001 '2'"));

        Assert.True(block.TryGet(PropertyId.UserProperty, out var first));
        Assert.Equal("'a'='1'", $"{PacketText.Bytes(first.Name)}={PacketText.Bytes(first.Value)}");
        Assert.Equal(Hex.Parse("26 0001 'a' 0001 '1'"), first.Encoded.ToArray());
        Assert.Equal(60u, block.NumberOr(PropertyId.MessageExpiryInterval, 0));
        Assert.Equal(268_435_455u, block.NumberOr(PropertyId.SubscriptionIdentifier, 0));
        Assert.Equal(2, block.CountOf(PropertyId.UserProperty));
    }

    [Fact]
    public void An_absent_property_is_not_found()
    {
        var block = PropertyBlock.FromTrusted(Hex.Parse("01 01"));

        Assert.False(block.TryGet(PropertyId.TopicAlias, out _));
        Assert.Equal(65_535u, block.NumberOr(PropertyId.ReceiveMaximum, 65_535));
        Assert.Equal(0, block.CountOf(PropertyId.UserProperty));
        Assert.True(default(PropertyBlock).IsEmpty);
    }

    [Theory, Spec("MQTT-2.2.2-1")]
    [InlineData(0, 1)]
    [InlineData(127, 128)]
    [InlineData(128, 130)]
    [InlineData(16_383, 16_385)]
    [InlineData(16_384, 16_387)]
    public void A_block_takes_its_bytes_and_their_Property_Length(int size, int encodedSize) =>
        Assert.Equal(encodedSize, PropertyBlock.FromTrusted(new byte[size]).EncodedSize);

    [Fact]
    public void The_number_of_a_string_is_a_mistake_of_the_caller()
    {
        var block = PropertyBlock.FromTrusted(Hex.Parse("03 0001 'a'"));
        Assert.True(block.TryGet(PropertyId.ContentType, out var property));

        try
        {
            _ = property.Number;
            Assert.Fail("A string has no number.");
        }
        catch (InvalidOperationException exception)
        {
            Assert.Contains("ContentType", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Properties_are_written_as_the_specification_encodes_them()
    {
        using var writer = new PropertyWriter(stackalloc byte[8]);      // grows on the way
        writer.Add(PropertyId.PayloadFormatIndicator, 1);
        writer.Add(PropertyId.TopicAlias, 258);
        writer.Add(PropertyId.MessageExpiryInterval, 4_294_967_295);
        writer.Add(PropertyId.SubscriptionIdentifier, 128);
        writer.Add(PropertyId.SubscriptionIdentifier, 268_435_455);
        writer.Add(PropertyId.ContentType, "tä");
        writer.Add(PropertyId.CorrelationData, [0x00, 0xFF]);
        writer.AddUserProperty("k"u8, ""u8);
        writer.AddEncoded(Hex.Parse("08 0001 'r'"));

        var expected = Hex.Parse("01 01 | 23 0102 | 02 FFFFFFFF | 0B 80 01 | 0B FF FF FF 7F | 03 0003 74 C3 A4 | 09 0002 00 FF | 26 0001 'k' 0000 | 08 0001 'r'");
        Assert.Equal(expected, writer.Block.Bytes.ToArray());
        Assert.Equal(expected.Length, writer.Length);
    }

    [Fact]
    public void Any_property_is_written_as_it_was_read() =>
        ForAll.Check(RoundTrip.PacketGen.Properties("PUBLISH", ProtocolVersion.Mqtt5), bytes =>
        {
            using var writer = new PropertyWriter([]);
            foreach (var property in PropertyBlock.FromTrusted(bytes))
            {
                var id = (int)property.Id;
                switch (PropertyFact.All.Single(fact => fact.Id == id).Type)
                {
                    case "Pair":
                        writer.AddUserProperty(property.Name, property.Value);
                        break;

                    case "String" or "Binary":
                        writer.Add(property.Id, property.Value);
                        break;

                    default:
                        writer.Add(property.Id, property.Number);
                        break;
                }
            }

            Assert.Equal(bytes, writer.Block.Bytes.ToArray());
        });

    [Fact, Spec("MQTT-1.5.4-1", "MQTT-1.5.4-2")]
    public void A_string_that_must_not_be_sent_is_refused_at_once()
    {
        // Not InlineData: an attribute cannot hold a lone surrogate.
        foreach (var text in (string[])["\uD800", "a\uDC00b", "\uDC00\uD800", "\0", "a\0"])
        {
            Assert.IsAssignableFrom<ArgumentException>(Record.Exception(() => Write(text)));
        }
    }

    [Fact, Spec("MQTT-4.7.3-3")]
    public void A_string_above_65535_bytes_is_refused_at_once()
    {
        Assert.Null(Record.Exception(() => Write(new string('x', 65_535))));
        Assert.IsAssignableFrom<ArgumentException>(Record.Exception(() => Write(new string('x', 65_536))));
        Assert.IsAssignableFrom<ArgumentException>(Record.Exception(() => Write(new string('ä', 32_768))));
    }

    [Theory]
    [InlineData(PropertyId.PayloadFormatIndicator, 256)]
    [InlineData(PropertyId.ReceiveMaximum, 65_536)]
    public void A_number_that_does_not_fit_the_property_is_a_mistake_of_the_caller(PropertyId id, uint value) =>
        Assert.Throws<OverflowException>(() =>
        {
            using var writer = new PropertyWriter(default);
            writer.Add(id, value);
        });

    [Fact]
    public void Encoded_properties_are_copied_into_the_buffer()
    {
        using var writer = new PropertyWriter(new byte[8]);         // all 0: a rented one may hold what an earlier test wrote

        writer.AddEncoded([0x01, 0x01]);

        Assert.Equal([0x01, 0x01], writer.Block.Bytes.ToArray());
    }

    [Fact]
    public void A_buffer_that_is_just_large_enough_is_used()
    {
        Span<byte> buffer = new byte[4];
        using var writer = new PropertyWriter(buffer);

        writer.Add(PropertyId.ReasonString, "x"u8);

        Assert.True(writer.Block.Bytes.Overlaps(buffer));
    }

    [Theory]
    [InlineData(PropertyId.ContentType)]
    [InlineData(PropertyId.CorrelationData)]
    [InlineData(PropertyId.UserProperty)]
    public void A_number_for_a_property_that_is_none_is_refused_at_once(PropertyId id) =>
        Assert.IsAssignableFrom<ArgumentException>(Record.Exception(() =>
        {
            using var writer = new PropertyWriter([]);
            writer.Add(id, 1);
        }));

    private static void Write(string text)
    {
        using var writer = new PropertyWriter([]);
        writer.Add(PropertyId.ContentType, text);
    }
}
