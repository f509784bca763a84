using System.Collections.Frozen;

namespace Godwit.Server.Security.Acl;

/// <summary>A list of rules that is in force for the broker or for one listener. The first rule that is about a question decides it. The counters apart, it does not change.</summary>
internal sealed class AclRuleSet
{
    private readonly AclList _general;
    private readonly FrozenDictionary<string, AclList> _byUser;
    private long _wouldDeny;

    /// <summary>Makes the set.</summary>
    /// <param name="name">For messages; empty: the broker's.</param>
    /// <param name="rules">In the order in which they are asked; they are numbered here.</param>
    public AclRuleSet(string name, IReadOnlyList<AclRule> rules)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            rules[i].Index = i;
        }

        Name = name;
        Rules = rules;
        _general = new AclList(rules.Where(rule => rule.Conditions.Users.Length == 0));
        _byUser = rules.SelectMany(rule => rule.Conditions.Users.Distinct(StringComparer.Ordinal), (rule, user) => (rule, user))
            .GroupBy(entry => entry.user, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => new AclList(group.Select(entry => entry.rule)), StringComparer.Ordinal);
        DepthMax = rules.SelectMany(rule => rule.Filters).Select(filter => filter.Levels.Length).DefaultIfEmpty(0).Max();
        ReadIsOne = rules.Where(rule => rule.Allows)
            .All(rule => (rule.Actions & AclActions.Read) is AclActions.None or AclActions.Read && rule.Conditions.QoSMax is null);
        HasTrials = rules.Any(rule => rule.IsOnTrial);
        AsksAboutMessages = rules.Any(rule => rule.Conditions.QoSMax is not null || rule.Conditions.Retain is not null);
    }

    /// <summary>For messages; empty: the broker's.</summary>
    public string Name { get; }

    /// <summary>In order.</summary>
    public IReadOnlyList<AclRule> Rules { get; }

    /// <summary>What no rule is about is denied. False: there are no rules at all, and everything is allowed.</summary>
    public bool IsClosed { get; init; }

    /// <summary>Every SUBSCRIBE is granted; what may not be read is held back at delivery.</summary>
    public bool GrantsSubscribe { get; init; }

    /// <summary>Nothing is enforced: what would be denied is counted and logged.</summary>
    public bool IsOnTrial { get; init; }

    /// <summary>A retained message of a client of this set is held back when its publisher may no longer publish it.</summary>
    public bool ChecksRetainSource { get; init; } = true;

    /// <summary>Some rule is on trial.</summary>
    public bool HasTrials { get; }

    /// <summary>Levels of the longest filter.</summary>
    public int DepthMax { get; }

    /// <summary>No rule that allows treats subscribing and receiving differently.</summary>
    public bool ReadIsOne { get; }

    /// <summary>Some rule looks at QoS or the retain flag.</summary>
    public bool AsksAboutMessages { get; }

    /// <summary>What no rule was about would have been denied so often, were the set enforced.</summary>
    public long WouldDeny => Interlocked.Read(ref _wouldDeny);

    /// <summary>Decides about one topic, as if nothing were on trial but what the question says.</summary>
    /// <param name="request">The question.</param>
    /// <param name="rights">The client's own topics, or null.</param>
    /// <param name="topic">Topic Name, UTF-8.</param>
    public AclDecision Decide(in AclRequest request, TopicRights? rights, ReadOnlySpan<byte> topic)
    {
        if (FindFirst(request, topic) is { } rule)
        {
            return new AclDecision(rule.Allows, AclGround.Rule, rule);
        }

        if (rights is not null)
        {
            return new AclDecision(rights.Has(request, topic), AclGround.Login);
        }

        return IsClosed ? new AclDecision(IsAllowed: false, AclGround.NoneMatches) : new AclDecision(IsAllowed: true, AclGround.NoRules);
    }

    /// <summary>Counts what a set on trial would have denied for want of a rule.</summary>
    public void CountDenial() => Interlocked.Increment(ref _wouldDeny);

    /// <summary>The rule that decides, or null: none is about it.</summary>
    /// <param name="request">The question.</param>
    /// <param name="topic">Topic Name, UTF-8.</param>
    public AclRule? FindFirst(in AclRequest request, ReadOnlySpan<byte> topic)
    {
        AclRule? first = null;
        if (request.UserName is { } userName && _byUser.TryGetValue(userName, out var own))
        {
            own.FindFirst(request, topic, ref first);
        }

        _general.FindFirst(request, topic, ref first);
        return first;
    }
}
