using System.Text;
using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Protocol.Topics;
using Godwit.Server.Security.Acl;

namespace Godwit.Server.Tests.Acl;

using static AclAsking;

/// <summary>SUBSCRIBE is refused exactly when no topic that the filter matches could be received.</summary>
public sealed class AclReachTests
{
    private const int Cases = 4000;
    private static readonly string[] Said = ["a", "b", "", "$s", "%u", "%c"];
    private static readonly string[] Levels = ["a", "b", "", "$s", "ada", "c1", "other"];     // one that no filter can name
    private static readonly byte[][] Topics = [.. AllTopics(4).Select(Encoding.UTF8.GetBytes)];

    [Fact]
    public void It_is_what_a_search_through_all_topics_finds()
    {
        var random = new Random(20_261);
        var granted = 0;
        for (var number = 0; number < Cases; number++)
        {
            var rules = Enumerable.Range(0, random.Next(1, 6)).Select(_ => MakeRule(random)).ToList();
            var policy = new AclPolicy(new AclSnapshot(new AclRuleSet("", rules) { IsClosed = true }, []));
            var rights = random.Next(4) == 0 ? MakeRights(random) : null;
            var who = Who(random.Next(4) == 0 ? null : "ada", "c1", groups: random.Next(2) == 0 ? [] : ["ops"], rights: rights);
            var filter = MakeFilter(random, withNames: false);
            var qos = (QoS)random.Next(3);

            var expected = IsAnyReadable(policy, who, Encoding.UTF8.GetBytes(filter), qos);
            granted += expected ? 1 : 0;

            var told = $"case {number}: {filter} at QoS {qos} with {string.Join("; ", rules.Select(rule => rule.Text))}; rights {string.Join(' ', rights?.Read ?? [])}";
            Assert.True(expected == policy.Subscribes(who, filter, (int)qos), told);
        }

        Assert.InRange(granted, Cases / 8, Cases * 7 / 8);
    }

    [Fact]
    public void A_filter_that_is_longer_than_every_rule_is_answered_too()
    {
        var policy = Native("""  "Rules": [ { "Deny": "read", "Topics": ["a/+/#"] }, { "Allow": "read", "Topics": ["a/#"] } ]  """);

        Assert.True(policy.Subscribes(Who(null), "a/#"));
        Assert.True(policy.Subscribes(Who(null), "a"));
        Assert.False(policy.Subscribes(Who(null), "a/b/c/d/e/f/g"));
        Assert.False(policy.Subscribes(Who(null), string.Join('/', Enumerable.Repeat("+", 30_000))));
    }

    [Fact]
    public void A_filter_and_rules_that_are_made_to_take_long_are_granted_and_their_messages_held_back()
    {
        var rules = string.Join(", ", Enumerable.Range(0, 1000).Select(i => $$"""{ "Allow": "read", "Topics": ["+/r{{i}}/#"] }"""));
        var policy = Native($$"""  "Rules": [ { "Deny": "read", "Topics": ["#"] }, {{rules}} ]  """);

        var decision = policy.Asks(Who(null), AclActions.Subscribe, string.Join('/', Enumerable.Repeat("+", 30_000)));

        Assert.Equal(AclGround.SubscribeIsGranted, decision.Ground);
        Assert.False(policy.Receives(Who(null), "a/r1/c"));
        Assert.False(policy.Subscribes(Who(null), "#"));
    }

    [Fact]
    public void Denials_that_cover_each_length_on_their_own_cover_all_together_only_when_one_has_no_end()
    {
        const string Open = """{ "Allow": "read", "Topics": ["#"] }""";

        Assert.True(Native($$"""  "Rules": [ { "Deny": "read", "Topics": ["+", "+/+", "+/+/+"] }, {{Open}} ]  """).Subscribes(Who(null), "#"));
        Assert.False(Native($$"""  "Rules": [ { "Deny": "read", "Topics": ["+", "+/+", "+/+/+", "+/+/+/+/#"] }, {{Open}} ]  """).Subscribes(Who(null), "#"));
        Assert.True(Native($$"""  "Rules": [ { "Deny": "read", "Topics": ["+/+", "+/+/+/#"] }, {{Open}} ]  """).Subscribes(Who(null), "#"));
    }

