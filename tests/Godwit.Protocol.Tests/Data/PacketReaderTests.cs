using Godwit.Protocol.Tests.Support;

namespace Godwit.Protocol.Tests.Data;

/// <summary>The reader of §1.5: what it returns, and that it consumes nothing when something is missing.</summary>
public sealed class PacketReaderTests
{
    [Fact]
    public void Integers_are_read_high_byte_first()
    {
        var reader = new PacketReader(Hex.Parse("01 | 0203 | 04050607 | FF FF FF 7F"));

        Assert.True(reader.TryReadByte(out var one));
        Assert.True(reader.TryReadUInt16(out var two));
        Assert.True(reader.TryReadUInt32(out var four));
        Assert.Equal(PacketError.None, reader.ReadVariableByteInteger(out var variable));

        Assert.Equal((1, 0x0203, 0x04050607u, 268_435_455u), (one, two, four, variable));
        Assert.True(reader.AtEnd);
        Assert.Equal(11, reader.Position);
    }

    [Fact]
    public void Nothing_is_consumed_when_bytes_are_missing()
    {
        var reader = new PacketReader([0x80]);

        Assert.False(reader.TryReadUInt16(out _));
        Assert.False(reader.TryReadUInt32(out _));
        Assert.False(reader.TryReadBytes(2, out _));
        Assert.Equal(PacketError.FieldTruncated, reader.ReadVariableByteInteger(out _));
        Assert.Equal(0, reader.Position);
        Assert.Equal(1, reader.Rest.Length);
    }

    [Fact]
    public void An_empty_body_has_nothing_to_read()
    {
        var reader = new PacketReader([]);

        Assert.True(reader.AtEnd);
        Assert.False(reader.TryReadByte(out _));
        Assert.True(reader.TryReadBytes(0, out var none));
        Assert.True(none.IsEmpty);
        Assert.Equal(PacketError.FieldTruncated, reader.ReadString(out _));
        Assert.Equal(PacketError.FieldTruncated, reader.ReadBinary(out _));
    }

    [Fact]
    public void Binary_data_may_be_anything_and_a_string_may_be_empty()
    {
        var reader = new PacketReader(Hex.Parse("0003 00FF80 | 0000 | 0001 'a'"));

        Assert.Equal(PacketError.None, reader.ReadBinary(out var binary));
        Assert.Equal(PacketError.None, reader.ReadString(out var empty));
        Assert.Equal(PacketError.None, reader.ReadString(out var text));

        Assert.Equal("x'00FF80'", PacketText.Bytes(binary));
        Assert.True(empty.IsEmpty);
        Assert.Equal("'a'", PacketText.Bytes(text));
    }
}
