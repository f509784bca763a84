using Godwit.Broker.Security;
using Godwit.Server.Security.Acl;

namespace Godwit.Server.Tests.Acl;

using static AclAsking;

/// <summary>Topics that a login brings with it.</summary>
public sealed class TopicRightsTests
{
    [Fact]
    public void Without_rules_a_login_with_topics_has_these_and_no_others()
    {
        var policy = Native("");
        var ada = Who("ada", "c1", rights: Rights(["out/%u/#"], ["in/%c"]));

        Assert.True(policy.Publishes(ada, "out/ada/x"));
        Assert.False(policy.Publishes(ada, "in/c1"));
        Assert.True(policy.Subscribes(ada, "in/#"));
        Assert.False(policy.Subscribes(ada, "out/#"));
        Assert.True(policy.Receives(ada, "in/c1"));
        Assert.False(policy.Receives(ada, "in/c2"));
        Assert.True(policy.Publishes(Who("bob"), "anything"));
        Assert.False(policy.Publishes(Who("bob", rights: TopicRights.None), "anything"));
    }

    [Fact]
    public void Rules_are_asked_first_and_the_topics_of_the_login_where_none_decides()
    {
        var policy = Native("""  "Rules": [ { "Deny": "all", "Topics": ["x/secret"] }, { "Allow": "read", "Topics": ["news"] } ]  """);
        var ada = Who("ada", rights: Rights(["x/#"], ["x/#"]));

        Assert.True(policy.Publishes(ada, "x/a"));
        Assert.False(policy.Publishes(ada, "x/secret"));
        Assert.True(policy.Receives(ada, "news"));
        Assert.True(policy.Subscribes(ada, "x/+"));
        Assert.False(policy.Subscribes(ada, "x/secret"));
        Assert.False(policy.Publishes(Who("bob"), "x/a"));
    }

    [Fact]
    public void What_was_published_by_the_rights_of_a_login_stays_deliverable_until_a_rule_denies_it()
    {
        var policy = Native("""  "Rules": [ { "Deny": "all", "Topics": ["x/secret"] }, { "Allow": "all", "Users": ["bob"], "Topics": ["x/bob"] } ]  """);
        var stored = new Subject("c1", new Identity { UserName = "ada" });
        Assert.False(policy.StillPublishes(stored, "x/a"));

        policy.LoginsHaveRights = true;

        Assert.True(policy.StillPublishes(stored, "x/a"));
        Assert.False(policy.StillPublishes(stored, "x/secret"));
    }

    [Fact]
    public void Deliveries_are_checked_as_soon_as_logins_may_have_topics()
    {
        var policy = Native("");
        Assert.False(policy.ChecksDelivery);

        policy.LoginsHaveRights = true;
        Assert.True(policy.ChecksDelivery);
        policy.Replace(AclSnapshot.Open);
        Assert.True(policy.ChecksDelivery);
    }

    [Fact]
    public void A_filter_that_is_not_valid_makes_no_rights_at_all()
    {
        Assert.False(TopicRights.TryCreate(["a", "b/#/c"], [], out var rights, out var error));
        Assert.Contains("'b/#/c'", error);
        Assert.Same(TopicRights.None, rights);
    }

    private static TopicRights Rights(string[] publish, string[] read)
    {
        Assert.True(TopicRights.TryCreate(publish, read, out var rights, out var error), error);
        Assert.Equal(publish, rights.Publish);
        Assert.Equal(read, rights.Read);
        return rights;
    }
}
