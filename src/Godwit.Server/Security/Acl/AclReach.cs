using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Protocol.Topics;

namespace Godwit.Server.Security.Acl;

/// <summary>
/// Decides a SUBSCRIBE: is there any topic that the filter matches and that the client may subscribe to and receive? Exact, without
/// enumerating topics. Where a rule and the filter both leave a level open, a level that no rule names is put in (a byte that UTF-8 never has):
/// whatever rule matches such a topic matches every topic of the same shape, so one topic for each shape speaks for all of them.
/// </summary>
internal readonly ref struct AclReach
{
    private const byte Fresh = 0xFF;        // never in UTF-8, so never in a rule, a name or a topic

    /// <summary>
    /// Levels that are compared at most, some tens of milliseconds. It takes thousands of rules and a filter made for the purpose; such a
    /// subscription is granted, because each message is checked anyway.
    /// </summary>
    private const long WorkMax = 20_000_000;

    private readonly AclRuleSet _rules;
    private readonly TopicRights? _rights;
    private readonly Subject _who;
    private readonly ReadOnlySpan<byte> _filter;
    private readonly QoS _qos;
    private readonly bool _skipsTrials;

    /// <summary>Asks.</summary>
    /// <param name="rules">In force for this client.</param>
    /// <param name="rights">Its own topics, or null.</param>
    /// <param name="who">Who subscribes.</param>
    /// <param name="filter">Topic Filter without <c>$share</c>, UTF-8, valid.</param>
    /// <param name="qos">Of the subscription.</param>
    /// <param name="skipsTrials">Rules on trial are passed by.</param>
    public AclReach(AclRuleSet rules, TopicRights? rights, in Subject who, ReadOnlySpan<byte> filter, QoS qos, bool skipsTrials)
    {
        _rules = rules;
        _rights = rights;
        _who = who;
        _filter = filter;
        _qos = qos;
        _skipsTrials = skipsTrials;
    }

    /// <summary>Decides.</summary>
    /// <returns>When refused, the rule that denies the filter as a whole, or that none allows it.</returns>
    public AclDecision Decide()
    {
        var wanted = AclShape.Of(_filter);
        var whole = DecideTopic(wanted.Witness(wanted.LengthMin, Fresh));
        if (whole.IsAllowed || wanted.IsTopic)
        {
            return whole;
        }

        long work = 0;
        var receiving = Shapes(AclActions.Receive);
        var subscribing = _rules.ReadIsOne ? null : Shapes(AclActions.Subscribe);
        foreach (var shape in receiving)
        {
            if (!wanted.TryIntersect(shape, out var both))
            {
                continue;
            }

            var found = subscribing is null ? FindAllowed(both, ref work) : FindAllowed(both, subscribing, ref work);
            if (found is { } allowed)
            {
                return allowed;
            }
        }

        return whole;
    }

    /// <summary>Decides about the filter as if it were a topic: by a rule that is about all of it, or by none.</summary>
    public AclDecision DecideWhole()
    {
        var wanted = AclShape.Of(_filter);
        return DecideTopic(wanted.Witness(wanted.LengthMin, Fresh));
    }

    /// <summary>What the rules that allow an action are about, with the names of this client in them.</summary>
    private List<AclShape> Shapes(AclActions action)
    {
        var shapes = new List<AclShape>();
        foreach (var rule in _rules.Rules)
        {
            if (rule.Allows && (rule.Actions & action) != 0 && IsAboutUser(rule))
            {
                Add(shapes, rule.Filters);
            }
        }

        Add(shapes, _rights?.ReadFilters ?? []);
        return shapes;
    }

    private bool IsAboutUser(AclRule rule) => rule.Conditions.Users is [] || (_who.UserName is { } name && rule.Conditions.Users.AsSpan().Contains(name));

    private void Add(List<AclShape> shapes, AclFilter[] filters)
    {
        foreach (var filter in filters)
        {
            if (AclShape.TryResolve(filter, _who.ClientId, _who.UserName, out var shape))
            {
                shapes.Add(shape);
            }
        }
    }

    private AclDecision? FindAllowed(in AclShape shape, List<AclShape> others, ref long work)
    {
        foreach (var other in others)
        {
            if (shape.TryIntersect(other, out var both) && FindAllowed(both, ref work) is { } allowed)
            {
                return allowed;
            }
        }

        return null;
    }

    /// <summary>One topic of each length: beyond the longest rule the length makes no difference.</summary>
    private AclDecision? FindAllowed(in AclShape shape, ref long work)
    {
        var longest = shape.IsOpen ? Math.Max(shape.LengthMin, Math.Max(_rules.DepthMax, RightsDepth()) + 1) : shape.LengthMin;
        for (var length = shape.LengthMin; length <= longest; length++)
        {
            work += (long)length * (_rules.Rules.Count + 1);
            if (work > WorkMax)
            {
                return new AclDecision(IsAllowed: true, AclGround.SubscribeIsGranted);
            }

            var topic = shape.Witness(length, Fresh);
            if (!TopicFilter.Matches(_filter, topic))
            {
                return null;                // $ at the front, where the filter has a wildcard [MQTT-4.7.2-1]
            }

            var decision = DecideTopic(topic);
            if (decision.IsAllowed)
            {
                return decision;
            }
        }

        return null;
    }

    private int RightsDepth()
    {
        var depth = 0;
        foreach (var filter in _rights?.ReadFilters ?? [])
        {
            depth = Math.Max(depth, filter.Levels.Length);
        }

        return depth;
    }

    /// <summary>May it subscribe to this topic and receive some message of it? The subscription is asked about at its QoS, messages at each up to that.</summary>
    private AclDecision DecideTopic(ReadOnlySpan<byte> topic)
    {
        if (!_rules.AsksAboutMessages)
        {
            return DecideTopic(topic, _qos, retain: false);
        }

        var refused = default(AclDecision?);
        for (var qos = _qos; qos >= QoS.AtMostOnce; qos--)
        {
            foreach (var retain in (ReadOnlySpan<bool>)[false, true])
            {
                var decision = DecideTopic(topic, qos, retain);
                if (decision.IsAllowed)
                {
                    return decision;
                }

                refused ??= decision;
            }

            if (qos == QoS.AtMostOnce)
            {
                break;
            }
        }

        return refused!.Value;
    }

    private AclDecision DecideTopic(ReadOnlySpan<byte> topic, QoS qos, bool retain)
    {
        var subscribe = _rules.Decide(new AclRequest(_who, AclActions.Subscribe, _qos, retain) { SkipsTrials = _skipsTrials }, _rights, topic);
        return subscribe.IsAllowed
            ? _rules.Decide(new AclRequest(_who, AclActions.Receive, qos, retain) { SkipsTrials = _skipsTrials }, _rights, topic)
            : subscribe;
    }
}
