using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.Packets;

namespace Godwit.Broker.Handlers;

/// <summary>Brings each packet of an open connection to its handler. A handler's error closes the connection, here and only here.</summary>
internal sealed class PacketDispatcher(Shard shard)
{
    private readonly PublishHandler _publish = new(shard);
    private readonly AcknowledgementHandler _acknowledgement = new(shard);
    private readonly SubscribeHandler _subscribe = new(shard);
    private readonly UnsubscribeHandler _unsubscribe = new(shard);
    private readonly DisconnectHandler _disconnect = new(shard);
    private readonly AuthHandler _auth = new(shard);

    /// <summary>Handles one whole packet.</summary>
    public void Handle(Connection connection, FixedHeader header, ReadOnlySpan<byte> body)
    {
        var error = header.Type switch
        {
            PacketType.Publish => _publish.Handle(connection, header.Flags, body),
            PacketType.Puback => _acknowledgement.HandlePuback(connection, body),
            PacketType.Pubrec => _acknowledgement.HandlePubrec(connection, body),
            PacketType.Pubrel => _acknowledgement.HandlePubrel(connection, body),
            PacketType.Pubcomp => _acknowledgement.HandlePubcomp(connection, body),
            PacketType.Subscribe => _subscribe.Handle(connection, body),
            PacketType.Unsubscribe => _unsubscribe.Handle(connection, body),
            PacketType.Pingreq => HandlePingreq(connection, body),
            PacketType.Disconnect => _disconnect.Handle(connection, body),
            PacketType.Connect => PacketError.SecondConnect,                    // [MQTT-3.1.0-2] [MQTT3-3.1.0-2]
            PacketType.Auth => _auth.Handle(connection, body),
            _ => PacketError.WrongDirection,
        };

        if (error != PacketError.None)
        {
            shard.Refuse(connection, header.Type, error);
        }
    }

    /// <inheritdoc cref="AcknowledgementHandler.HandlePubacks"/>
    public int HandlePubacks(Connection connection, ReadOnlySpan<byte> input) => _acknowledgement.HandlePubacks(connection, input);

    private PacketError HandlePingreq(Connection connection, ReadOnlySpan<byte> body)
    {
        var error = PingreqPacket.TryRead(body, connection.Version, out _);
        if (error == PacketError.None)
        {
            shard.Write(connection, default(PingrespPacket));                   // [MQTT-3.12.4-1] [MQTT3-3.12.4-1]
        }

        return error;
    }
}
