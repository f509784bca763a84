using Godwit.Protocol.Tests.Support;

namespace Godwit.Protocol.Tests.Data;

public sealed class VariableByteIntegerTests
{
    [Theory, Spec("R9", "MQTT-1.5.5-1")]
    [InlineData(0u, "00")]
    [InlineData(1u, "01")]
    [InlineData(127u, "7F")]
    [InlineData(128u, "80 01")]
    [InlineData(16_383u, "FF 7F")]
    [InlineData(16_384u, "80 80 01")]
    [InlineData(2_097_151u, "FF FF 7F")]
    [InlineData(2_097_152u, "80 80 80 01")]
    [InlineData(268_435_455u, "FF FF FF 7F")]
    public void A_value_takes_the_bytes_of_table_1_1(uint value, string hex)
    {
        var expected = Hex.Parse(hex);
        var written = new byte[4];

        var length = VariableByteInteger.Write(written, value);

        Assert.Equal(expected, written[..length]);
        Assert.Equal(expected.Length, VariableByteInteger.Measure(value));
        foreach (var version in Enum.GetValues<ProtocolVersion>())
        {
            var error = VariableByteInteger.TryRead([.. expected, 0xFF], version, out var read, out var readLength);
            Assert.Equal((PacketError.None, value, expected.Length), (error, read, readLength));
        }
    }

    [Theory, Spec("R9")]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("FF FF")]
    [InlineData("80 80 80")]
    public void A_value_that_has_not_ended_needs_more_bytes(string hex)
    {
        var error = VariableByteInteger.TryRead(Hex.Parse(hex), ProtocolVersion.Mqtt5, out var value, out var length);

        Assert.Equal((PacketError.FieldTruncated, 0u, 0), (error, value, length));
    }

    [Theory, Spec("R9")]
    [InlineData("80 80 80 80")]
    [InlineData("FF FF FF FF")]
    [InlineData("80 80 80 80 00")]
    [InlineData("FF FF FF FF 7F")]
    public void A_fifth_byte_is_refused_before_it_arrives(string hex)
    {
        foreach (var version in Enum.GetValues<ProtocolVersion>())
        {
            var error = VariableByteInteger.TryRead(Hex.Parse(hex), version, out var value, out var length);
            Assert.Equal((PacketError.VariableByteIntegerTooLong, 0u, 0), (error, value, length));
        }
    }

    [Theory, Spec("MQTT-1.5.5-1")]
    [InlineData("80 00", 0u)]
    [InlineData("81 00", 1u)]
    [InlineData("FF 00", 127u)]
    [InlineData("80 81 00", 128u)]
    [InlineData("80 80 00", 0u)]
    [InlineData("FF FF 00", 16_383u)]
    [InlineData("80 80 80 00", 0u)]
    [InlineData("FF FF FF 00", 2_097_151u)]
    public void A_longer_form_than_necessary_is_refused_by_5_0_only(string hex, uint value)
    {
        var bytes = Hex.Parse(hex);

        var error5 = VariableByteInteger.TryRead(bytes, ProtocolVersion.Mqtt5, out _, out _);
        var error311 = VariableByteInteger.TryRead(bytes, ProtocolVersion.Mqtt311, out var value311, out var length311);
        var error31 = VariableByteInteger.TryRead(bytes, ProtocolVersion.Mqtt31, out var value31, out _);

        Assert.Equal(PacketError.VariableByteIntegerNotMinimal, error5);
        Assert.Equal((PacketError.None, value, bytes.Length), (error311, value311, length311));
        Assert.Equal((PacketError.None, value), (error31, value31));
    }

    [Fact, Spec("R9", "MQTT-1.5.5-1")]
    public void Every_value_is_read_as_it_was_written()
    {
        Span<byte> bytes = stackalloc byte[4];
        for (uint value = 0; value <= VariableByteInteger.MaxValue; value += value < 100_000 ? 1u : 9_973)
        {
            var length = VariableByteInteger.Write(bytes, value);
            var error = VariableByteInteger.TryRead(bytes[..length], ProtocolVersion.Mqtt5, out var read, out _);
            if (error != PacketError.None || read != value || length != VariableByteInteger.Measure(value))
            {
                Assert.Fail($"{value} was read as {read} ({error}).");
            }
        }
    }

    [Theory, Spec("R9")]
    [InlineData(0, 2)]
    [InlineData(127, 129)]
    [InlineData(128, 131)]
    [InlineData(16_383, 16_386)]
    [InlineData(16_384, 16_388)]
    [InlineData(2_097_151, 2_097_155)]
    [InlineData(2_097_152, 2_097_157)]
    [InlineData(268_435_455, 268_435_460)]
    public void A_packet_is_as_large_as_its_header_and_body(int remainingLength, int packetSize) =>
        Assert.Equal(packetSize, FixedHeader.MeasurePacket(remainingLength));
}
