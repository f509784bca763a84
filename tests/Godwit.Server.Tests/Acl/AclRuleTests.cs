using Godwit.Broker.Security;
using Godwit.Server.Security.Acl;

namespace Godwit.Server.Tests.Acl;

using static AclAsking;

/// <summary>Rules of the configuration: in order, the first that is about a question decides.</summary>
public sealed class AclRuleTests
{
    [Fact]
    public void Without_rules_everything_is_allowed_and_no_delivery_is_asked_about()
    {
        var policy = Native("");

        Assert.True(policy.Publishes(Who(null), "a"));
        Assert.True(policy.Subscribes(Who(null), "#"));
        Assert.True(policy.Receives(Who(null), "$SYS/broker/uptime"));
        Assert.False(policy.ChecksDelivery);
    }

    [Fact, Spec("Hostile-40")]
    public void Clients_never_write_below_SYS_whatever_the_rules_say_and_read_it_as_the_rules_say()
    {
        var open = Native("");
        var all = Native("""  "Rules": [ { "Allow": "all" } ]  """);
        var some = Native("""  "Rules": [ { "Allow": "all", "Topics": ["#"] } ]  """);

        foreach (var policy in (AclPolicy[])[open, all, some])
        {
            Assert.False(policy.Publishes(Who("ada"), "$SYS/broker/uptime"));
            Assert.False(policy.Publishes(Who("ada"), "$SYS"));
        }

        Assert.True(all.Receives(Who("ada"), "$SYS/broker/uptime"));
        Assert.False(some.Receives(Who("ada"), "$SYS/broker/uptime"));
        Assert.False(some.Subscribes(Who("ada"), "$SYS/#"));
        Assert.False(some.Publishes(Who("ada"), "$CONTROL/dynamic-security/v1"));
        Assert.True(open.Publishes(Who("ada"), "$SYSTEM"));
    }

    [Fact]
    public void The_first_rule_that_is_about_a_question_decides_and_what_none_is_about_is_denied()
    {
        var policy = Native("""
            "Rules": [
              { "Allow": "publish", "Topics": ["a/open"] },
              { "Deny": "all", "Topics": ["a/#"] },
              { "Allow": "all", "Topics": ["+/open", "b/#"] },
            ]
            """);

        Assert.True(policy.Publishes(Who(null), "a/open"));
        Assert.False(policy.Receives(Who(null), "a/open"));
        Assert.False(policy.Publishes(Who(null), "a"));
        Assert.True(policy.Receives(Who(null), "b"));
        Assert.False(policy.Publishes(Who(null), "d/e"));
        Assert.True(policy.ChecksDelivery);
    }

    [Fact]
    public void Rules_of_one_user_and_rules_for_all_keep_their_order()
    {
        var policy = Native("""
            "Rules": [
              { "Allow": "publish", "Topics": ["x/1"], "Users": ["ada"] },
              { "Deny": "publish", "Topics": ["x/#"] },
              { "Allow": "publish", "Topics": ["x/2"], "Users": ["ada", "bob"] },
              { "Allow": "publish", "Topics": ["#"], "Users": ["ada"] },
            ]
            """);

        Assert.True(policy.Publishes(Who("ada"), "x/1"));
        Assert.False(policy.Publishes(Who("bob"), "x/1"));
        Assert.False(policy.Publishes(Who("ada"), "x/2"));
        Assert.True(policy.Publishes(Who("ada"), "y"));
        Assert.False(policy.Publishes(Who("Ada"), "y"));
        Assert.False(policy.Publishes(Who(null), "y"));
    }

    [Fact]
    public void Each_condition_narrows_a_rule_and_all_of_them_must_be_met()
    {
        Assert.True(May("\"Anonymous\": true", Who(null)));
        Assert.False(May("\"Anonymous\": true", Who("ada")));
        Assert.True(May("\"Anonymous\": false", Who("ada")));
        Assert.True(May("\"Groups\": [\"ops\", \"dev\"]", Who("ada", groups: ["x", "dev"])));
        Assert.False(May("\"Groups\": [\"ops\"]", Who("ada", groups: ["Ops"])));
        Assert.True(May("\"Clients\": [\"sensor-*\"]", Who(null, "sensor-7")));
        Assert.False(May("\"Clients\": [\"sensor-\"]", Who(null, "sensor-7")));
        Assert.True(May("\"Addresses\": [\"10.0.0.0/8\"]", Who(null, address: "10.9.8.7")));
        Assert.True(May("\"Addresses\": [\"10.0.0.0/8\"]", Who(null, address: "::ffff:10.9.8.7")));
        Assert.False(May("\"Addresses\": [\"10.0.0.0/8\"]", Who(null, address: "11.0.0.1")));
        Assert.False(May("\"Addresses\": [\"10.0.0.0/8\"]", Who(null)));
        Assert.True(May("\"Addresses\": [\"fd00::/7\", \"192.168.1.7\"]", Who(null, address: "192.168.1.7")));
        Assert.True(May("\"Addresses\": [\"fd00::/7\"]", Who(null, address: "fc01::1")));
        Assert.True(May("\"Listeners\": [\"lan\"]", Who(null, listener: new ListenerRules { Name = "lan" })));
        Assert.False(May("\"Listeners\": [\"lan\"]", Who(null, listener: new ListenerRules { Name = "wan" })));
        Assert.False(May("\"Listeners\": [\"lan\"], \"Anonymous\": false", Who(null, listener: new ListenerRules { Name = "lan" })));

        static bool May(string condition, Subject who) => Native($"\"Rules\": [ {{ \"Allow\": \"publish\", {condition} }} ]").Publishes(who, "a");
    }

