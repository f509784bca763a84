using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol;

namespace Godwit.Broker.Sessions;

/// <summary>What holds for every message a client brings in, by PUBLISH or as a will.</summary>
internal sealed class Publications(Shard shard)
{
    /// <summary><c>$SYS</c> and what is below belongs to the broker.</summary>
    public static bool IsReserved(ReadOnlySpan<byte> topic) =>
        topic.StartsWith("$SYS"u8) && (topic.Length == 4 || topic[4] == (byte)'/');

    /// <summary>Rights and reserved topics. A refusal is counted.</summary>
    public bool MayPublish(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain)
    {
        if (IsReserved(topic))
        {
            shard.Count(DropReason.ReservedTopic, qos);
            return false;
        }

        if (!shard.Core.Access.MayPublish(who, topic, qos, retain))
        {
            shard.Count(DropReason.PublishNotAuthorized, qos);
            return false;
        }

        return true;
    }

    /// <summary>When a message is dropped: what its publisher said, or the server's cap if that is earlier.</summary>
    public long CapExpiry(long announcedExpiryMs)
    {
        var seconds = shard.Core.Settings.MessageExpirySecondsMax;
        return seconds == 0 ? announcedExpiryMs : Math.Min(announcedExpiryMs, shard.NowMs + (seconds * 1000L));
    }
}
