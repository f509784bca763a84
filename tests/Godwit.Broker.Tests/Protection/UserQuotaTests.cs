using Godwit.Broker.Protection;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Protection;

/// <summary>What one user may have, in whatever shards its sessions are.</summary>
public sealed class UserQuotaTests
{
    private const int Version3ServerUnavailable = 3;

    [Theory]
    [InlineData(ProtocolVersion.Mqtt5, (int)ConnackReasonCode.QuotaExceeded)]
    [InlineData(ProtocolVersion.Mqtt311, Version3ServerUnavailable)]
    public void A_user_has_so_many_sessions_and_others_have_theirs(ProtocolVersion version, int code)
    {
        var broker = Limited(new UserQuotas { SessionsMax = 2 });
        var first = broker.Connect("a0", version, userName: "alice");
        broker.Connect("a1", version, cleanStart: false, userName: "alice", properties: version == ProtocolVersion.Mqtt5 ? TestProperties.Expiry(100) : null).DropConnection();

        Assert.Equal(code, broker.ConnectIsRefused("a2", version, userName: "alice").ReasonCode);
        Assert.Equal(1, broker.Counters.Protected[(int)ProtectionReason.UserSessions]);
        broker.Connect("a1", version, cleanStart: false, userName: "alice");        // its own session needs no room
        broker.Connect("b", version, userName: "bob");
        broker.Connect("c", version);
        broker.Connect("d", version);

        first.Disconnect();
        broker.Connect("a2", version, userName: "alice");
    }

    [Fact]
    public void A_user_has_so_many_subscriptions_in_all_its_sessions()
    {
        var broker = Limited(new UserQuotas { SubscriptionsMax = 3 });
        var first = broker.Connect("a0", userName: "alice").Subscribe("t/1").Subscribe("t/2");
        var second = broker.Connect("a1", userName: "alice").Subscribe("t/1");

        Assert.Equal((byte)SubackReasonCode.QuotaExceeded, second.SubscribeRaw([("t/2", 0)]).Codes[0]);
        Assert.Equal(0x80, broker.Connect("a3", ProtocolVersion.Mqtt311, userName: "alice").SubscribeRaw([("t/2", 0)]).Codes[0]);
        Assert.Equal(2, broker.Counters.Protected[(int)ProtectionReason.UserSubscriptions]);
        second.Subscribe("t/1", QoS.AtLeastOnce);               // replaced, not added
        broker.Connect("c").Subscribe("t/1").Subscribe("t/2").Subscribe("t/3").Subscribe("t/4");

        first.Unsubscribe("t/1", "t/3");
        second.Subscribe("t/2");
        first.Disconnect();                                     // its session ends, and what it had left
        second.Subscribe("t/3");
        Assert.Equal((byte)SubackReasonCode.QuotaExceeded, second.SubscribeRaw([("t/4", 0)]).Codes[0]);
    }

    [Fact]
    public void A_session_that_gets_an_owner_counts_from_then_on()
    {
        var broker = Limited(new UserQuotas { SessionsMax = 1, SubscriptionsMax = 2 });
        var nobody = broker.Persistent("a").Subscribe("t/1").Subscribe("t/2");
        nobody.DropConnection();

        var alice = broker.Connect("a", cleanStart: false, userName: "alice");

        Assert.Equal((byte)SubackReasonCode.QuotaExceeded, alice.SubscribeRaw([("t/3", 0)]).Codes[0]);
        Assert.Equal((int)ConnackReasonCode.QuotaExceeded, broker.ConnectIsRefused("b", userName: "alice").ReasonCode);
    }

    [Fact]
    public void After_a_restart_everything_counts_again()
    {
        var broker = new BrokerHarness(shards: 2, log: new TestLog());
        broker.Connect("a", cleanStart: false, userName: "alice", properties: TestProperties.Expiry(1000)).Subscribe("t/1").Subscribe("t/2");
        broker = broker.Restart();
        broker.Core.Quotas = new UserQuotas { SessionsMax = 1, SubscriptionsMax = 2 };

        Assert.Equal((int)ConnackReasonCode.QuotaExceeded, broker.ConnectIsRefused("b", userName: "alice").ReasonCode);
        var alice = broker.Connect("a", cleanStart: false, userName: "alice");
        Assert.Equal((byte)SubackReasonCode.QuotaExceeded, alice.SubscribeRaw([("t/3", 0)]).Codes[0]);
    }

    [Fact, Spec("Hostile-20")]
    public void Nothing_is_left_of_users_whose_sessions_have_ended()
    {
        var broker = Limited(new UserQuotas { SessionsMax = 10, SubscriptionsMax = 10 });

        for (var i = 0; i < 1_000; i++)
        {
            broker.Connect($"c{i}", userName: $"user{i % 7}").Subscribe("t").Disconnect();
        }

        Assert.Equal(0, broker.Core.Users.Count);
        Assert.Equal(0, broker.Counters.Protected.Sum());
    }

    [Fact]
    public void Report_only_counts_and_refuses_nothing()
    {
        var broker = Limited(new UserQuotas { SessionsMax = 1, SubscriptionsMax = 1, IsReportOnly = true });

        broker.Connect("a", userName: "alice").Subscribe("t/1").Subscribe("t/2");
        broker.Connect("b", userName: "alice");

        Assert.Equal(1, broker.Counters.Protected[(int)ProtectionReason.UserSessions]);
        Assert.Equal(1, broker.Counters.Protected[(int)ProtectionReason.UserSubscriptions]);
    }

    private static BrokerHarness Limited(UserQuotas quotas)
    {
        var broker = new BrokerHarness(shards: 2);
        broker.Core.Quotas = quotas;
        return broker;
    }
}
