using Godwit.Broker.Log;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;

namespace Godwit.Broker.Tests.Durability;

/// <summary>What SUBACK has promised of retained messages comes also when the broker dies before all of it is in the queue, and comes once.</summary>
[Spec("MQTT-3.3.1-9", "MQTT3-3.3.1-6", "Trap-94")]
public sealed class RecoveredSearchTests
{
    /// <summary>More than what is looked for at once.</summary>
    private const int Count = 2500;

    private const int CommitsMax = 10;

    [Theory]
    [InlineData(QoS.AtLeastOnce, 1, 0)]
    [InlineData(QoS.AtLeastOnce, 3, 700)]
    [InlineData(QoS.ExactlyOnce, 1, 0)]
    [InlineData(QoS.ExactlyOnce, 1, 700)]
    [InlineData(QoS.ExactlyOnce, 3, 1700)]
    public void All_retained_messages_come_once_although_the_broker_died_in_the_middle(QoS qos, int shards, int acknowledged)
    {
        var broker = WithRetained(shards, Count, QoS.ExactlyOnce);
        var client = broker.Persistent("client", receiveMaximum: 1).Subscribe("r/#", qos);
        var received = Take(client, acknowledged);
        Assert.InRange(broker.Log!.State().Queue.Count, 1, 1010);

        broker = broker.Restart();
        received.AddRange(Take(broker.Persistent("client", receiveMaximum: 1), 100));
        broker = broker.Restart().Restart();
        received.AddRange(Take(broker.Persistent("client"), Count));

        Assert.Equal(Topics(Count), received.Order());
        Assert.Equal(0, broker.Counters.Dropped.Sum());
        Assert.Single(broker.Log!.State().Puts);                // the subscription; what was noted of the search is over with it
        Assert.Empty(broker.Log.State().Queue);
    }

    /// <summary>Of everything that becomes durable bit by bit: a crash behind any of it loses nothing and doubles nothing.</summary>
    [Theory, Spec("MQTT-4.3.3-2")]
    [InlineData(1)]
    [InlineData(3)]
    public void A_crash_at_any_moment_of_a_search_loses_nothing_and_doubles_nothing(int shards)
    {
        var counts = Enumerable.Range(0, CommitsMax).Select(commits => CrashAfter(commits, shards, isBusy: false)).ToList();

        Assert.Equal((0, Count), (counts[0], counts[^1]));
        Assert.Contains(counts, count => count is > 0 and < Count);
    }

    /// <summary>The same while other messages of the shard wait for another one, so that what is written waits behind them.</summary>
    [Fact, Spec("MQTT-4.3.3-2")]
    public void A_crash_behind_messages_that_wait_for_another_shard_loses_nothing_and_doubles_nothing()
    {
        var counts = Enumerable.Range(0, CommitsMax).Select(commits => CrashAfter(commits, shards: 2, isBusy: true)).ToList();

        Assert.Equal((0, Count), (counts[0], counts[^1]));
        Assert.Contains(counts, count => count is > 0 and < Count);
    }

    [Fact]
    public void What_is_published_after_the_restart_comes_live_and_once()
    {
        var broker = WithRetained(shards: 3, Count, QoS.AtLeastOnce);
        broker.Connect("publisher").PublishAcknowledged("r/last", "", QoS.AtLeastOnce, retain: true);       // the newest version is that of nothing
        broker.Persistent("client", receiveMaximum: 1).Subscribe("r/#", QoS.AtLeastOnce);
        broker = broker.Restart();
        var publisher = broker.Connect("publisher");
        publisher.PublishAcknowledged("r/new", "new", QoS.AtLeastOnce, retain: true);
        publisher.PublishAcknowledged(Topic(Count - 1), "newer", QoS.AtLeastOnce, retain: true);
        publisher.PublishAcknowledged(Topic(Count - 2), "", QoS.AtLeastOnce, retain: true);

        var client = broker.Persistent("client");

        var publishes = new List<ReceivedPacket>();
        while (client.ReceivesAllPublishes() is { Count: > 0 } some)
        {
            some.ForEach(publish => client.Puback(publish.PacketId));
            publishes.AddRange(some);
        }

        Assert.Equal(Count + 1, publishes.Count);
        Assert.Equal(Topics(Count).Append("r/new").Order(), publishes.Select(publish => publish.Topic).Order());
        Assert.Equal(["new", "newer", ""], publishes.FindAll(publish => !publish.Retain).ConvertAll(publish => publish.PayloadText));
    }

