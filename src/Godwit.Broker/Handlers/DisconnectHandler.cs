using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Handlers;

/// <summary>DISCONNECT from a client (5.0 §3.14).</summary>
internal sealed class DisconnectHandler(Shard shard)
{
    public PacketError Handle(Connection connection, ReadOnlySpan<byte> body)
    {
        var error = DisconnectPacket.TryRead(body, connection.Version, PacketSender.Client, out var disconnect);
        if (error != PacketError.None)
        {
            return error;
        }

        if (disconnect.Properties.CountOf(PropertyId.UserProperty) > shard.Core.Limits.UserPropertiesMax)
        {
            return PacketError.TooManyUserProperties;
        }

        var session = connection.Session!;
        if (disconnect.Properties.TryGet(PropertyId.SessionExpiryInterval, out var expiry))
        {
            if (!connection.HadSessionExpiry && expiry.Number != 0)
            {
                return PacketError.SessionExpiryRaised;             // §3.14.2.2.2
            }

            session.ExpiryMs = shard.SessionExpiryMs(expiry.Number);
        }

#if DEFECTS
        if (Defect.Is("will-after-disconnect")) { shard.Leave(connection, disconnect.ReasonCode); return PacketError.None; }
#endif
        if (disconnect.ReasonCode == DisconnectReasonCode.NormalDisconnection)
        {
            shard.Lifetimes.SetWill(session, null);                 // [MQTT-3.14.4-3] [MQTT3-3.14.4-3]
        }

        shard.Leave(connection, disconnect.ReasonCode);
        return PacketError.None;
    }
}
