using System.Globalization;
using System.Text;
using System.Text.Json;
using Godwit.Broker.Messages;
using Godwit.Broker.Protection;
using Godwit.Broker.Shards;
using Godwit.Protocol;

namespace Godwit.Broker;

/// <summary>
/// The <c>$SYS</c> tree: Mosquitto's names, and EMQX's old ones under <c>$SYS/broker/metrics/</c>. Retained, QoS 2, published by shard 0 at
/// every interval when the value has changed (uptime always). Numbers are bare, names hold only <c>[A-Za-z0-9 /]</c>, so that exporters can
/// turn every topic into a metric.
/// </summary>
internal sealed class SysTopics(Shard shard) : ITimed
{
    private static readonly (string Name, double Minutes)[] Windows = [("1min", 1), ("5min", 5), ("15min", 15)];

    private readonly Dictionary<string, string> _published = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _loads = new(StringComparer.Ordinal);
    private BrokerCounters _last = new();
    private long _lastMs;
    private long _connectedMaximum;
    private long _heapMaximum;

    long ITimed.DueMs { get; set; }

    int ITimed.TimerPlace { get; set; }

    void ITimed.OnTimer(Shard owner)
    {
        Publish();
        owner.SetTimer(this, owner.NowMs + (owner.Core.Settings.SysIntervalSeconds * 1000L));
    }

    private void Publish()
    {
        var core = shard.Core;
        var sum = core.SumCounters();
        Put("version", core.Settings.Version);
        Put("durability", core.Settings.Durability);
        var uptime = (shard.NowMs - core.StartMs) / 1000;
        _published.Remove("uptime");
        Put("uptime", string.Create(CultureInfo.InvariantCulture, $"{uptime} seconds"));
        PutClients(sum);
        PutMessages(sum);
        PutHeap();
        PutReasons(sum);
        PutLoads(sum);
        PutMetrics(sum);
        _last = sum;
        _lastMs = shard.NowMs;
    }

    private void PutClients(BrokerCounters sum)
    {
        var away = sum.Sessions - sum.Connected;
        _connectedMaximum = Math.Max(_connectedMaximum, sum.Connected);
        Put("clients/total", sum.Sessions);
        Put("clients/maximum", _connectedMaximum);
        Put("clients/connected", sum.Connected);
        Put("clients/disconnected", away);
        Put("clients/active", sum.Connected);
        Put("clients/inactive", away);
        Put("clients/expired", sum.ExpiredSessions);
        Put("subscriptions/count", shard.Core.Tree.SubscriptionCount);
        Put("shared_subscriptions/count", shard.Core.Tree.SharedSubscriptionCount);
        Put("retained messages/count", shard.Core.Tree.RetainedCount);
    }

    private void PutMessages(BrokerCounters sum)
    {
        Put("messages/received", sum.PacketsReceived.Sum());
        Put("messages/sent", sum.PacketsSent.Sum());
        Put("messages/stored", sum.Queued + shard.Core.Tree.RetainedCount);
        Put("store/messages/count", sum.Queued + shard.Core.Tree.RetainedCount);
        Put("store/messages/bytes", sum.QueuedBytes + shard.Core.Tree.RetainedBytes);
        if (shard.Core.World.StoreDamageCount is { } damage)
        {
            Put("store/damage/count", damage);
        }

        Put("bytes/received", sum.BytesReceived);
        Put("bytes/sent", sum.BytesSent);
        Put("publish/bytes/received", sum.PublishBytesReceived);
        Put("publish/bytes/sent", sum.PublishBytesSent);
        Put("publish/messages/received", sum.PublishReceived.Sum());
        Put("publish/messages/sent", sum.PublishSent.Sum());
        Put("publish/messages/dropped", sum.Dropped.Sum());
    }

    private void PutHeap()
    {
        var bytes = shard.Core.World.HeapBytes;
        _heapMaximum = Math.Max(_heapMaximum, bytes);
        Put("heap/current", bytes);
        Put("heap/maximum", _heapMaximum);
    }

    /// <summary>
    /// Only what has happened. Names as <c>protection/publish_rate</c>, and for what was dropped of QoS 0 <c>protection/dropped/delivery_rate</c>. Where a
    /// message is what was decided about, <c>/qos1</c> and so on below; and everything dropped as <c>dropped/queue_full/qos1</c>.
    /// </summary>
    private void PutReasons(BrokerCounters sum)
    {
        foreach (var reason in Enum.GetValues<ProtectionReason>())
        {
            if (sum.Protected[(int)reason] is > 0 and var count)
            {
                Put($"protection/{NameOf(reason)}", count);
                PutByQoS($"protection/{NameOf(reason)}", sum.ProtectedByQoS, (int)reason);
            }
        }

        foreach (var reason in (ReadOnlySpan<DropReason>)[DropReason.DeliveryRate, DropReason.MemoryCritical])
        {
            if (sum.Dropped[(int)reason] is > 0 and var count)
            {
                Put($"protection/dropped/{NameOf(reason)}", count);
            }
        }

        foreach (var reason in Enum.GetValues<DropReason>())
        {
            PutByQoS($"dropped/{NameOf(reason)}", sum.DroppedByQoS, (int)reason);
        }
    }

