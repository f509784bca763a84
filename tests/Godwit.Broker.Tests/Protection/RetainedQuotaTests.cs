using Godwit.Broker.Protection;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Protection;

/// <summary>How many retained messages one principal may have published.</summary>
public sealed class RetainedQuotaTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_message_beyond_the_quota_is_refused_with_0x97_and_nothing_of_it_is_delivered(int shards)
    {
        var broker = Limited(2, shards);
        var watcher = broker.Connect("watcher").Subscribe("#");
        var alice = broker.Connect("a", userName: "alice");
        alice.PublishAcknowledged("t/1", "m", QoS.AtLeastOnce, retain: true);
        broker.Connect("a2", userName: "alice").PublishAcknowledged("t/2", "m", QoS.ExactlyOnce, retain: true);     // the same principal

        alice.Publish("t/3", "m", QoS.AtLeastOnce, retain: true, packetId: 9);
        Assert.Equal((int)PubackReasonCode.QuotaExceeded, alice.Receives(PacketType.Puback).ReasonCode);
        alice.Publish("t/3", "m", QoS.ExactlyOnce, retain: true, packetId: 9);
        Assert.Equal((int)PubrecReasonCode.QuotaExceeded, alice.Receives(PacketType.Pubrec).ReasonCode);
        alice.Publish("t/3", "m", retain: true);
        alice.PublishAcknowledged("t/3", "not retained", QoS.AtLeastOnce);
        broker.Connect("b", userName: "bob").PublishAcknowledged("t/4", "m", QoS.AtLeastOnce, retain: true);

        Assert.Equal(["t/1", "t/2", "t/3", "t/4"], watcher.ReceivesAllPublishes().Select(publish => publish.Topic));
        Assert.Equal(3, broker.Core.RetainedCount);
        Assert.Equal(3, broker.Counters.Protected[(int)ProtectionReason.UserRetained]);
        Assert.Equal(3, broker.Dropped(DropReason.UserRetainedLimit));
    }

    [Theory]
    [InlineData(ProtocolVersion.Mqtt31, QoS.AtLeastOnce)]
    [InlineData(ProtocolVersion.Mqtt311, QoS.AtMostOnce)]
    [InlineData(ProtocolVersion.Mqtt311, QoS.AtLeastOnce)]
    [InlineData(ProtocolVersion.Mqtt311, QoS.ExactlyOnce)]
    public void Version_3_gets_its_acknowledgement_and_the_message_is_dropped(ProtocolVersion version, QoS qos)
    {
        var broker = Limited(1);
        var watcher = broker.Connect("watcher").Subscribe("#");
        var alice = broker.Connect("a", version, userName: "alice");

        alice.PublishAcknowledged("t/1", "m", qos, retain: true);
        alice.PublishAcknowledged("t/2", "m", qos, retain: true);

        Assert.Equal(["t/1"], watcher.ReceivesAllPublishes().Select(publish => publish.Topic));
        Assert.Equal(["t/1"], broker.Connect("late").Subscribe("#").ReceivesAllPublishes().Select(publish => publish.Topic));
    }

    [Fact]
    public void Its_own_message_may_be_replaced_and_cleared_at_any_time()
    {
        var broker = Limited(1);
        var alice = broker.Connect("a", userName: "alice");
        alice.PublishAcknowledged("t/1", "first", QoS.AtLeastOnce, retain: true);

        alice.PublishAcknowledged("t/1", "second", QoS.AtLeastOnce, retain: true);
        Assert.Equal("second", broker.Connect("late").Subscribe("#").ReceivesPublish().PayloadText);
        alice.PublishAcknowledged("t/1", "", QoS.AtLeastOnce, retain: true);
        alice.PublishAcknowledged("t/2", "m", QoS.AtLeastOnce, retain: true);

        Assert.Equal(0, broker.Counters.Protected.Sum());
    }

    [Fact]
    public void Who_replaces_the_message_of_another_has_it_from_then_on()
    {
        var broker = Limited(1);
        var alice = broker.Connect("a", userName: "alice");
        var bob = broker.Connect("b", userName: "bob");
        alice.PublishAcknowledged("t/1", "m", QoS.AtLeastOnce, retain: true);
        bob.PublishAcknowledged("t/1", "m", QoS.AtLeastOnce, retain: true);

        alice.PublishAcknowledged("t/2", "m", QoS.AtLeastOnce, retain: true);
        bob.Publish("t/2", "m", QoS.AtLeastOnce, retain: true);

        Assert.Equal((int)PubackReasonCode.QuotaExceeded, bob.Receives(PacketType.Puback).ReasonCode);
        Assert.Equal((1, 1), (CountOf(broker, "alice"), CountOf(broker, "bob")));
    }

    [Fact]
    public void Anonymous_clients_count_by_client_identifier_and_not_with_a_user_of_that_name()
    {
        var broker = Limited(1);
        broker.Connect("x").PublishAcknowledged("t/1", "m", QoS.AtLeastOnce, retain: true);
        broker.Connect("y").PublishAcknowledged("t/2", "m", QoS.AtLeastOnce, retain: true);
        broker.Connect("z", userName: "x").PublishAcknowledged("t/3", "m", QoS.AtLeastOnce, retain: true);

        broker.Connect("y").Publish("t/4", "m", retain: true);

        Assert.Equal(3, broker.Core.RetainedCount);
    }

    [Fact]
    public void A_will_beyond_the_quota_is_dropped_and_does_not_come_back_with_a_restart()
    {
        var broker = new BrokerHarness(log: new TestLog());
        broker.Core.Quotas = new UserQuotas { RetainedMax = 1 };
        var watcher = broker.Connect("watcher").Subscribe("#");
        var alice = broker.Connect("a", userName: "alice", will: new TestWill("t/2", "gone", QoS.AtLeastOnce, Retain: true));
        alice.PublishAcknowledged("t/1", "m", QoS.AtLeastOnce, retain: true);

        alice.DropConnection();
        broker.Run();

        Assert.Equal(["t/1"], watcher.ReceivesAllPublishes().Select(publish => publish.Topic));
        Assert.Equal(["t/1"], broker.Restart().Connect("late").Subscribe("#").ReceivesAllPublishes().Select(publish => publish.Topic));
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 1)]
    [InlineData(int.MaxValue, 5)]
    public void Nought_is_no_quota_and_the_largest_is_none_either(int quota, int stored)
    {
        var broker = Limited(quota);
        var alice = broker.Connect("a", userName: "alice");

        for (var i = 0; i < 5; i++)
        {
            alice.Publish($"t/{i}", "m", retain: true);
        }

        Assert.Equal(stored, broker.Core.RetainedCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_a_restart_everything_counts_again(bool isSetBefore)
    {
        var broker = new BrokerHarness(shards: 2, log: new TestLog());
        broker.Core.Quotas = isSetBefore ? new UserQuotas { RetainedMax = 2 } : null;
        broker.Connect("a", userName: "alice").PublishAcknowledged("t/1", "m", QoS.AtLeastOnce, retain: true).PublishAcknowledged("t/2", "m", QoS.AtLeastOnce, retain: true);
        broker.Connect("x").PublishAcknowledged("t/3", "m", QoS.AtLeastOnce, retain: true);

        broker = broker.Restart();
        broker.Core.Quotas = new UserQuotas { RetainedMax = 2 };

        Assert.Equal((2, 1), (CountOf(broker, "alice"), broker.Core.Tree.RetainedCountOf(new Principal("x", IsUser: false))));
        var alice = broker.Connect("a", userName: "alice");
        alice.Publish("t/4", "m", QoS.AtLeastOnce, retain: true);
        Assert.Equal((int)PubackReasonCode.QuotaExceeded, alice.Receives(PacketType.Puback).ReasonCode);
    }

    [Fact]
    public void A_quota_that_is_set_later_counts_what_is_there_and_one_that_goes_is_forgotten()
    {
        var broker = new BrokerHarness(settings: settings => settings.SysIntervalSeconds = 10);
        broker.Advance(TimeSpan.FromSeconds(10));                   // $SYS belongs to nobody
        var alice = broker.Connect("a", userName: "alice");
        alice.Publish("t/1", "m", retain: true);
        alice.Publish("t/1/2", "m", retain: true);

        broker.Core.Quotas = new UserQuotas { RetainedMax = 1 };
        alice.Publish("t/3", "m", retain: true);
        Assert.Equal((2, 2), (broker.Core.RetainedCount, CountOf(broker, "alice")));
        alice.Publish("t/1", "replaced", retain: true);             // also beyond the quota
        broker.Core.Quotas = null;
        alice.Publish("t/3", "m", retain: true);

        Assert.Equal((3, 0), (broker.Core.RetainedCount, broker.Core.Tree.RetainedOwnerCount));
    }

    [Fact]
    public void Report_only_counts_and_refuses_nothing()
    {
        var broker = new BrokerHarness();
        broker.Core.Quotas = new UserQuotas { RetainedMax = 1, IsReportOnly = true };
        var alice = broker.Connect("a", userName: "alice");

        alice.PublishAcknowledged("t/1", "m", QoS.AtLeastOnce, retain: true).PublishAcknowledged("t/2", "m", QoS.AtLeastOnce, retain: true);

        Assert.Equal((2, 2), (broker.Core.RetainedCount, CountOf(broker, "alice")));
        Assert.Equal((1, 0), (broker.Counters.Protected[(int)ProtectionReason.UserRetained], broker.Dropped(DropReason.UserRetainedLimit)));
    }

    /// <summary>Whatever becomes of messages, a map of topics to owners counts the same; and when all have gone, nothing is left.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Counts_are_those_of_a_model_and_come_back_to_nought(int seed)
    {
        const int Quota = 4;
        var random = new Random(seed);
        var broker = new BrokerHarness(shards: 2, log: new TestLog());
        broker.Core.Quotas = new UserQuotas { RetainedMax = Quota };
        var model = new Dictionary<string, (string Owner, long UntilMs)>();
        for (var step = 0; step < 600; step++)
        {
            var owner = $"u{random.Next(3)}";
            var topic = $"t/{random.Next(5)}/{random.Next(3)}";
            switch (random.Next(12))
            {
                case 0:
                    broker = broker.Restart(keepWritten: true);
                    broker.Core.Quotas = new UserQuotas { RetainedMax = Quota };
                    break;

                case 1:
                    broker.Advance(TimeSpan.FromSeconds(random.Next(1, 20)));
                    break;

                case 2 or 3:
                    Publisher(broker, owner, random).PublishAcknowledged(topic, "", QoS.AtLeastOnce, retain: true);
                    model.Remove(topic);
                    break;

                default:
                    var seconds = random.Next(2) == 0 ? random.Next(1, 30) : 0;
                    var properties = seconds == 0 ? null : new TestProperties().Add(PropertyId.MessageExpiryInterval, (uint)seconds);
                    var publisher = Publisher(broker, owner, random);
                    publisher.Publish(topic, "m", QoS.AtLeastOnce, retain: true, properties: properties);
                    var mayHave = (model.TryGetValue(topic, out var old) && old.Owner == owner) || model.Values.Count(entry => entry.Owner == owner) < Quota;
                    Assert.Equal(!mayHave, publisher.Receives(PacketType.Puback).ReasonCode == (int)PubackReasonCode.QuotaExceeded);
                    if (mayHave)
                    {
                        model[topic] = (owner, seconds == 0 ? long.MaxValue : broker.NowMs + (seconds * 1000L));
                    }

                    break;
            }

            foreach (var (expired, _) in model.Where(entry => entry.Value.UntilMs <= broker.NowMs).ToList())
            {
                model.Remove(expired);
            }

            broker.Run();
            Assert.Equal(
                Enumerable.Range(0, 3).Select(user => model.Values.Count(entry => entry.Owner == $"u{user}")),
                Enumerable.Range(0, 3).Select(user => CountOf(broker, $"u{user}")));
        }

        foreach (var topic in model.Keys)
        {
            Publisher(broker, "u0", random).PublishAcknowledged(topic, "", QoS.AtLeastOnce, retain: true);
        }

        Assert.Equal(0, broker.Core.Tree.RetainedOwnerCount);
    }

    /// <summary>Also by takeover of an older connection.</summary>
    private static TestClient Publisher(BrokerHarness broker, string user, Random random) =>
        broker.Connect($"{user}-{random.Next(2)}", userName: user);

    private static int CountOf(BrokerHarness broker, string user) => broker.Core.Tree.RetainedCountOf(new Principal(user, IsUser: true));

    private static BrokerHarness Limited(int retained, int shards = 1)
    {
        var broker = new BrokerHarness(shards);
        broker.Core.Quotas = new UserQuotas { RetainedMax = retained };
        return broker;
    }
}
