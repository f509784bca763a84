using Godwit.Broker.Sessions;
using Godwit.Broker.Shards;
using Godwit.Protocol;

namespace Godwit.Broker.Routing;

/// <summary>Receivers of a run of messages, when all of them are of the simple kind.</summary>
internal sealed partial class Router
{
    private Session[] _receivers = new Session[16];
    private int _receiverCount;

    /// <summary>
    /// Finds who gets a run, if everybody gets the very bytes that the publisher has sent, but for packet identifiers: sessions of this shard
    /// with an ordinary subscription, and their clients speak the publisher's version. Anything else is for <see cref="Publish"/>, message by message.
    /// </summary>
    /// <param name="topic">Valid name.</param>
    /// <param name="publisher">Its client takes part in No Local.</param>
    /// <param name="qos">QoS of the messages, 0 or 1.</param>
    /// <param name="receivers">With true: who gets them, each session once; valid until the next call. With QoS 0, a session may be without connection.</param>
    /// <returns>False: the run is not that simple.</returns>
    public bool TryFindReceivers(ReadOnlySpan<byte> topic, Connection publisher, QoS qos, out ReadOnlySpan<Session> receivers)
    {
        receivers = default;
        Tree.Match(topic, _matches);
        shard.ProducedBytes += Math.Max(0, _matches.VisitedCount - FreeVisits) * TopicTree.VisitCostBytes;
        if (_matches.Groups.Count > 0)
        {
            return false;
        }

        _stamp++;
        _receiverCount = 0;
        foreach (var (list, count) in _matches.Segments)
        {
            for (var i = 0; i < count; i++)
            {
                if (list[i] is not { } subscription || subscription.Session.HasEnded)
                {
                    continue;
                }

                if (!TakesAsSent(subscription, publisher, qos) || (shard.Rights.AreChecked && !shard.Rights.MayDeliver(subscription.Session, topic, qos, retain: false)))
                {
                    return false;
                }

                AddReceiver(subscription.Session, isMerging: _matches.Segments.Length > 1);
            }
        }

        receivers = _receivers.AsSpan(0, _receiverCount);
        return true;
    }

    private bool TakesAsSent(Subscription subscription, Connection publisher, QoS qos)
    {
        var session = subscription.Session;
        if (session.ShardIndex != shard.Index
            || subscription.QoS < qos
            || (subscription.NoLocal && string.Equals(session.ClientId, publisher.ClientId, StringComparison.Ordinal)))
        {
            return false;
        }

        if (session.Connection is { } connection
            && (connection.IsMqtt5 != publisher.IsMqtt5 || subscription.Identifiers is not null || connection.IsEncodedAlone))
        {
            return false;
        }

        // QoS 0 that is kept, QoS 1 that is written to the log or waits for it: all that has rules of its own.
        return qos == QoS.AtMostOnce
            ? session.QueuedQoS0 is null && (session.Connection is not null || !shard.Core.Settings.QueueQoS0Messages)
            : session.No == 0 && session.Gates is null && session.Connection is not null;
    }

    private void AddReceiver(Session session, bool isMerging)
    {
        if (isMerging)
        {
            if (session.MatchStamp == _stamp)
            {
                return;
            }

            session.MatchStamp = _stamp;
        }

        if (_receiverCount == _receivers.Length)
        {
            Array.Resize(ref _receivers, 2 * _receiverCount);
        }

        _receivers[_receiverCount++] = session;
    }
}
