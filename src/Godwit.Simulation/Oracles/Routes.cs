using Godwit.Protocol;

namespace Godwit.Simulation.Oracles;

/// <summary>Every way in which a message may come to a session, counted.</summary>
internal sealed class Routes
{
    private readonly Oracle _oracle;
    private readonly ModelSession _session;
    private readonly Message _message;
    private int _allowedQoS;        // a bit each

    public Routes(Oracle oracle, ModelSession session, Message message)
    {
        _oracle = oracle;
        _session = session;
        _message = message;
        foreach (var publication in message.Publications)
        {
            CountLive(publication);
        }

        foreach (var interest in session.Interests)
        {
            if (!interest.IsShared && interest.Matches(message.Levels))
            {
                CountStored(interest);
            }
        }
    }

    /// <summary>Publications that a subscription of its own matches.</summary>
    public int Live { get; private set; }

    /// <summary>Of these, those that may keep RETAIN.</summary>
    public int AsPublished { get; private set; }

    /// <summary>Publications that a shared subscription matches.</summary>
    public int Shared { get; private set; }

    /// <summary>SUBSCRIBE packets that find it in the retained store.</summary>
    public int Stored { get; private set; }

    /// <summary>Of the live ones, those that a crash has taken back.</summary>
    public int Lost { get; private set; }

    public int Sum => Live + Shared + Stored;

    /// <summary>The filter of the shared subscription.</summary>
    public string? SharedFilter { get; private set; }

    /// <summary>Subscription Identifiers that may stand in the packet.</summary>
    public List<uint> Identifiers { get; } = [];

    /// <summary>Those that have to.</summary>
    public List<uint> NeededIdentifiers { get; } = [];

    /// <summary>The QoS it has to have at least when it comes live.</summary>
    public QoS LowestQoS { get; private set; }

    public bool AllowsQoS(QoS qos) => (_allowedQoS & (1 << (int)qos)) != 0;

    public override string ToString() => $"{Live} live, {Shared} shared and {Stored} retained";

    private void CountLive(Publication publication)
    {
        var to = publication.IsOpen ? long.MaxValue - 1 : publication.To;
        var isLive = false;
        var isAsPublished = false;
        foreach (var interest in _session.Interests)
        {
            if (!interest.Matches(_message.Levels))
            {
                continue;
            }

            // What a member of a group leaves behind goes to members that came later.
            foreach (var request in interest.During(publication.From, interest.IsShared ? long.MaxValue - 1 : to))
            {
                if (request.NoLocal && IsOwn)
                {
                    continue;
                }

                Allow(request);
                Shared += interest.IsShared ? 1 : 0;
                SharedFilter = interest.IsShared ? interest.Filter : SharedFilter;
                isLive |= !interest.IsShared;
                isAsPublished |= !interest.IsShared && request.RetainAsPublished;
            }

            if (!interest.IsShared && interest.Covers(publication.From, to))
            {
                CountNeeded(interest, publication);
            }
        }

        Live += isLive ? 1 : 0;
        Lost += isLive && publication.IsLost ? 1 : 0;
        AsPublished += isAsPublished ? 1 : 0;
    }

    private bool IsOwn => string.Equals(_session.ClientId, _message.PublisherId, StringComparison.Ordinal);

    private void CountNeeded(Interest interest, Publication publication)
    {
        var requests = interest.During(publication.From, publication.IsOpen ? long.MaxValue - 1 : publication.To).ToList();
        if (requests.Exists(request => request.NoLocal && IsOwn) || _message.Publications.Count > 1)
        {
            return;
        }

        var lowest = (QoS)Math.Min((int)_message.QoS, requests.Min(request => (int)request.QoS));
        LowestQoS = lowest > LowestQoS ? lowest : LowestQoS;
        if (requests is [{ Identifier: > 0 } only])
        {
            NeededIdentifiers.Add(only.Identifier);
        }
    }

    private void CountStored(Interest interest)
    {
        foreach (var request in interest.Requests)
        {
            if (request.WantsRetained && !(request.NoLocal && IsOwn) && _oracle.Retained.MayHold(_message, request.From, request.To))
            {
                Stored++;
                Allow(request);
                foreach (var later in RequestsFor(interest.Filter).Where(later => later.From > request.From))
                {
                    Allow(later);                   // a search that is under way goes on for what replaces it
                }
            }
        }
    }

    private IEnumerable<Interest.Request> RequestsFor(string filter) =>
        _session.Interests.Where(interest => string.Equals(interest.Filter, filter, StringComparison.Ordinal)).SelectMany(interest => interest.Requests);

    private void Allow(Interest.Request request)
    {
        _allowedQoS |= 1 << Math.Min((int)_message.QoS, (int)request.QoS);
        if (request.Identifier > 0)
        {
            Identifiers.Add(request.Identifier);
        }
    }
}