    [Fact]
    public void A_rule_may_be_about_messages_up_to_a_QoS_or_with_a_retain_flag_only()
    {
        var policy = Native("""
            "Rules": [
              { "Deny": "publish", "Topics": ["a"], "Retain": true },
              { "Allow": "all", "Topics": ["a"], "QoSMax": 1 },
            ]
            """);

        Assert.True(policy.Publishes(Who(null), "a", qos: 1));
        Assert.False(policy.Publishes(Who(null), "a", qos: 2));
        Assert.False(policy.Publishes(Who(null), "a", qos: 1, retain: true));
        Assert.True(policy.Receives(Who(null), "a", qos: 1, retain: true));
        Assert.True(policy.Subscribes(Who(null), "a", qos: 1));
        Assert.False(policy.Subscribes(Who(null), "a", qos: 2));
    }

    [Fact]
    public void A_listener_may_have_rules_of_its_own_and_one_that_names_unknown_rules_lets_nobody_do_anything()
    {
        var policy = Native("""
            "Rules": [ { "Allow": "all", "Topics": ["broker/#"] } ],
            "Sets": [ { "Name": "guests", "Rules": [ { "Allow": "read", "Topics": ["news"] } ] } ]
            """);
        var guests = new ListenerRules { Acl = "guests" };

        Assert.True(policy.Publishes(Who(null), "broker/a"));
        Assert.False(policy.Publishes(Who(null, listener: guests), "broker/a"));
        Assert.True(policy.Receives(Who(null, listener: guests), "news"));
        Assert.False(policy.Receives(Who(null, listener: new ListenerRules { Acl = "guest" }), "news"));
        Assert.False(policy.Subscribes(Who(null, listener: new ListenerRules { Acl = "guest" }), "news"));
    }

    [Fact, Spec("Hostile-37")]
    public void Other_rules_hold_from_the_next_question_on()
    {
        var policy = Native("""  "Rules": [ { "Allow": "all" } ]  """);
        Assert.True(policy.Receives(Who("ada"), "a"));

        var before = policy.Replace(Snapshot("""  "Rules": [ { "Deny": "read", "Users": ["ada"] }, { "Allow": "all" } ]  """));

        Assert.False(policy.Receives(Who("ada"), "a"));
        Assert.True(policy.Receives(Who("bob"), "a"));
        policy.Replace(before);
        Assert.True(policy.Receives(Who("ada"), "a"));
        policy.Replace(AclSnapshot.Open);
        Assert.False(policy.ChecksDelivery);
    }

    [Fact, Spec("Hostile-36")]
    public void What_a_publisher_may_no_longer_publish_is_no_longer_delivered()
    {
        var policy = Native("""  "Rules": [ { "Allow": "all", "Users": ["ada"], "Addresses": ["10.0.0.0/8"], "Groups": ["ops"] } ]  """);
        var stored = Who("ada");                // of a stored message only names are known

        Assert.True(policy.StillPublishes(stored, "a"));
        Assert.False(policy.StillPublishes(Who("bob"), "a"));
        Assert.False(policy.Publishes(stored, "a"));

        policy.Replace(Snapshot("""  "Rules": [ { "Deny": "publish", "Users": ["ada"] }, { "Allow": "all" } ]  """));
        Assert.False(policy.StillPublishes(stored, "a"));
    }

    [Fact]
    public void Nobody_asks_about_the_publisher_where_that_is_switched_off()
    {
        var stored = Who("ada");
        var policy = Native("""  "CheckRetainSource": false, "Rules": [ { "Allow": "all", "Users": ["bob"] } ]  """);
        var set = Native("""  "Rules": [ { "Allow": "all", "Users": ["bob"] } ], "Sets": [ { "Name": "guests", "CheckRetainSource": false, "Rules": [ { "Allow": "all", "Users": ["bob"] } ] } ]  """);

        Assert.True(policy.StillPublishes(stored, "a"));
        Assert.False(policy.Publishes(stored, "a"));
        Assert.True(set.StillPublishes(Who("ada", listener: new ListenerRules { Acl = "guests" }), "a"));
        Assert.False(set.StillPublishes(Who("ada", listener: new ListenerRules { Name = "another" }), "a"));
    }

