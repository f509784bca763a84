using Godwit.Broker.Sessions;
using Godwit.Broker.Shards;

namespace Godwit.Broker.Protection;

/// <summary>What each user has, for <see cref="UserQuotas"/>. Shared by all shards; touched when a session changes hands, and by messages only while queued
/// bytes are limited.</summary>
internal sealed class UserUsages
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, UserUsage> _users = new(StringComparer.Ordinal);

    /// <summary>Users that have a session.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _users.Count;
            }
        }
    }

    /// <summary>What a user has; null: nothing.</summary>
    public UserUsage? Find(string userName)
    {
        lock (_lock)
        {
            return _users.GetValueOrDefault(userName);
        }
    }

    /// <summary>The queue of a session has changed: what its user has follows. The session's shard only.</summary>
    public static void Charge(Session session)
    {
        var change = session.QueueBytes - session.ChargedBytes;
        if (change != 0 && session.Usage is { } usage)
        {
            usage.AddQueuedBytes(change);
            session.ChargedBytes += change;
        }
    }

    /// <summary>Queued bytes are limited from now on: counts what waits already. Inside a turn.</summary>
    public static void ChargeAll(Shard shard)
    {
        foreach (var session in shard.Sessions.All)
        {
            Charge(session);
        }
    }

    /// <summary>A session belongs to a user from now on. The session's shard only.</summary>
    /// <param name="session">With the subscriptions it has.</param>
    /// <param name="userName">Null: nobody in particular.</param>
    public void Assign(Session session, string? userName)
    {
        if (string.Equals(session.Usage?.UserName, userName, StringComparison.Ordinal))
        {
            return;
        }

        Leave(session);
        if (userName is null)
        {
            return;
        }

        lock (_lock)
        {
            if (!_users.TryGetValue(userName, out var usage))
            {
                _users.Add(userName, usage = new UserUsage(userName));
            }

            usage.AddSessions(1);
            usage.AddSubscriptions(session.Subscriptions.Count);
            session.Usage = usage;
        }

        Charge(session);
    }

    /// <summary>A session is over, or changes hands; its subscriptions are still there. The session's shard only.</summary>
    public void Leave(Session session)
    {
        if (session.Usage is not { } usage)
        {
            return;
        }

        session.Usage = null;
        usage.AddQueuedBytes(-session.ChargedBytes);
        session.ChargedBytes = 0;
        lock (_lock)
        {
            usage.AddSubscriptions(-session.Subscriptions.Count);
            if (usage.AddSessions(-1) == 0)
            {
                _users.Remove(usage.UserName);
            }
        }
    }
}
