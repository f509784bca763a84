using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Tests.Harness;

/// <summary>A packet that the client sent.</summary>
/// <param name="Version">Of the connection.</param>
/// <param name="Header">Fixed header.</param>
/// <param name="Body">What follows it.</param>
public sealed record ServerPacket(ProtocolVersion Version, FixedHeader Header, byte[] Body)
{
    public PacketType Type => Header.Type;

    public ConnectPacket Connect()
    {
        Assert.Equal(PacketError.None, ConnectPacket.TryRead(Body, out var connect));
        return connect;
    }

    public PublishPacket Publish()
    {
        Assert.Equal(PacketType.Publish, Type);
        Assert.Equal(PacketError.None, PublishPacket.TryRead(Header.Flags, Body, Version, out var publish));
        return publish;
    }

    public SubscribePacket Subscribe()
    {
        Assert.Equal(PacketType.Subscribe, Type);
        Assert.Equal(PacketError.None, SubscribePacket.TryRead(Body, Version, out var subscribe));
        return subscribe;
    }

    public UnsubscribePacket Unsubscribe()
    {
        Assert.Equal(PacketType.Unsubscribe, Type);
        Assert.Equal(PacketError.None, UnsubscribePacket.TryRead(Body, Version, out var unsubscribe));
        return unsubscribe;
    }

    public DisconnectReasonCode DisconnectCode()
    {
        Assert.Equal(PacketType.Disconnect, Type);
        Assert.Equal(PacketError.None, DisconnectPacket.TryRead(Body, Version, PacketSender.Client, out var disconnect));
        return disconnect.ReasonCode;
    }

    /// <summary>Packet id of PUBLISH (QoS 1, 2), SUBSCRIBE, UNSUBSCRIBE or an acknowledgement.</summary>
    public ushort PacketId() => Type == PacketType.Publish ? Publish().PacketId : (ushort)((Body[0] << 8) | Body[1]);
}
