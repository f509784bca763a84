using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Handlers;

/// <summary>
/// AUTH from a client that is connected: re-authentication (5.0 §4.12.1). The host judges it and answers in its time; everything else goes on meanwhile.
/// The exchange before CONNACK is the listener's.
/// </summary>
internal sealed class AuthHandler(Shard shard)
{
    public PacketError Handle(Connection connection, ReadOnlySpan<byte> body)
    {
        if (connection.AuthenticationMethod is not { } agreed)
        {
            return PacketError.AuthenticationNotNegotiated;             // [MQTT-4.12.0-6] [MQTT-4.12.0-7]
        }

        var error = AuthPacket.TryRead(body, connection.Version, PacketSender.Client, out var auth);
        if (error != PacketError.None)
        {
            return error;
        }

        if (auth.Properties.CountOf(PropertyId.UserProperty) > shard.Core.Limits.UserPropertiesMax)
        {
            return PacketError.TooManyUserProperties;
        }

        if (!auth.Properties.TryGet(PropertyId.AuthenticationMethod, out var method) || !method.Value.SequenceEqual(agreed))
        {
            return PacketError.AuthenticationMethodChanged;             // [MQTT-4.12.1-1]
        }

        var isFirst = auth.ReasonCode == AuthReasonCode.Reauthenticate;
        if (connection.AuthenticationStep != (isFirst ? AuthenticationStep.None : AuthenticationStep.AwaitingClient))
        {
            return PacketError.AuthenticationOutOfTurn;                 // [MQTT-4.12.0-3]
        }

        connection.AuthenticationStep = AuthenticationStep.AwaitingHost;
        var hasData = auth.Properties.TryGet(PropertyId.AuthenticationData, out var data);
        shard.Core.World.Reauthenticate(connection, shard.Index, hasData ? data.Value : default, isFirst);
        return PacketError.None;
    }
}