    [Fact]
    public void QoS_0_is_not_sent_again_to_a_client_that_has_left()
    {
        var broker = WithRetained(shards: 1, 5, QoS.AtMostOnce, payloadBytes: 100_000);
        var client = broker.Persistent("client");
        client.RoomBytes = 1;
        client.SendSubscribe([("r/#", 2)]);

        broker = broker.Restart();

        broker.Persistent("client").ReceivesNothing();
        Assert.Equal(5, broker.Dropped(DropReason.NotConnected));
        Assert.Single(broker.Log!.State().Puts);
    }

    [Theory, Spec("MQTT-3.8.3-3", "MQTT-3.8.4-4")]
    [InlineData(RetainHandling.DoNotSend, 4)]
    [InlineData(RetainHandling.SendAtSubscribe, 5)]
    public void A_subscription_that_is_replaced_is_owed_what_the_first_one_was_unless_it_asks_anew(RetainHandling handling, int owed)
    {
        var broker = WithRetained(shards: 1, 4, QoS.AtLeastOnce, payloadBytes: 100_000);
        var client = broker.Persistent("client");
        client.PublishAcknowledged("r/own", "own", QoS.AtLeastOnce, retain: true);
        client.RoomBytes = 1;
        client.SendSubscribe([("r/#", new SubscriptionOptions(QoS.AtLeastOnce, NoLocal: true, RetainAsPublished: false, RetainHandling.SendAtSubscribe).ToByte())]);
        client.SendSubscribe([("r/#", new SubscriptionOptions(QoS.AtLeastOnce, NoLocal: false, RetainAsPublished: false, handling).ToByte())]);
        Assert.Equal(0, broker.Counters.Queued);
        Assert.Equal(2, broker.Log!.State().Puts.Count);

        broker = broker.Restart();

        Assert.Equal(owed, Take(broker.Persistent("client"), 10).Distinct().Count());
        Assert.Single(broker.Log!.State().Puts);
    }

    [Theory, Spec("MQTT-3.10.4-2", "MQTT-3.1.2-4")]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void With_its_subscription_or_its_session_a_search_is_over(bool isUnsubscribed, bool isRestarted)
    {
        var broker = WithRetained(shards: 3, Count, QoS.AtLeastOnce);
        Take(broker.Persistent("client", receiveMaximum: 1).Subscribe("r/#", QoS.AtLeastOnce), 600);
        broker = isRestarted ? broker.Restart() : broker;
        Assert.True(broker.Log!.State().Puts.Count > 2);

        if (isUnsubscribed)
        {
            var client = broker.Persistent("client", receiveMaximum: 1);
            client.SendBytes(RawPacket.Of(0xA2, [0, 9, 0, .. RawPacket.Text("r/#")]));
        }
        else
        {
            broker.Connect("client");
        }

        Assert.Empty(broker.Log.State().Puts);
        Assert.Empty(broker.Restart().Log!.State().Puts);
    }

    [Fact]
    public void A_SUBSCRIBE_that_is_owed_nothing_writes_its_subscription_only()
    {
        var broker = new BrokerHarness(settings: settings => settings.SysIntervalSeconds = 3600, log: new TestLog());
        broker.Advance(TimeSpan.FromSeconds(1));
        var ids = Ids(broker, client => client.Subscribe("#").Subscribe("$SYS/#"));
        Assert.Equal(2, ids);
        broker.Connect("publisher").PublishAcknowledged("r/1", "m", QoS.AtLeastOnce, retain: true);

        Assert.Equal(3, Ids(broker, client => client.Subscribe("t/#").Subscribe("r/1/2").Subscribe("$share/g/#")));
        Assert.Equal(1, Ids(broker, client => client.Subscribe("u", retainHandling: RetainHandling.DoNotSend)));
    }

