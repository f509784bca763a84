using Godwit.Broker.Sessions;

namespace Godwit.Broker.Protection;

/// <summary>What each user has, for <see cref="UserQuotas"/>. Shared by all shards; touched when a session changes hands, not by messages.</summary>
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
    }

    /// <summary>A session is over, or changes hands; its subscriptions are still there. The session's shard only.</summary>
    public void Leave(Session session)
    {
        if (session.Usage is not { } usage)
        {
            return;
        }

        session.Usage = null;
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