    private void PutByQoS(string name, IReadOnlyList<long[]> counts, int reason)
    {
        for (var qos = 0; qos < counts.Count; qos++)
        {
            if (counts[qos][reason] is > 0 and var count)
            {
                Put(qos < BrokerCounters.StoredQoS ? $"{name}/qos{qos}" : $"{name}/qos1or2", count);
            }
        }
    }

    private static string NameOf<TReason>(TReason reason)
        where TReason : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());

    private void PutLoads(BrokerCounters sum)
    {
        if (_lastMs == 0)
        {
            return;
        }

        var minutes = (shard.NowMs - _lastMs) / 60_000.0;
        PutLoad("messages/received", sum.PacketsReceived.Sum() - _last.PacketsReceived.Sum(), minutes);
        PutLoad("messages/sent", sum.PacketsSent.Sum() - _last.PacketsSent.Sum(), minutes);
        PutLoad("publish/received", sum.PublishReceived.Sum() - _last.PublishReceived.Sum(), minutes);
        PutLoad("publish/sent", sum.PublishSent.Sum() - _last.PublishSent.Sum(), minutes);
        PutLoad("publish/dropped", sum.Dropped.Sum() - _last.Dropped.Sum(), minutes);
        PutLoad("bytes/received", sum.BytesReceived - _last.BytesReceived, minutes);
        PutLoad("bytes/sent", sum.BytesSent - _last.BytesSent, minutes);
        PutLoad("sockets", sum.Sockets - _last.Sockets, minutes);
        PutLoad("connections", sum.Connects - _last.Connects, minutes);
    }

    /// <summary>Exponentially weighted averages per minute over 1, 5 and 15 minutes, as a Unix load average.</summary>
    private void PutLoad(string name, long difference, double minutes)
    {
        foreach (var (window, length) in Windows)
        {
            var topic = $"load/{name}/{window}";
            var weight = Math.Exp(-minutes / length);
            var load = (_loads.GetValueOrDefault(topic) * weight) + (difference / minutes * (1 - weight));
            _loads[topic] = load;
            Put(topic, load.ToString("F2", CultureInfo.InvariantCulture));
        }
    }

    private void PutMetrics(BrokerCounters sum)
    {
        Put("metrics/bytes/received", sum.BytesReceived);
        Put("metrics/bytes/sent", sum.BytesSent);
        Put("metrics/packets/received", sum.PacketsReceived.Sum());
        Put("metrics/packets/sent", sum.PacketsSent.Sum());
        foreach (var type in (ReadOnlySpan<PacketType>)[PacketType.Publish, PacketType.Puback, PacketType.Pubrec, PacketType.Pubrel, PacketType.Pubcomp])
        {
            Put($"metrics/packets/{NameOf(type)}/received", sum.PacketsReceived[(int)type]);
            Put($"metrics/packets/{NameOf(type)}/sent", sum.PacketsSent[(int)type]);
        }

        foreach (var type in (ReadOnlySpan<PacketType>)[PacketType.Connect, PacketType.Subscribe, PacketType.Unsubscribe, PacketType.Pingreq, PacketType.Disconnect])
        {
            Put($"metrics/packets/{NameOf(type)}", sum.PacketsReceived[(int)type]);
        }

        foreach (var type in (ReadOnlySpan<PacketType>)[PacketType.Connack, PacketType.Suback, PacketType.Unsuback, PacketType.Pingresp])
        {
            Put($"metrics/packets/{NameOf(type)}", sum.PacketsSent[(int)type]);
        }

        Put("metrics/messages/received", sum.PublishReceived.Sum());
        Put("metrics/messages/sent", sum.PublishSent.Sum());
        Put("metrics/messages/dropped", sum.Dropped.Sum());
        Put("metrics/messages/retained", shard.Core.Tree.RetainedCount);
        for (var qos = 0; qos <= 2; qos++)
        {
            Put($"metrics/messages/qos{qos}/received", sum.PublishReceived[qos]);
            Put($"metrics/messages/qos{qos}/sent", sum.PublishSent[qos]);
        }
    }

    private static string NameOf(PacketType type) => type.ToString().ToLowerInvariant();

    private void Put(string name, long value) => Put(name, value.ToString(CultureInfo.InvariantCulture));

    private void Put(string name, string value)
    {
        if (_published.TryGetValue(name, out var before) && string.Equals(before, value, StringComparison.Ordinal))
        {
            return;
        }

        _published[name] = value;
        var view = new MessageView
        {
            Topic = Encoding.UTF8.GetBytes("$SYS/broker/" + name),
            Payload = Encoding.UTF8.GetBytes(value),
            QoS = QoS.ExactlyOnce,
            ExpiresAtMs = long.MaxValue,
            AnnouncedExpiryMs = long.MaxValue,
        };
        shard.Router.Publish(view, retain: true, publisher: default, mayRefuse: false, default, out _);
    }
}