    [Fact]
    public void What_was_noted_of_a_search_that_is_gone_is_forgotten()
    {
        var log = new TestLog();
        var writer = log.ShardLog(0);
        writer.PutRetainedSearch(log.NewId(), new RetainedSearchRecord { SessionNo = 77, Filter = "r/#"u8, OlderThan = 5 });
        writer.PutRetainedGiven(log.NewId(), 77, searchId: 1, [2, 3]);
        writer.PutRetainedGiven(log.NewId(), 78, searchId: 99, [2, 3]);
        writer.Commit(isAwaited: true);

        _ = new BrokerHarness(log: log);

        Assert.Empty(log.State().Puts);
    }

    /// <summary>Lets a search go as far as a number of commits, crashes, and looks at what comes of it.</summary>
    /// <returns>How many messages had a place in the log.</returns>
    private static int CrashAfter(int commits, int shards, bool isBusy)
    {
        var broker = WithRetained(shards, Count, QoS.ExactlyOnce);
        var clientId = broker.IdOn(0, "client");
        var away = broker.IdOn(shards - 1, "away");
        broker.Persistent(away).Subscribe("t", QoS.AtLeastOnce).Disconnect();
        var publisher = broker.Connect(broker.IdOn(0, "publisher"));
        var client = broker.Persistent(clientId);
        broker.HoldBack();
        client.SendSubscribe([("r/#", 2)]);
        for (var i = 0; i < commits; i++)
        {
            broker.IsStepped = isBusy;
            if (isBusy)
            {
                publisher.Publish("t", "m", QoS.AtLeastOnce);
                broker.Turn(0);
            }

            broker.Log!.FlushUpTo(broker.Log.DurableAppend + 1);
            broker.Turn(0);
            broker.IsStepped = false;
            broker.Run();
        }

        var packets = client.ReceivesAll();
        broker = broker.Restart();
        var queued = broker.Log!.State().Queue.Keys.Count(key => broker.Core.Shards[0].SessionsByNo.TryGetValue(key.SessionNo, out var session) && session.ClientId == clientId);
        var isSubscribed = broker.Core.SubscriptionCount > 1;
        Assert.True(isSubscribed || packets.TrueForAll(packet => packet.Type != PacketType.Suback));
        var seen = packets.FindAll(packet => packet.Type == PacketType.Publish).ToDictionary(packet => packet.PacketId, packet => packet.Topic);
        var received = Take(broker.Persistent(clientId), Count, seen);
        Assert.Equal(isSubscribed ? Topics(Count) : [], received.Order());
        Assert.Equal(isSubscribed ? 2 : 1, broker.Log!.State().Puts.Count);
        return queued;
    }

    /// <summary>Takes and acknowledges so many messages.</summary>
    /// <returns>The topics of those that were new to the client.</returns>
    private static List<string> Take(TestClient client, int count, Dictionary<ushort, string>? seen = null)
    {
        var topics = new List<string>(seen?.Values.Order() ?? Enumerable.Empty<string>());
        var taken = 0;
        while (taken < count && client.ReceivesAll() is { Count: > 0 } packets)
        {
            foreach (var packet in packets)
            {
                if (packet.Type == PacketType.Pubrel)
                {
                    client.Pubcomp(packet.PacketId);
                }
                else if (packet.QoS == QoS.AtLeastOnce)
                {
                    taken++;
                    topics.Add(packet.Topic);
                    client.Puback(packet.PacketId);
                }
                else
                {
                    taken++;
                    if (seen is null || !seen.ContainsKey(packet.PacketId))
                    {
                        topics.Add(packet.Topic);
                    }

                    client.Pubrec(packet.PacketId);
                }
            }
        }

        foreach (var packet in client.ReceivesAll(PacketType.Pubrel))
        {
            client.Pubcomp(packet.PacketId);
        }

        return topics;
    }

    private static int Ids(BrokerHarness broker, Action<TestClient> subscribe)
    {
        var client = broker.Persistent("client");
        var before = broker.Log!.NewId();
        subscribe(client);
        return (int)(broker.Log.NewId() - before - 1);
    }

    private static BrokerHarness WithRetained(int shards, int count, QoS qos, int payloadBytes = 1)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        var publisher = broker.Connect("retainer");
        for (var i = 0; i < count; i++)
        {
            publisher.PublishAcknowledged(Topic(i), new string('m', payloadBytes), qos, retain: true);
        }

        publisher.Disconnect();
        return broker;
    }

    private static string Topic(int number) => $"r/{number:d5}";

    private static IEnumerable<string> Topics(int count) => Enumerable.Range(0, count).Select(Topic);
}
