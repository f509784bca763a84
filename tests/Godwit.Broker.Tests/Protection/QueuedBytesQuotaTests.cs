using Godwit.Broker.Protection;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests.Protection;

/// <summary>How many bytes may wait for one principal, in all its sessions.</summary>
public sealed class QueuedBytesQuotaTests
{
    /// <summary>Topic 1, payload 5, overhead 64.</summary>
    private const int CostBytes = 70;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void What_waits_in_all_sessions_of_a_user_counts_and_the_newest_is_refused(int shards)
    {
        var broker = Limited(3 * CostBytes, shards);
        var first = Away(broker, "a0", "alice", "t");
        Away(broker, "a1", "alice", "u");
        Away(broker, "b", "bob", "u");

        Publish(broker, "t", "t", "u", "u");

        Assert.Equal((3L * CostBytes, 2L * CostBytes), (QueuedOf(broker, "alice"), QueuedOf(broker, "bob")));
        Assert.Equal((1, 1), (broker.Dropped(DropReason.QueueFull), broker.Counters.Protected[(int)ProtectionReason.UserQueuedBytes]));
        Assert.Equal(2, Back(broker, first, "alice").ReceivesAllPublishes().Count);
    }

    [Fact]
    public void The_oldest_of_the_session_goes_where_that_is_the_policy()
    {
        var broker = Limited(2 * CostBytes, settings: settings => settings.OverflowPolicy = OverflowPolicy.DropOldest);
        var name = Away(broker, "a0", "alice", "t");

        Publish(broker, "t", "t", "t");

        Assert.Equal(["m-001", "m-002"], Back(broker, name, "alice").ReceivesAllPublishes().Select(publish => publish.PayloadText));
        Assert.Equal(1, broker.Dropped(DropReason.QueueFullOldest));
    }

    [Fact]
    public void A_session_does_not_lose_its_messages_because_another_has_filled_the_quota()
    {
        var broker = Limited(4 * CostBytes, settings: settings => settings.OverflowPolicy = OverflowPolicy.DropOldest);
        var small = Away(broker, "a0", "alice", "t");
        Away(broker, "a1", "alice", "u");
        Publish(broker, "t", "u", "u", "u");

        broker.Connect("p").PublishAcknowledged("t", new string('x', 3 * CostBytes), QoS.AtLeastOnce);

        Assert.Equal(["m-000"], Back(broker, small, "alice").ReceivesAllPublishes().Select(publish => publish.PayloadText));
        Assert.Equal((1, 0), (broker.Dropped(DropReason.QueueFull), broker.Dropped(DropReason.QueueFullOldest)));
    }

    [Fact]
    public void A_client_without_a_user_name_has_the_quota_for_itself()
    {
        var broker = Limited(2 * CostBytes);
        Away(broker, "x", null, "t");
        Away(broker, "y", null, "t");

        Publish(broker, "t", "t", "t");

        Assert.Equal((4, 2), (broker.Counters.Queued, broker.Counters.Protected[(int)ProtectionReason.UserQueuedBytes]));
    }