    [Fact]
    public void What_may_be_subscribed_to_and_what_may_be_received_must_have_a_topic_in_common()
    {
        const string Rules = """  "Rules": [ { "Allow": "subscribe", "Topics": ["a/+"] }, { "Allow": "receive", "Topics": ["+/b"] } ]  """;

        Assert.True(Native(Rules).Subscribes(Who(null), "a/+"));
        Assert.True(Native(Rules).Subscribes(Who(null), "+/+"));
        Assert.True(Native(Rules).Subscribes(Who(null), "#"));
        Assert.False(Native(Rules).Subscribes(Who(null), "a/c"));
        Assert.False(Native(Rules).Subscribes(Who(null), "c/+"));
    }

    [Fact]
    public void A_refusal_names_the_rule_that_denies_and_a_grant_the_one_that_allows()
    {
        var policy = Native("""
            "Rules": [
              { "Deny": "read", "Topics": ["secret/#"] },
              { "Allow": "read", "Topics": ["open/a"] }
            ]
            """);

        Assert.Equal("godwit.json:2: deny read secret/#", policy.Asks(Who(null), AclActions.Subscribe, "secret/+").Reason);
        Assert.Equal("godwit.json:3: allow read open/a", policy.Asks(Who(null), AclActions.Subscribe, "open/#").Reason);
        Assert.Equal("no rule allows it", policy.Asks(Who(null), AclActions.Subscribe, "other/#").Reason);
    }

    private static bool IsAnyReadable(AclPolicy policy, Subject who, byte[] filter, QoS qos)
    {
        foreach (var topic in Topics)
        {
            if (!TopicFilter.Matches(filter, topic))
            {
                continue;
            }

            foreach (var retain in (bool[])[false, true])
            {
                var subscribes = policy.Snapshot.Broker.Decide(new AclRequest(who, AclActions.Subscribe, qos, retain), who.Identity!.Rights as TopicRights, topic).IsAllowed;
                if (subscribes && Enumerable.Range(0, (int)qos + 1).Any(sent => policy.MayReceive(who, topic, (QoS)sent, retain)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static AclRule MakeRule(Random random)
    {
        var allows = random.Next(2) == 0;
        var actions = (AclActions)random.Next(1, 8);
        var texts = Enumerable.Range(0, random.Next(1, 3)).Select(_ => MakeFilter(random, withNames: true)).ToArray();
        var conditions = new AclConditions
        {
            Users = random.Next(4) == 0 ? [random.Next(2) == 0 ? "ada" : "bob"] : [],
            Groups = random.Next(5) == 0 ? ["ops"] : [],
            QoSMax = random.Next(5) == 0 ? (QoS)random.Next(3) : null,
            Retain = random.Next(6) == 0 ? random.Next(2) == 0 : null,
        };
        var filters = texts.Select(text => AclFilter.TryParse(text, out var filter, out _) ? filter : throw new InvalidOperationException(text));
        return new AclRule(allows, actions, random.Next(12) == 0 ? [AclFilter.Everything] : [.. filters], conditions)
        {
            Text = $"{(allows ? "allow" : "deny")} {actions} {string.Join(' ', texts)} {string.Join(',', conditions.Users)} {string.Join(',', conditions.Groups)} {conditions.QoSMax} {conditions.Retain}",
        };
    }

    private static TopicRights MakeRights(Random random) =>
        TopicRights.TryCreate([], [MakeFilter(random, withNames: true)], out var rights, out var error) ? rights : throw new InvalidOperationException(error);

    private static string MakeFilter(Random random, bool withNames)
    {
        while (true)
        {
            var levels = Enumerable.Range(0, random.Next(0, 4)).Select(_ => random.Next(3) == 0 ? "+" : Said[random.Next(withNames ? Said.Length : Said.Length - 2)]).ToList();
            if (random.Next(3) == 0 || levels.Count == 0)
            {
                levels.Add("#");
            }

            if (string.Join('/', levels) is { Length: > 0 } filter)
            {
                return filter;
            }
        }
    }

    private static IEnumerable<string> AllTopics(int depth) =>
        depth == 1 ? Levels.Where(level => level.Length > 0) : AllTopics(depth - 1).Concat(Exactly(depth));

    private static IEnumerable<string> Exactly(int depth) =>
        depth == 1 ? Levels : Exactly(depth - 1).SelectMany(topic => Levels.Select(level => $"{topic}/{level}"));
}
