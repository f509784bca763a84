using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Server.Security.Authorization;

namespace Godwit.Server.Tests.Authorization;

/// <summary>Rows of a database: which one is about a topic or a filter.</summary>
public sealed class AuthorizationRowsTests
{
    [Theory]
    [InlineData("a/#", "publish", "a/b", true)]
    [InlineData("a/#", "publish", "b", null)]
    [InlineData("home/%u/#", "publish", "home/alice/x", true)]
    [InlineData("dev/%c", "publish", "dev/c1", true)]
    [InlineData("a/#", "subscribe", "a/#", true)]
    [InlineData("a/#", "subscribe", "a/b/+", true)]
    [InlineData("a/#", "subscribe", "a", true)]
    [InlineData("a/+", "subscribe", "a/+", true)]
    [InlineData("a/+", "subscribe", "a/b", true)]
    [InlineData("a/+", "subscribe", "a/#", null)]
    [InlineData("a/b", "subscribe", "a/+", null)]
    [InlineData("a/b", "subscribe", "#", null)]
    [InlineData("a/#", "subscribe", "#", null)]
    [InlineData("a/+/#", "subscribe", "a/#", null)]
    [InlineData("#", "subscribe", "#", true)]
    [InlineData("#", "subscribe", "$SYS/#", null)]
    [InlineData("$SYS/#", "subscribe", "$SYS/broker/+", true)]
    [InlineData("home/%u/#", "subscribe", "home/alice/+", true)]
    [InlineData("home/%u/#", "subscribe", "home/+/x", null)]
    public void A_row_that_allows_has_all_of_what_is_asked_about(string row, string action, string topic, bool? expected) =>
        Assert.Equal(expected, Decide([(row, null, null)], action, topic).IsAllowed);

    [Theory]
    [InlineData("+", "home/+/x")]
    [InlineData("#", "home/#")]
    public void A_name_is_never_a_wildcard(string user, string filter) =>
        Assert.Null(Decide([("home/%u/x", null, null), ("home/%u", null, null)], "subscribe", filter, user).IsAllowed);

    [Theory]
    [InlineData("a/b", "publish", "a/b")]
    [InlineData("a/b", "subscribe", "a/+")]
    [InlineData("a/b", "subscribe", "#")]
    [InlineData("a/#", "subscribe", "+/x")]
    public void A_row_that_denies_has_any_of_it(string row, string action, string topic) =>
        Assert.False(Decide([(row, "all", "deny"), ("#", "all", "allow")], action, topic).IsAllowed);

    [Fact]
    public void The_first_row_decides_and_its_action_counts()
    {
        Assert.True(Decide([("a", "publish", "allow"), ("a", "all", "deny")], "publish", "a").IsAllowed);
        Assert.False(Decide([("a", "publish", "allow"), ("a", "all", "deny")], "subscribe", "a").IsAllowed);
        Assert.Null(Decide([("a", "subscribe", null)], "publish", "a").IsAllowed);
        Assert.Equal("db: allow a/+", Decide([("b", null, null), ("a/+", "all", null)], "publish", "a/x").Reason);
    }

    [Theory]
    [InlineData("a/#/b", "all", "allow")]
    [InlineData("a", "write", "allow")]
    [InlineData("a", "all", "yes")]
    [InlineData("$share/g/a", "all", "allow")]
    public void A_row_that_cannot_be_understood_makes_all_of_them_worthless(string filter, string action, string permission)
    {
        Assert.True(Decide([("t", "all", "allow"), (filter, action, permission)], "publish", "t").IsFailure);
        Assert.True(Decide([(filter, action, permission), ("t", "all", "allow")], "publish", "t").IsFailure);
    }

    private static AuthorizationVerdict Decide((string, string?, string?)[] rows, string action, string topic, string user = "alice") => AuthorizationRows.Decide(
        rows,
        new AuthorizationRequest("c1", user, [], Address: null, Listener: null, action == "publish" ? AccessAction.Publish : AccessAction.Subscribe, topic, QoS.AtMostOnce, Retain: false),
        "db");
}
