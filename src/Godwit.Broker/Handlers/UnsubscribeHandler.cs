using System.Buffers;
using Godwit.Broker.Log;
using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;
using Godwit.Protocol.Topics;

namespace Godwit.Broker.Handlers;

/// <summary>UNSUBSCRIBE (5.0 §3.10): filters are compared byte by byte; deliveries that have begun go on. [MQTT-3.10.4-3]</summary>
internal sealed class UnsubscribeHandler(Shard shard)
{
    public PacketError Handle(Connection connection, ReadOnlySpan<byte> body)
    {
        var error = UnsubscribePacket.TryRead(body, connection.Version, out var unsubscribe);
        if (error != PacketError.None)
        {
            return error;
        }

        if (unsubscribe.Properties.CountOf(PropertyId.UserProperty) > shard.Core.Limits.UserPropertiesMax)
        {
            return PacketError.TooManyUserProperties;
        }

        var codes = ArrayPool<byte>.Shared.Rent(unsubscribe.FilterCount);
        var count = 0;
        Ticket? ticket = null;
        foreach (var filter in unsubscribe.Filters)
        {
            var code = Unsubscribe(connection, MountPoint.AddToFilter(connection.Identity, filter), ref ticket);
            shard.Core.World.Unsubscribed(connection, filter, code);
            codes[count++] = (byte)code;
        }

        // [MQTT-3.10.4-4] [MQTT3-3.10.4-4] answered also when nothing was there; 3.x has no codes.
        var unsuback = new UnsubackPacket
        {
            PacketId = unsubscribe.PacketId,
            ReasonCodes = connection.IsMqtt5 ? codes.AsSpan(0, count) : default,
        };
        shard.Answer(connection, unsuback, ticket);
        ArrayPool<byte>.Shared.Return(codes);
        return PacketError.None;
    }

    private UnsubackReasonCode Unsubscribe(Connection connection, ReadOnlySpan<byte> filter, ref Ticket? ticket)
    {
        ref var subscriptions = ref connection.Session!.Subscriptions;
        if (subscriptions.Find(filter) is not { } subscription)
        {
            return TopicFilter.TryParse(filter, out _) ? UnsubackReasonCode.NoSubscriptionExisted : UnsubackReasonCode.TopicFilterInvalid;
        }

#if DEFECTS
        if (Defect.Is("unsubscribe-forgotten")) { return UnsubackReasonCode.Success; }
#endif
        shard.Core.Tree.Unsubscribe(subscription);          // [MQTT-3.10.4-2] [MQTT3-3.10.4-2]
        subscriptions.Remove(subscription);
        connection.Session.Usage?.AddSubscriptions(-1);
        if (subscription.RetainedSearch is { } search)
        {
            connection.Session.RetainedBacklog!.Remove(search);
        }

        if (subscription.RecordId != 0)
        {
            shard.Durability!.Log.Delete(subscription.RecordId);
            ticket = shard.Durability.TurnTicket;
        }

        return UnsubackReasonCode.Success;
    }
}
