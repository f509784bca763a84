using Godwit.Server.Security.Acl;

namespace Godwit.Server.Tests.Acl;

using static AclAsking;

/// <summary>Rules on trial: what they would deny is counted and reported, not denied.</summary>
public sealed class AclTrialTests
{
    [Fact]
    public void A_set_on_trial_denies_nothing_and_counts_by_rule_what_it_would_deny()
    {
        var reports = new List<AclReport>();
        var snapshot = Snapshot("""
            "ReportOnly": true,
            "Rules": [ { "Deny": "all", "Topics": ["secret/#"] }, { "Allow": "all", "Topics": ["open"] } ]
            """);
        var policy = new AclPolicy(snapshot, report: reports.Add);

        Assert.True(policy.Receives(Who("ada", address: "10.0.0.1"), "secret/x"));
        Assert.True(policy.Publishes(Who("ada"), "secret/y"));
        Assert.True(policy.Subscribes(Who("bob"), "secret/#"));
        Assert.True(policy.Publishes(Who("bob"), "elsewhere"));
        Assert.True(policy.Publishes(Who("bob"), "open"));
        Assert.False(policy.Publishes(Who("bob"), "$SYS/x"));

        Assert.Equal(3, snapshot.Rules.First().WouldDeny);
        Assert.Equal(1, snapshot.Broker.WouldDeny);
        Assert.Equal(["ada secret/x godwit.json:2: deny all secret/#", "bob secret/# godwit.json:2: deny all secret/#", "bob elsewhere no rule allows it"], reports.Select(report => $"{report.UserName} {report.Topic} {report.Reason}"));
        Assert.Equal("10.0.0.1", reports[0].Address!.ToString());
    }

    [Fact]
    public void One_rule_on_trial_leaves_the_decision_to_the_rules_behind_it()
    {
        var snapshot = Snapshot("""
            "Rules": [
              { "Deny": "all", "Topics": ["a/#"], "ReportOnly": true },
              { "Deny": "all", "Topics": ["a/secret"] },
              { "Allow": "all", "Topics": ["a/#"] },
            ]
            """);
        var policy = new AclPolicy(snapshot);

        Assert.True(policy.Publishes(Who("ada"), "a/b"));
        Assert.True(policy.Subscribes(Who("ada"), "a/#"));
        Assert.False(policy.Publishes(Who("ada"), "a/secret"));
        Assert.Equal(2, snapshot.Rules.First().WouldDeny);
    }

    [Fact]
    public void One_rule_one_user_and_one_minute_make_one_line()
    {
        var reports = new List<AclReport>();
        var time = new ManualTime();
        var policy = new AclPolicy(Snapshot("""  "ReportOnly": true, "Rules": [ { "Deny": "all", "Topics": ["a"] } ]  """), time, reports.Add);

        for (var i = 0; i < 5; i++)
        {
            policy.Publishes(Who("ada"), "a");
            policy.Publishes(Who("bob"), "a");
        }

        Assert.Equal(2, reports.Count);
        time.Seconds += 61;
        policy.Publishes(Who("ada"), "a");
        Assert.Equal(3, reports.Count);
    }

    private sealed class ManualTime : TimeProvider
    {
        public long Seconds { get; set; } = 1000;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
