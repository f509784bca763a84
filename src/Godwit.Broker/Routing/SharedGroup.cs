namespace Godwit.Broker.Routing;

/// <summary>A Shared Subscription: one ShareName on one filter, and its members (5.0 §4.8.2). Each message goes to one of them.</summary>
internal sealed class SharedGroup(byte[] shareName)
{
    private SubscriberList? _members;
    private SharedGroup? _next;
    private int _turn;
    private Subscription? _sticky;

    public byte[] ShareName { get; } = shareName;

    /// <summary>The whole filter, <c>$share/...</c>, by which the group is found again when it has been without members. Written under the tree's lock.</summary>
    public byte[] Filter { get; set; } = [];

    /// <summary>The members; null when there are none. Written under the tree's lock.</summary>
    public SubscriberList? Members
    {
        get => Volatile.Read(ref _members);
        set => Volatile.Write(ref _members, value);
    }

    /// <summary>The group behind this one in the table. Written under the tree's lock.</summary>
    public SharedGroup? Next
    {
        get => Volatile.Read(ref _next);
        set => Volatile.Write(ref _next, value);
    }

    /// <summary>The group before this one; for the writer.</summary>
    public SharedGroup? Previous { get; set; }

    /// <summary>
    /// Chooses a member: the strategy among those that are connected, else among those that are away. What it reads of other shards'
    /// sessions are plain values and may be stale; the member's own shard has the last word and passes on what it cannot take.
    /// </summary>
    /// <param name="strategy">How to choose.</param>
    /// <param name="topic">For <see cref="SharedStrategy.TopicHash"/>.</param>
    /// <param name="tried">Members that could not take it; null when none was tried.</param>
    /// <returns>Null: nobody is left.</returns>
    public Subscription? Pick(SharedStrategy strategy, ReadOnlySpan<byte> topic, List<Subscription>? tried)
    {
        var members = Members;
        if (members is null)
        {
            return null;
        }

        return Pick(members, strategy, topic, tried, connected: true) ?? Pick(members, strategy, topic, tried, connected: false);
    }

    private Subscription? Pick(SubscriberList members, SharedStrategy strategy, ReadOnlySpan<byte> topic, List<Subscription>? tried, bool connected)
    {
        if (strategy == SharedStrategy.Sticky && _sticky is { } sticky && IsCandidate(sticky, tried, connected) && Contains(members, sticky))
        {
            return sticky;
        }

        var count = members.Count;
        var start = strategy switch
        {
            SharedStrategy.TopicHash => TopicHash(topic) % (uint)count,
            SharedStrategy.RoundRobin => (uint)Interlocked.Increment(ref _turn) % (uint)count,
            _ => 0U,
        };

        Subscription? best = null;
        for (uint i = 0; i < count; i++)
        {
            var candidate = members[(int)((start + i) % count)];
            if (candidate is null || !IsCandidate(candidate, tried, connected))
            {
                continue;
            }

            if (strategy != SharedStrategy.LeastInFlight)
            {
                best = candidate;
                break;
            }

            if (best is null || candidate.Session.Backlog < best.Session.Backlog)
            {
                best = candidate;
            }
        }

        if (strategy == SharedStrategy.Sticky && best is not null)
        {
            _sticky = best;
        }

        return best;
    }

    private static bool IsCandidate(Subscription member, List<Subscription>? tried, bool connected) =>
        member.Session.IsConnected == connected && (tried is null || !tried.Contains(member));

    private static bool Contains(SubscriberList members, Subscription member) =>
        member.Index < members.Count && ReferenceEquals(members[member.Index], member);

    /// <summary>FNV-1a: the same topic has the same member in every process.</summary>
    private static uint TopicHash(ReadOnlySpan<byte> topic)
    {
        var hash = 2_166_136_261;
        foreach (var current in topic)
        {
            hash = (hash ^ current) * 16_777_619;
        }

        return hash;
    }
}
