using Godwit.Broker.Sessions;
using Godwit.Protocol;

namespace Godwit.Broker.Routing;

/// <summary>
/// One session's interest in one Topic Filter. Immutable for readers: a SUBSCRIBE that replaces it puts a new object in its place.
/// [MQTT-3.8.4-3]
/// </summary>
internal sealed class Subscription
{
    private Extras? _extras;

    public required Session Session { get; init; }

    /// <summary>The whole filter as subscribed, <c>$share/...</c> included; the session's key.</summary>
    public required byte[] Filter { get; init; }

    /// <summary>Granted QoS.</summary>
    public required QoS QoS { get; init; }

    public bool NoLocal { get; init; }

    public bool RetainAsPublished { get; init; }

    /// <summary>Exactly one Subscription Identifier, or null; an array so that a delivery can carry it without a copy.</summary>
    public uint[]? Identifiers { get; init; }

    /// <summary>Number of its record in the log; 0 when it is not there.</summary>
    public long RecordId { get; init; }

    /// <summary>Version of the tree when it was subscribed: the retained messages it is sent are older.</summary>
    public long Version => _extras is { Version: > 0 } extras ? extras.Version : LiveSince;

    /// <summary>
    /// Version from which on this session gets what the filter matches: that of the first SUBSCRIBE, however often it was replaced. A
    /// retained PUBLISH that is under way while the subscription is replaced is not lost. [MQTT-3.8.4-3]
    /// </summary>
    public long LiveSince { get; private set; }

    /// <summary>Where it stands in the tree. Written under the tree's lock.</summary>
    public TopicNode? Node { get; set; }

    /// <summary>Its group when it is shared. Written under the tree's lock.</summary>
    public SharedGroup? Group
    {
        get => _extras?.Group;
        set
        {
            if (value is not null || _extras is not null)
            {
                MakeExtras().Group = value;
            }
        }
    }

    /// <summary>Its place in the list. Written under the tree's lock.</summary>
    public int Index { get; set; }

    /// <summary>Its search for retained messages; null when none is under way. The session's shard only.</summary>
    public RetainedSearch? RetainedSearch
    {
        get => _extras?.RetainedSearch;
        set
        {
            if (value is not null || _extras is not null)
            {
                MakeExtras().RetainedSearch = value;
            }
        }
    }

    /// <summary>It comes into the tree. Under the tree's lock.</summary>
    /// <param name="version">Of this write.</param>
    /// <param name="replaced">In whose place it comes; null when it is new.</param>
    public void SetVersion(long version, Subscription? replaced)
    {
        LiveSince = replaced?.LiveSince ?? version;
        if (replaced is not null)
        {
            MakeExtras().Version = version;
        }
    }

    /// <summary>
    /// The Subscription Identifiers of other matching subscriptions of the session, and then this one's. The last answer is kept: a topic
    /// matches the same filters every time, so nothing is allocated in steady state. The session's shard only.
    /// </summary>
    /// <param name="others">Never changed; null for none.</param>
    public uint[]? JoinIdentifiers(uint[]? others)
    {
        if (others is null || Identifiers is null)
        {
            return others ?? Identifiers;
        }

        var extras = MakeExtras();
        if (!ReferenceEquals(others, extras.JoinedTo))
        {
            extras.JoinedTo = others;
            extras.Joined = [.. others, .. Identifiers];
        }

        return extras.Joined;
    }

    private Extras MakeExtras() => _extras ??= new Extras();

    /// <summary>What most subscriptions do not need, made with the first of it.</summary>
    private sealed class Extras
    {
        public long Version;                        // 0: it has replaced none
        public SharedGroup? Group;
        public RetainedSearch? RetainedSearch;
        public uint[]? JoinedTo;
        public uint[]? Joined;
    }
}
