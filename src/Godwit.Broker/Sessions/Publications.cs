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

    /// <summary>Rights and reserved topics, for a PUBLISH. A refusal is counted.</summary>
    /// <returns>False: refused, or the packet waits for somebody who is asked (<see cref="Connection.IsAsking"/>).</returns>
    public bool MayPublish(Connection connection, ReadOnlySpan<byte> topic, QoS qos, bool retain)
    {
        if (IsReserved(topic))
        {
            shard.Count(DropReason.ReservedTopic, qos);
            return false;
        }

        var who = connection.Subject;
        if (shard.Core.Access.MayPublish(who, topic, qos, retain))
        {
            return true;
        }

        if (!shard.Core.Access.IsUndecided(who, AccessAction.Publish, topic, qos, retain))
        {
            shard.Count(DropReason.PublishNotAuthorized, qos);
            return false;
        }

        if (connection.Inquiry is null)
        {
            shard.Ask(connection, [new AccessQuestion(AccessAction.Publish, topic.ToArray(), qos, retain)]);
            return false;
        }

        var answer = Shard.AnswerInHand(connection, AccessAction.Publish, topic, qos, retain);
        if (answer != AccessAnswer.Allowed)
        {
            shard.Count(answer == AccessAnswer.Denied ? DropReason.PublishNotAuthorized : DropReason.NotDecided, qos);
        }

        return answer == AccessAnswer.Allowed;
    }

    /// <summary>The same for a will whose time has come. It was decided at CONNECT; nobody is asked again, but a no that is known by now counts.</summary>
    public bool MayPublishWill(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain)
    {
        if (IsReserved(topic))
        {
            shard.Count(DropReason.ReservedTopic, qos);
            return false;
        }

        if (shard.Core.Access.MayPublish(who, topic, qos, retain) || shard.Core.Access.IsUndecided(who, AccessAction.Publish, topic, qos, retain))
        {
            return true;
        }

        shard.Count(DropReason.PublishNotAuthorized, qos);
        return false;
    }

    /// <summary>When a message is dropped: what its publisher said, or the server's cap if that is earlier.</summary>
    public long CapExpiry(long announcedExpiryMs)
    {
        var seconds = shard.Core.Settings.MessageExpirySecondsMax;
        return seconds == 0 ? announcedExpiryMs : Math.Min(announcedExpiryMs, shard.NowMs + (seconds * 1000L));
    }
}