    [Fact]
    public void A_stored_message_stays_while_the_rules_of_any_listener_let_its_publisher_publish_it()
    {
        var policy = Native("""
            "Rules": [ { "Allow": "all", "Topics": ["broker/#"] } ],
            "Sets": [ { "Name": "guests", "Rules": [ { "Allow": "publish", "Topics": ["guests/%u"] } ] } ]
            """);

        Assert.True(policy.StillPublishes(Who("ada"), "guests/ada"));
        Assert.False(policy.StillPublishes(Who("ada"), "guests/bob"));
        Assert.True(policy.StillPublishes(Who("ada"), "broker/x"));
    }

    [Fact, Spec("Hostile-38")]
    public void A_deny_in_front_holds_at_delivery_though_the_filter_is_wider()
    {
        var policy = Native("""  "Rules": [ { "Deny": "all", "Topics": ["secret/#"] }, { "Allow": "all", "Topics": ["#"] } ]  """);

        Assert.True(policy.Subscribes(Who("ada"), "#"));
        Assert.False(policy.Receives(Who("ada"), "secret"));
        Assert.False(policy.Receives(Who("ada"), "secret/a/b", qos: 2, retain: true));
        Assert.True(policy.Receives(Who("ada"), "open"));
    }

    [Fact, Spec("Hostile-39")]
    public void The_filter_behind_a_shared_subscription_is_refused_like_any_other()
    {
        var policy = Native("""  "Rules": [ { "Deny": "all", "Topics": ["secret/#"] }, { "Allow": "all", "Topics": ["#"] } ]  """);

        Assert.False(policy.Subscribes(Who("ada"), "secret/#"));
        Assert.False(policy.Subscribes(Who("ada"), "secret/+/x"));
    }

    [Theory, Spec("Hostile-43")]
    [InlineData("#", true)]
    [InlineData("+/+", true)]
    [InlineData("a/#", true)]
    [InlineData("a/b", true)]
    [InlineData("a/b/#", true)]
    [InlineData("a/b/+", false)]
    [InlineData("b/#", false)]
    [InlineData("+", false)]
    [InlineData("+/c", false)]
    [InlineData("$SYS/#", false)]
    public void A_wide_filter_is_granted_when_something_could_be_received_and_held_to_that_at_delivery(string filter, bool granted)
    {
        var policy = Native("""  "Rules": [ { "Allow": "all", "Topics": ["a/b"] } ]  """);

        Assert.Equal(granted, policy.Subscribes(Who("ada"), filter));
        Assert.True(policy.Receives(Who("ada"), "a/b"));
        Assert.False(policy.Receives(Who("ada"), "a/c"));
    }

    [Fact, Spec("Hostile-42")]
    public void A_mount_point_is_part_of_the_topic_that_is_asked_about()
    {
        var policy = Native("""  "Rules": [ { "Allow": "publish", "Topics": ["site7/%u/#"] } ]  """);

        Assert.True(policy.Publishes(Who("ada"), "site7/ada/x"));
        Assert.False(policy.Publishes(Who("ada"), "ada/x"));
    }

    [Fact]
    public void A_name_with_a_wildcard_in_a_rule_stands_for_nothing_also_when_it_subscribes()
    {
        var policy = Native("""  "Rules": [ { "Allow": "all", "Topics": ["home/%u/x"] } ]  """);

        Assert.False(policy.Subscribes(Who("+"), "home/+/x"));
        Assert.False(policy.Subscribes(Who("ada/x"), "home/ada/x"));
        Assert.False(policy.Subscribes(Who(null), "home/%u/x"));
        Assert.True(policy.Subscribes(Who("ada"), "home/+/x"));
    }

    [Fact]
    public void Many_rules_are_sorted_by_their_first_level_and_still_decide_in_order()
    {
        var rules = Enumerable.Range(0, 50).Select(i => $$"""{ "Deny": "publish", "Topics": ["t{{i}}/no"] }, { "Allow": "publish", "Topics": ["t{{i}}/#"] }""");
        var policy = Native($"\"Rules\": [ {{ \"Allow\": \"publish\", \"Topics\": [\"+/vip\"] }}, {string.Join(", ", rules)}, {{ \"Deny\": \"publish\", \"Topics\": [\"#\"] }} ]");

        for (var i = 0; i < 50; i++)
        {
            Assert.True(policy.Publishes(Who(null), $"t{i}/yes"));
            Assert.False(policy.Publishes(Who(null), $"t{i}/no"));
            Assert.True(policy.Publishes(Who(null), $"t{i}"));
            Assert.True(policy.Publishes(Who(null), $"t{i}/vip"));
        }

        Assert.False(policy.Publishes(Who(null), "t50/yes"));
    }
}
