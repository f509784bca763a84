using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;
using Godwit.Protocol.Topics;

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
    public bool ChecksDelivery => Volatile.Read(ref _checksDelivery);

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
        if (snapshot.For(publisher.Identity) is { } rules && (!rules.ChecksRetainSource || Decide(rules, request, topic).IsAllowed))
        {
            return true;
        }

        if (publisher.Identity?.Listener is null)
        {
            foreach (var named in snapshot.Named.AsSpan())      // it is not known on which listener it came: any that allows it will do
            {
                if (!named.ChecksRetainSource || Decide(named, request, topic).IsAllowed)
                {
                    return true;
                }
            }
        }

        return false;
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

    private static AclDecision Decide(AclRuleSet rules, in AclRequest request, ReadOnlySpan<byte> topic)
    {
        if (request.Action == AclActions.Publish && !request.IsPast && IsOfBroker(topic))
        {
            return new AclDecision(IsAllowed: false, AclGround.BrokerTopic);
        }

        var rights = request.Identity?.Rights as TopicRights;
        var decision = rules.Decide(request, rights, topic);
        if (decision.IsAllowed || !IsTrial(rules, decision))
        {
            return decision;
        }

        var enforced = rules.IsOnTrial ? new AclDecision(IsAllowed: true, AclGround.NoRules) : rules.Decide(request with { SkipsTrials = true }, rights, topic);
        return Reported(decision, enforced);
    }

    private static AclDecision DecideFilter(AclRuleSet rules, in Subject who, in AclRequest request, ReadOnlySpan<byte> filter)
    {
        var rights = who.Identity?.Rights as TopicRights;
        if (!rules.IsClosed && rights is null)
        {
            return new AclDecision(IsAllowed: true, AclGround.NoRules);
        }

        if (rules.GrantsSubscribe)
        {
            return new AclDecision(IsAllowed: true, AclGround.SubscribeIsGranted);
        }

        var decision = new AclReach(rules, rights, who, filter, request.QoS, skipsTrials: false).Decide();
        if (decision.IsAllowed || (!rules.IsOnTrial && !rules.HasTrials))
        {
            return decision;
        }

        var enforced = rules.IsOnTrial ? new AclDecision(IsAllowed: true, AclGround.NoRules) : new AclReach(rules, rights, who, filter, request.QoS, skipsTrials: true).Decide();
        return Reported(decision, enforced);
    }

    private static bool IsTrial(AclRuleSet rules, in AclDecision denied) => rules.IsOnTrial || denied.Rule is { IsOnTrial: true };

    private static AclDecision Reported(in AclDecision denied, in AclDecision enforced) =>
        enforced.IsAllowed ? enforced with { IsReported = true, WouldDeny = denied.Rule } : enforced;

    private static bool IsOfBroker(ReadOnlySpan<byte> topic) => topic.StartsWith("$SYS"u8) && (topic.Length == 4 || topic[4] == TopicName.Separator);
}
