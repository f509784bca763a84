using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;
using Godwit.Protocol.Topics;
using Godwit.Server.Security.Authorization;

namespace Godwit.Server.Security.Acl;

/// <summary>
/// Who may do what, by rules. A question is answered from one snapshot of the rules; new ones replace it in one step and hold from the next
/// question on, for everybody. Nothing is remembered between questions. Any thread.
/// </summary>
public sealed class AclPolicy : IAccessPolicy
{
    private readonly AclReports? _reports;
    private AclSnapshot _snapshot;
    private bool _checksDelivery;
    private bool _loginsHaveRights;
    private bool _isOpen;

    /// <summary>Makes the policy.</summary>
    /// <param name="snapshot">The rules to begin with.</param>
    /// <param name="time">For the minutes of the reports.</param>
    /// <param name="report">Is told what rules on trial would have denied: one call for a rule, a user and a minute. Any thread; must not block. Null: nobody.</param>
    public AclPolicy(AclSnapshot snapshot, TimeProvider? time = null, Action<AclReport>? report = null)
    {
        _reports = report is null ? null : new AclReports(time ?? TimeProvider.System, report);
        _snapshot = snapshot;
        Replace(snapshot);
    }

    /// <inheritdoc/>
    public bool ChecksDelivery => Volatile.Read(ref _checksDelivery) || HasToAsk;

    /// <summary>There are neither rules nor users, and everything is allowed without a look. A reload may end that.</summary>
    public bool IsOpen
    {
        get => Volatile.Read(ref _isOpen);
        set => Volatile.Write(ref _isOpen, value);
    }

    /// <summary>Logins may bring <see cref="TopicRights"/> with them, so deliveries are checked even without rules.</summary>
    public bool LoginsHaveRights
    {
        get => Volatile.Read(ref _loginsHaveRights);
        set
        {
            Volatile.Write(ref _loginsHaveRights, value);
            Volatile.Write(ref _checksDelivery, value || _snapshot.HasRules);
        }
    }

    /// <summary>Who is asked where no rule decides; null: nobody. Set before the first question.</summary>
    internal AuthorizationService? Asked { get; init; }

    /// <inheritdoc/>
    public bool HasToAsk => Asked is { HasSources: true };

    /// <summary>The rules that hold.</summary>
    public AclSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>Puts other rules into force, for clients that are connected too. One thread at a time.</summary>
    /// <returns>Those that held until now.</returns>
    public AclSnapshot Replace(AclSnapshot next)
    {
        // Whoever sees the answer "deliveries are not checked" a moment too long sees the rules of a moment ago; checking without need harms nobody.
        Volatile.Write(ref _checksDelivery, value: true);
        var before = Interlocked.Exchange(ref _snapshot, next);
        Volatile.Write(ref _checksDelivery, LoginsHaveRights || next.HasRules);
        return before;
    }

    /// <inheritdoc/>
    public ConnackReasonCode Connect(in ConnectPacket connect) => ConnackReasonCode.Success;

    /// <inheritdoc/>
    public bool MayPublish(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain) => IsOpen || May(who, AclActions.Publish, topic, qos, retain);

    /// <inheritdoc/>
    public bool MaySubscribe(in Subject who, ReadOnlySpan<byte> filter, QoS qos) => IsOpen || May(who, AclActions.Subscribe, filter, qos, retain: false);

    /// <inheritdoc/>
    public bool MayReceive(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain) => May(who, AclActions.Receive, topic, qos, retain);

