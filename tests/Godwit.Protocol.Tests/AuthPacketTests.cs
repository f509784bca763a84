using Godwit.Protocol.Packets;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Protocol.Tests;

public sealed class AuthPacketTests
{
    [Theory]
    [InlineData(ProtocolVersion.Mqtt31, PacketError.ReservedPacketType)]
    [InlineData(ProtocolVersion.Mqtt311, PacketError.ReservedPacketType)]
    [InlineData(ProtocolVersion.Mqtt5, PacketError.None)]
    public void AUTH_is_refused_in_3_x_by_who_reads_its_body_too(ProtocolVersion version, PacketError error)
    {
        var body = Hex.Parse("18 04 15 0001 'm'");

        Assert.Equal(error, AuthPacket.TryRead(body, version, PacketSender.Client, out _));
    }
}
