using Godwit.Protocol.Tests.Support;

namespace Godwit.Protocol.Tests.Data;

/// <summary>What the framer says while a packet is still arriving.</summary>
public sealed class PacketFramerTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("30", 0)]
    [InlineData("30 80", 0)]
    [InlineData("30 80 80 80", 0)]
    [InlineData("30 05", 7)]
    [InlineData("30 05 0001 'a' 00", 7)]
    [InlineData("30 80 01", 131)]
    [InlineData("30 FF FF FF 7F", 268_435_460)]
    public void The_size_is_known_as_soon_as_the_fixed_header_has_arrived(string hex, int size)
    {
        var status = PacketFramer.TryRead(Hex.Parse(hex), ProtocolVersion.Mqtt5, int.MaxValue, out var header, out var body, out var packetSize, out var error);

        Assert.Equal((FrameStatus.Incomplete, PacketError.None, size), (status, error, packetSize));
        Assert.Equal(size == 0 ? default : PacketType.Publish, header.Type);
        Assert.True(body.IsEmpty);
    }

    [Fact, Spec("MQTT-3.2.2-15")]
    public void A_packet_that_is_too_large_is_refused_from_its_header_alone()
    {
        var status = PacketFramer.TryRead(Hex.Parse("30 64"), ProtocolVersion.Mqtt5, 101, out var header, out _, out var packetSize, out var error);

        Assert.Equal((FrameStatus.Invalid, PacketError.PacketTooLarge, 102), (status, error, packetSize));
        Assert.Equal(new FixedHeader(PacketType.Publish, 0, 100), header);
    }

    [Fact]
    public void The_body_is_what_follows_the_fixed_header()
    {
        var status = PacketFramer.TryRead(Hex.Parse("3B 03 'abc' 'next'"), ProtocolVersion.Mqtt5, 5, out var header, out var body, out var packetSize, out _);

        Assert.Equal((FrameStatus.Complete, 5), (status, packetSize));
        Assert.Equal(new FixedHeader(PacketType.Publish, 0x0B, 3), header);
        Assert.Equal("'abc'", PacketText.Bytes(body));
    }
}