    /// <inheritdoc/>
    public bool MayStillPublish(in Subject publisher, ReadOnlySpan<byte> topic)
    {
        var snapshot = Snapshot;
        var request = new AclRequest(publisher, AclActions.Publish, QoS.AtMostOnce, retain: true) { IsPast = true };
        if (snapshot.For(publisher.Identity) is { } rules && (!rules.ChecksRetainSource || DecidePast(rules, request, topic)))
        {
            return true;
        }

        if (publisher.Identity?.Listener is null)
        {
            foreach (var named in snapshot.Named.AsSpan())      // it is not known on which listener it came: any that allows it will do
            {
                if (!named.ChecksRetainSource || DecidePast(named, request, topic))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public bool IsUndecided(in Subject who, AccessAction action, ReadOnlySpan<byte> topic, QoS qos, bool retain)
    {
        var asked = action switch { AccessAction.Publish => AclActions.Publish, AccessAction.Subscribe => AclActions.Subscribe, _ => AclActions.Receive };
        return HasToAsk && Decide(who, asked, topic, qos, retain).Ground == AclGround.Undecided;
    }

    /// <summary>Decides, and says why. What the other questions answer is this.</summary>
    /// <param name="who">Who asks.</param>
    /// <param name="action">One of publish, subscribe and receive.</param>
    /// <param name="topic">Topic Name, or with subscribe Topic Filter without <c>$share</c>; UTF-8.</param>
    /// <param name="qos">Of the message or of the subscription.</param>
    /// <param name="retain">Of the message.</param>
    public AclDecision Decide(in Subject who, AclActions action, ReadOnlySpan<byte> topic, QoS qos, bool retain)
    {
        if (Snapshot.For(who.Identity) is not { } rules)
        {
            return new AclDecision(IsAllowed: false, AclGround.NoSuchSet);
        }

        var request = new AclRequest(who, action, qos, retain);
        return action == AclActions.Subscribe ? DecideFilter(rules, who, request, topic) : Decide(rules, request, topic);
    }

    private bool May(in Subject who, AclActions action, ReadOnlySpan<byte> topic, QoS qos, bool retain)
    {
        var decision = Decide(who, action, topic, qos, retain);
        if (decision.IsReported)
        {
            Report(who, action, topic, decision);
        }

        return decision.IsAllowed;
    }

    private void Report(in Subject who, AclActions action, ReadOnlySpan<byte> topic, in AclDecision decision)
    {
        if (decision.WouldDeny is { } rule)
        {
            rule.CountDenial();
        }
        else
        {
            Snapshot.For(who.Identity)?.CountDenial();
        }

        _reports?.Write(who, action, topic, decision.WouldDeny);
    }

    /// <summary>The rules that hold for this client are all on trial.</summary>
    internal bool IsOnTrial(Identity? identity) => Snapshot.For(identity) is { IsOnTrial: true };

    /// <summary>Counts and reports what a source has denied, or not answered, while rules are on trial.</summary>
    internal void ReportTrial(in Subject who, AccessQuestion question) => Report(
        who,
        question.Action == AccessAction.Publish ? AclActions.Publish : AclActions.Subscribe,
        question.Topic,
        new AclDecision(IsAllowed: true, AclGround.NoRules));

    private AclDecision Decide(AclRuleSet rules, in AclRequest request, ReadOnlySpan<byte> topic)
    {
        if (request.Action == AclActions.Publish && IsOfBroker(topic))
        {
            return new AclDecision(IsAllowed: false, AclGround.BrokerTopic);
        }

        var decision = Judge(rules, request, topic);
        if (decision.IsAllowed || !IsTrial(rules, decision) || (decision.Ground == AclGround.Undecided && request.Action != AclActions.Receive))
        {
            return decision;
        }

        var enforced = rules.IsOnTrial ? new AclDecision(IsAllowed: true, AclGround.NoRules) : Judge(rules, request with { SkipsTrials = true }, topic);
        return Reported(decision, enforced);
    }

    /// <summary>The rules, then the topics of the login; without either, who is asked.</summary>
    private AclDecision Judge(AclRuleSet rules, in AclRequest request, ReadOnlySpan<byte> topic)
    {
        var decision = rules.Decide(request, request.Identity?.Rights as TopicRights, topic);
        return decision.Ground is AclGround.NoneMatches or AclGround.NoRules && HasToAsk ? Asked!.Decide(request, topic) : decision;
    }

    /// <summary>
    /// What somebody has published some time ago. Where no rule decides, a login may have brought the right, or somebody was asked about it then; only
    /// a no that is known by now counts.
    /// </summary>
    private bool DecidePast(AclRuleSet rules, in AclRequest request, ReadOnlySpan<byte> topic)
    {
        var decision = rules.Decide(request, request.Identity?.Rights as TopicRights, topic);
        if (decision.Ground is AclGround.NoneMatches or AclGround.NoRules && (HasToAsk || LoginsHaveRights))
        {
            return !HasToAsk || !Asked!.IsKnownNo(new Subject(request.ClientId, request.Identity), topic);
        }

        return decision.IsAllowed
            || (IsTrial(rules, decision) && (rules.IsOnTrial || rules.Decide(request with { SkipsTrials = true }, rights: null, topic).IsAllowed));
    }

    private AclDecision DecideFilter(AclRuleSet rules, in Subject who, in AclRequest request, ReadOnlySpan<byte> filter)
    {
        var rights = who.Identity?.Rights as TopicRights;
        var isAsked = HasToAsk && rights is null;
        if (!rules.IsClosed && rights is null && !isAsked)
        {
            return new AclDecision(IsAllowed: true, AclGround.NoRules);
        }

        if (rules.GrantsSubscribe && !isAsked)
        {
            return new AclDecision(IsAllowed: true, AclGround.SubscribeIsGranted);
        }

        var decision = Reach(rules, who, request, filter, skipsTrials: false);
        if (decision.IsAllowed || decision.Ground == AclGround.Undecided || (!rules.IsOnTrial && !rules.HasTrials))
        {
            return decision;
        }

        var enforced = rules.IsOnTrial ? new AclDecision(IsAllowed: true, AclGround.NoRules) : Reach(rules, who, request, filter, skipsTrials: true);
        return enforced.Ground == AclGround.Undecided ? enforced : Reported(decision, enforced);
    }

    /// <summary>Where no rule is about the filter as a whole, who is asked about it; a no leaves what rules allow of it.</summary>
    private AclDecision Reach(AclRuleSet rules, in Subject who, in AclRequest request, ReadOnlySpan<byte> filter, bool skipsTrials)
    {
        var rights = who.Identity?.Rights as TopicRights;
        var reach = new AclReach(rules, rights, who, filter, request.QoS, skipsTrials);
        if (!HasToAsk || rights is not null || reach.DecideWhole().Ground == AclGround.Rule)
        {
            return reach.Decide();
        }

        var asked = Asked!.Decide(request, filter);
        if (asked.IsAllowed || asked.Ground == AclGround.Undecided || !rules.IsClosed)
        {
            return asked;
        }

        var parts = reach.Decide();
        return parts.IsAllowed ? parts : asked;
    }

    private static bool IsTrial(AclRuleSet rules, in AclDecision denied) => rules.IsOnTrial || denied.Rule is { IsOnTrial: true };

    private static AclDecision Reported(in AclDecision denied, in AclDecision enforced) =>
        enforced.IsAllowed ? enforced with { IsReported = true, WouldDeny = denied.Rule } : enforced;

    private static bool IsOfBroker(ReadOnlySpan<byte> topic) => topic.StartsWith("$SYS"u8) && (topic.Length == 4 || topic[4] == TopicName.Separator);
}
