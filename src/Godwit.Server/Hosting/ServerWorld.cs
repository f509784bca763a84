using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Logging;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authorization;
using Godwit.Server.Storage;
using Godwit.Server.Transports;

namespace Godwit.Server.Hosting;

/// <summary>What the broker core gets from this host: wake-ups, client identifiers, and an ear for what happens.</summary>
internal sealed class ServerWorld(ConnectionLog log) : IShardWorld
{
    /// <summary>The loops by shard index; set before the first turn and before the first post.</summary>
    internal IReadOnlyList<ShardLoop> Loops { get; set; } = [];

    /// <summary>What goes on with logins; set before the first listener.</summary>
    internal LoginDesk? Logins { get; set; }

    /// <summary>Who is asked about rights; null: nobody. Set before the first listener.</summary>
    internal AuthorizationDesk? Rights { get; set; }

    /// <summary>Null: nothing is kept.</summary>
    internal JournalHost? Journal { get; set; }

    public int? StoreDamageCount => Journal?.DamageCount;

    public long HeapBytes => GC.GetTotalMemory(forceFullCollection: false);

    public void Wake(int shardIndex) => Loops[shardIndex].Wake();

    public string NewClientId(string prefix) => prefix + Guid.NewGuid().ToString("D").ToUpperInvariant();

    public void Connected(Connection connection, bool sessionPresent)
    {
        AuthorizationDesk.Connected(connection, sessionPresent);
        log.Connected(connection, sessionPresent);
    }

    public void ConnectRefused(Connection connection, ConnackReasonCode reasonCode) => log.ConnectRefused(connection, reasonCode);

    public void Disconnected(Connection connection, CloseReason reason, DisconnectReasonCode reasonCode)
    {
        Logins?.Leave(connection.Identity);
        log.Disconnected(connection, reason, reasonCode);
    }

    public void Reauthenticate(Connection connection, int shardIndex, ReadOnlySpan<byte> data, bool isFirst) =>
        Logins!.Reauthenticate(connection, shardIndex, data, isFirst);

    public void PacketRefused(Connection connection, PacketType type, PacketError error) => log.PacketRefused(connection, type, error);

    public void Fault(Connection connection, Exception fault) => log.Fault(connection, fault);

    public void PublishDenied(Connection connection, ReadOnlySpan<byte> topic, QoS qos, bool retain) =>
        log.PublishDenied(connection, topic, qos, retain);

    public void WillDenied(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain) => log.WillDenied(who, topic, qos, retain);

    public void Ask(Connection connection, int shardIndex, AccessInquiry inquiry) => Rights!.Ask(connection, shardIndex, inquiry);

    public void Unsubscribed(Connection connection, ReadOnlySpan<byte> topicFilter, UnsubackReasonCode reasonCode)
    {
        AuthorizationDesk.Unsubscribed(connection, topicFilter);
        log.Unsubscribed(connection, topicFilter, reasonCode);
    }

    public void Subscribed(Connection connection, ReadOnlySpan<byte> topicFilter, SubackReasonCode reasonCode)
    {
        log.Subscribed(connection, topicFilter, reasonCode);
        if (reasonCode == SubackReasonCode.NotAuthorized)
        {
            log.SubscribeDenied(connection, topicFilter);
        }
    }
}