    [Fact]
    public void Messages_in_a_run_are_judged_as_single_ones_are()
    {
        var broker = Limited(3 * CostBytes);
        var reader = broker.Connect("a", userName: "alice").Subscribe("t", QoS.AtLeastOnce);
        var publisher = broker.Connect("p");

        publisher.SendBytes(Convert.FromHexString(string.Concat(Enumerable.Range(1, 5).Select(id => $"320B000174{id:X4}006D2D303030"))));

        Assert.Equal(3, reader.ReceivesAllPublishes().Count);
        Assert.Equal(3L * CostBytes, QueuedOf(broker, "alice"));
        Assert.Equal(2, broker.Counters.Protected[(int)ProtectionReason.UserQueuedBytes]);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 0)]
    [InlineData(CostBytes, 1)]
    [InlineData(long.MaxValue, 3)]
    public void Nought_is_no_quota_and_the_largest_is_none_either(long quota, int queued)
    {
        var broker = Limited(quota);
        Away(broker, "a", "alice", "t");

        Publish(broker, "t", "t", "t");

        Assert.Equal(queued, broker.Counters.Queued);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_a_restart_everything_counts_again(bool isSetBefore)
    {
        var broker = new BrokerHarness(shards: 2, log: new TestLog());
        broker.Core.Quotas = isSetBefore ? new UserQuotas { QueuedBytesMax = 2 * CostBytes } : null;
        var name = Away(broker, "a0", "alice", "t");
        Away(broker, "a1", "alice", "u");
        Publish(broker, "t", "u");

        broker = broker.Restart();
        broker.Core.Quotas = new UserQuotas { QueuedBytesMax = 2 * CostBytes };
        broker.Run();
        Assert.Equal(2L * CostBytes, QueuedOf(broker, "alice"));
        Publish(broker, "t");
        Assert.Equal(1, broker.Dropped(DropReason.QueueFull));
        var client = Back(broker, name, "alice");
        client.Puback(client.ReceivesPublish().PacketId);

        Publish(broker, "u");

        Assert.Equal((2L * CostBytes, 2), (QueuedOf(broker, "alice"), broker.Counters.Queued));
    }

    [Fact]
    public void A_takeover_changes_nothing_and_an_owner_takes_what_waits()
    {
        var broker = Limited(10 * CostBytes);
        Away(broker, "a", null, "t");
        Publish(broker, "t", "t");
        Assert.Equal(0, broker.Core.Users.Count);

        broker.Connect("a", cleanStart: false, userName: "alice", properties: TestProperties.Expiry(1000));
        Assert.Equal(2L * CostBytes, QueuedOf(broker, "alice"));
        var client = broker.Connect("a", cleanStart: false, userName: "alice", properties: TestProperties.Expiry(1000));

        Assert.Equal(2L * CostBytes, QueuedOf(broker, "alice"));
        foreach (var publish in client.ReceivesAllPublishes())
        {
            client.Puback(publish.PacketId);
        }

        Assert.Equal(0, QueuedOf(broker, "alice"));
    }

    [Fact]
    public void Report_only_counts_and_refuses_nothing()
    {
        var broker = new BrokerHarness();
        broker.Core.Quotas = new UserQuotas { QueuedBytesMax = CostBytes, IsReportOnly = true };
        var reader = broker.Connect("a", userName: "alice").Subscribe("t", QoS.AtLeastOnce);

        broker.Connect("p").SendBytes(Convert.FromHexString(string.Concat(Enumerable.Range(1, 5).Select(id => $"320B000174{id:X4}006D2D303030"))));

        Assert.Equal(5, reader.ReceivesAllPublishes().Count);
        Assert.Equal((4, 0), (broker.Counters.Protected[(int)ProtectionReason.UserQueuedBytes], broker.Counters.Dropped.Sum()));
    }

    /// <summary>Whatever becomes of messages and sessions, each user has what its sessions hold; and when all have gone, nothing is left.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Usage_is_the_sum_of_the_sessions_and_comes_back_to_nought(int seed)
    {
        var random = new Random(seed);
        var broker = new BrokerHarness(shards: 2, log: new TestLog());
        var quotas = new UserQuotas { QueuedBytesMax = 20 * CostBytes };
        broker.Core.Quotas = quotas;
        for (var step = 0; step < 400; step++)
        {
            var user = $"u{random.Next(2)}";
            var client = $"{user}-{random.Next(3)}";
            switch (random.Next(10))
            {
                case 0:
                    broker = broker.Restart(keepWritten: true);
                    broker.Core.Quotas = quotas;
                    break;

                case 1:
                    broker.Advance(TimeSpan.FromSeconds(random.Next(1, 40)));
                    break;

                case 2:
                    broker.Core.Quotas = random.Next(2) == 0 ? null : quotas;
                    broker.Core.Quotas = quotas;
                    break;

                case 3 or 4:
                    var back = broker.Connect(client, cleanStart: random.Next(6) == 0, userName: user, properties: TestProperties.Expiry((uint)random.Next(10, 60)));
                    back.SendSubscribe([("t/#", (byte)random.Next(1, 3))]);
                    back.ReceivesAll().Where(packet => packet.Type == PacketType.Publish).Where(publish => publish.QoS == QoS.AtLeastOnce && random.Next(3) > 0).ToList().ForEach(publish => back.Puback(publish.PacketId));
                    break;

                default:
                    var expiry = new TestProperties().Add(PropertyId.MessageExpiryInterval, (uint)random.Next(1, 50));
                    broker.Connect("p").PublishAcknowledged("t/1", new string('x', random.Next(200)), (QoS)random.Next(1, 3), properties: expiry);
                    break;
            }

            broker.Run();
            Assert.Equal(SumOf(broker, "u0"), QueuedOf(broker, "u0"));
            Assert.Equal(SumOf(broker, "u1"), QueuedOf(broker, "u1"));
            Assert.InRange(QueuedOf(broker, "u0"), 0, quotas.QueuedBytesMax);
        }

        broker.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 6; i++)
        {
            broker.Connect($"u{i % 2}-{i / 2}", userName: $"u{i % 2}").Disconnect();
        }

        Assert.Equal(0, broker.Core.Users.Count);
    }

    private static long SumOf(BrokerHarness broker, string user) =>
        broker.Core.Shards.Sum(shard => shard.Sessions.All.Where(session => session.UserName == user).Sum(session => session.QueueBytes));

    private static long QueuedOf(BrokerHarness broker, string user) => broker.Core.Users.Find(user)?.QueuedBytes ?? 0;

    private static string Away(BrokerHarness broker, string clientId, string? user, string topic)
    {
        broker.Connect(clientId, cleanStart: false, userName: user, properties: TestProperties.Expiry(1000)).Subscribe(topic, QoS.AtLeastOnce).DropConnection();
        return clientId;
    }

    private static TestClient Back(BrokerHarness broker, string clientId, string user) =>
        broker.Connect(clientId, cleanStart: false, userName: user, properties: TestProperties.Expiry(1000));

    private static void Publish(BrokerHarness broker, params string[] topics)
    {
        var publisher = broker.Connect("p");
        for (var i = 0; i < topics.Length; i++)
        {
            publisher.PublishAcknowledged(topics[i], $"m-{i:D3}", QoS.AtLeastOnce);
        }
    }

    private static BrokerHarness Limited(long bytes, int shards = 1, Action<BrokerSettings>? settings = null)
    {
        var broker = new BrokerHarness(shards, settings: settings);
        broker.Core.Quotas = new UserQuotas { QueuedBytesMax = bytes };
        return broker;
    }
}
