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

    /// <summary>Everything was lost.</summary>
    public void Clear()
    {
        _groups.Clear();
        _all.Clear();
    }

    /// <summary>A member is sent a message for the first time. [MQTT-4.8.2-4] [MQTT-4.8.2-5]</summary>
    public void Sent(ModelSession session, Message message, string filter, QoS qos)
    {
        var holders = _groups[filter].HoldersOf(message);
        var held = holders.Count(holder => !IsReleased(holder, message));
        if (held >= message.Publications.Count)
        {
            throw Oracle.Violation("I14", $"{session} is sent {message} through {filter}, and {holders[^1].Session} has it already");
        }

        if (holders.Count > held)
        {
            oracle.Hit(Situation.SharedRedistributed);
        }

        holders.Add((session, qos));
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
                if (member is not null && holders.TrueForAll(holder => IsReleased(holder, publication.Message)))
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

    /// <summary>The member's session is over, or just ending, and left the message unacknowledged.</summary>
    private bool IsReleased((ModelSession Session, QoS QoS) holder, Message message) =>
        (holder.Session.HasEnded || holder.Session.ExpiresAtMs <= oracle.NowMs)
        && holder.QoS == QoS.AtLeastOnce
        && !holder.Session.DeliveryOf(message).IsAcknowledged;

    private sealed class Group
    {
        private readonly Dictionary<int, List<(ModelSession Session, QoS QoS)>> _holders = [];

        public List<Interest> Members { get; } = [];

        public List<Publication> Owed { get; } = [];

        public List<(ModelSession Session, QoS QoS)> HoldersOf(Message message)
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
