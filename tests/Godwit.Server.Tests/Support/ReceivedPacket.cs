using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.Packets;

namespace Godwit.Server.Tests.Support;

/// <summary>A packet as it came from the server.</summary>
internal sealed record ReceivedPacket(FixedHeader Header, byte[] Body)
{
    public PacketType Type => Header.Type;

    /// <summary>Of a PUBLISH: <c>topic payload</c>.</summary>
    public string Text(ProtocolVersion version = ProtocolVersion.Mqtt5)
    {
        Assert.Equal(PacketType.Publish, Type);
        Assert.Equal(PacketError.None, PublishPacket.TryRead(Header.Flags, Body, version, out var publish));
        return $"{Encoding.UTF8.GetString(publish.Topic)} {Encoding.UTF8.GetString(publish.Payload)}";
    }

    /// <summary>Of a CONNACK: the code.</summary>
    public byte ConnackCode
    {
        get
        {
            Assert.Equal(PacketType.Connack, Type);
            return Body[1];
        }
    }
}
