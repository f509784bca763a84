using Godwit.Broker.Sessions;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.Delivery;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Handlers;

/// <summary>PUBACK, PUBREC, PUBREL and PUBCOMP from a client (5.0 §3.4 to §3.7, §4.3).</summary>
internal sealed class AcknowledgementHandler(Shard shard)
{
    /// <summary>PUBACK: ends a QoS 1 delivery; one that nobody waits for is ignored.</summary>
    public PacketError HandlePuback(Connection connection, ReadOnlySpan<byte> body)
    {
        var error = PubackPacket.TryRead(body, connection.Version, out var puback);
        if (error != PacketError.None)
        {
            return error;
        }

        if (HasTooManyUserProperties(puback.Properties))
        {
            return PacketError.TooManyUserProperties;
        }

        var session = connection.Session!;
        if (session.Outbound.OnPuback(puback.PacketId, out var queued))
        {
            Finish(connection, session, queued, puback.ReasonCode.IsError());
        }

        return PacketError.None;
    }

    /// <summary>PUBREC: the first half of a QoS 2 delivery.</summary>
    public PacketError HandlePubrec(Connection connection, ReadOnlySpan<byte> body)
    {
        var error = PubrecPacket.TryRead(body, connection.Version, out var pubrec);
        if (error != PacketError.None)
        {
            return error;
        }

        if (HasTooManyUserProperties(pubrec.Properties))
        {
            return PacketError.TooManyUserProperties;
        }

        var session = connection.Session!;
        var outcome = session.Outbound.OnPubrec(pubrec.PacketId, pubrec.ReasonCode.IsError(), out var queued, out var handedBack);
        if (handedBack)
        {
            Finish(connection, session, queued, pubrec.ReasonCode.IsError());
        }

        if (outcome != PubrecOutcome.Ended)
        {
            var code = outcome == PubrecOutcome.SendPubrel ? PubrelReasonCode.Success : PubrelReasonCode.PacketIdentifierNotFound;
            shard.Write(connection, new PubrelPacket { PacketId = pubrec.PacketId, ReasonCode = code });    // [MQTT-4.3.3-4] [MQTT3-4.3.3-1]
        }

        return PacketError.None;
    }

    /// <summary>PUBREL: the packet id of a QoS 2 publish is free. [MQTT-4.3.3-11] [MQTT3-4.3.3-2]</summary>
    public PacketError HandlePubrel(Connection connection, ReadOnlySpan<byte> body)
    {
        var error = PubrelPacket.TryRead(body, connection.Version, out var pubrel);
        if (error != PacketError.None)
        {
            return error;
        }

        if (HasTooManyUserProperties(pubrel.Properties))
        {
            return PacketError.TooManyUserProperties;
        }

        var code = connection.Session!.Inbound.OnPubrel(pubrel.PacketId) ? PubcompReasonCode.Success : PubcompReasonCode.PacketIdentifierNotFound;
        shard.Write(connection, new PubcompPacket { PacketId = pubrel.PacketId, ReasonCode = code });
        return PacketError.None;
    }

    /// <summary>PUBCOMP: ends a QoS 2 delivery; one that nobody waits for is ignored.</summary>
    public PacketError HandlePubcomp(Connection connection, ReadOnlySpan<byte> body)
    {
        var error = PubcompPacket.TryRead(body, connection.Version, out var pubcomp);
        if (error != PacketError.None)
        {
            return error;
        }

        if (HasTooManyUserProperties(pubcomp.Properties))
        {
            return PacketError.TooManyUserProperties;
        }

        if (connection.Session!.Outbound.OnPubcomp(pubcomp.PacketId))
        {
            shard.Touch(connection);            // the quota has room again
        }

        return PacketError.None;
    }

    private bool HasTooManyUserProperties(PropertyBlock properties) =>
        !properties.IsEmpty && properties.CountOf(PropertyId.UserProperty) > shard.Core.Limits.UserPropertiesMax;

    private void Finish(Connection connection, Session session, in QueuedMessage queued, bool isRefused)
    {
        if (isRefused)
        {
            shard.Count(DropReason.RefusedByReceiver);          // [MQTT-4.8.2-6] a refusal is final, for a shared group too
        }

        shard.Deliveries.Settle(session, queued);
        shard.Touch(connection);                                // the queue goes on when the turn ends
    }
}
