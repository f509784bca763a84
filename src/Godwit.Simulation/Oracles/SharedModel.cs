using Godwit.Protocol;
using Godwit.Simulation.Runs;

namespace Godwit.Simulation.Oracles;

/// <summary>Which member of a shared group has got which message (5.0 §4.8.2).</summary>
internal sealed class SharedModel(Oracle oracle)
{
    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly List<Group> _all = [];

    /// <summary>A session has become a member.</summary>
    public void Add(Interest interest)
    {
        if (!_groups.TryGetValue(interest.Filter, out var group))
        {
            group = new Group();
            _groups.Add(interest.Filter, group);
            _all.Add(group);
        }

        group.Members.Add(interest);
    }

    /// <summary>It was refused, and was never a member.</summary>
    public void Remove(Interest interest)
    {
        if (_groups.TryGetValue(interest.Filter, out var group))
        {
            group.Members.Remove(interest);
        }
    }

    /// <summary>Everything was lost.</summary>
    public void Clear()
    {
        _groups.Clear();
        _all.Clear();
    }

    /// <summary>A member is sent a message for the first time. [MQTT-4.8.2-4] [MQTT-4.8.2-5]</summary>
    public void Sent(ModelSession session, Message message, string filter, QoS qos, long tick)
    {
        var holders = _groups[filter].HoldersOf(message);
        var held = CountHeld(holders, message, inDoubt: 0);
        if (held >= message.Publications.Count)
        {
            throw Oracle.Violation("I14", $"{session} is sent {message} through {filter}, and {holders[^1].Session} has it already");
        }

        if (holders.Count > held)
        {
            oracle.Hit(Situation.SharedRedistributed);
        }

        holders.Add(new Holder(session, qos, tick, IsInDoubt: false));
    }

    /// <summary>A crash may have taken back that somebody has a message, when nothing had made it durable: another member may get it.</summary>
    public void Crashed(long durableTick, Predicate<Publication> isKept)
    {
        foreach (var group in _all)
        {
            group.Owed.RemoveAll(publication => !isKept(publication));
            foreach (var (number, holders) in group.Holders)
            {
                for (var i = 0; i < holders.Count; i++)
                {
                    var (session, qos, tick, _) = holders[i];
                    var isInDoubt = qos != QoS.ExactlyOnce && tick > durableTick && !session.Outbound.Values.Any(exchange => exchange.Message.Number == number);
                    holders[i] = holders[i] with { IsInDoubt = isInDoubt || holders[i].IsInDoubt };
                }
            }
        }
    }

    /// <summary>A publication has had its effect: some member of each group is owed it.</summary>
    public void Expect(Publication publication)
    {
        if (publication.Message.QoS == QoS.AtMostOnce)
        {
            return;
        }

        foreach (var group in _all)
        {
            if (group.Members.Exists(member => IsSure(member, publication, publication.To)))
            {
                group.Owed.Add(publication);
            }
        }
    }

    /// <summary>Messages that nobody has got although somebody was there all the time.</summary>
    public IEnumerable<(Publication Publication, Interest Member)> Missing()
    {
        foreach (var group in _all)
        {
            foreach (var publication in group.Owed)
            {
                var holders = group.HoldersOf(publication.Message);
                var member = group.Members.Find(member => IsSure(member, publication, long.MaxValue - 1));
                if (member is not null && !group.MayHaveLost(publication) && CountHeld(holders, publication.Message, inDoubt: 1) == 0)
                {
                    yield return (publication, member);
                }
            }
        }
    }

    private static bool IsSure(Interest member, Publication publication, long to) =>
        member.Matches(publication.Message.Levels)
        && member.Covers(publication.From, to)
        && member.Requests.TrueForAll(request => request.QoS > QoS.AtMostOnce);

    /// <summary>How many of those who were sent a message have to keep it: all but those whose session is over and did not acknowledge it.</summary>
    /// <param name="holders">Who was sent it.</param>
    /// <param name="message">The message.</param>
    /// <param name="inDoubt">What one counts whose acknowledgement may not have been handled.</param>
    private int CountHeld(List<Holder> holders, Message message, int inDoubt)
    {
        var held = 0;
        for (var i = 0; i < holders.Count; i++)
        {
            var (session, qos, _, isInDoubt) = holders[i];
            if (isInDoubt)
            {
                held += session.DeliveryOf(message) is { Received: > 0 } or { IsRefused: true } ? inDoubt : 0;
                continue;
            }

            var isOver = session.HasEnded || session.ExpiresAtMs <= oracle.NowMs;
            if (!isOver || qos != QoS.AtLeastOnce)
            {
                held++;
                continue;
            }

            var before = holders.Take(i).Count(other => other.Session == session);
            if (before < session.DeliveryOf(message).Acknowledged)
            {
                held += session.HasUncertainEnd ? inDoubt : 1;
            }
        }

        return held;
    }

    /// <summary>Who was sent a message, with what QoS and at which tick, and whether a crash may have taken that back.</summary>
    private sealed record Holder(ModelSession Session, QoS QoS, long Tick, bool IsInDoubt);

    private sealed class Group
    {
        private readonly Dictionary<int, List<Holder>> _holders = [];

        public IEnumerable<KeyValuePair<int, List<Holder>>> Holders => _holders;

        public List<Interest> Members { get; } = [];

        public List<Publication> Owed { get; } = [];

        /// <summary>
        /// Some member gets with QoS 0 what it gets, or took QoS 2 messages into its grave that never left the broker, or a crash has ended it
        /// that was never in the store.
        /// </summary>
        public bool MayHaveLost(Publication publication) => Members.Exists(member => member.EndsTo >= publication.From
            && (member.Requests.Exists(request => request.QoS == QoS.AtMostOnce)
                || (publication.Message.QoS == QoS.ExactlyOnce && member.Session is { HasEnded: true, MayRepeatUnsent: true })
                || member.Session is { HasEnded: true, HasOutlivedBroker: true, No: 0 }));

        public List<Holder> HoldersOf(Message message)
        {
            if (!_holders.TryGetValue(message.Number, out var holders))
            {
                holders = [];
                _holders.Add(message.Number, holders);
            }

            return holders;
        }
    }
}
