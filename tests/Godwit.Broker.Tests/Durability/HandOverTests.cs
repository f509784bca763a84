using System.Globalization;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests.Durability;

/// <summary>What a member of a shared group leaves behind in the store goes to another member when its session ends (5.0 §4.8.2).</summary>
[Spec("MQTT-4.8.2-5", "Trap-88")]
public sealed class HandOverTests
{
    internal const string Filter = "$share/g/t";

    public static TheoryData<Ending, int> Endings => new(
        from ending in Enum.GetValues<Ending>()
        from shards in new[] { 1, 3 }
        select (ending, shards));

    [Theory]
    [MemberData(nameof(Endings))]
    public void Unacknowledged_QoS_1_messages_go_to_another_member_also_after_a_restart(Ending ending, int shards)
    {
        var broker = WithQueue(shards, QoS.AtLeastOnce, count: 3).Restart();
        var stayer = broker.Persistent("stayer").Subscribe(Filter, QoS.AtLeastOnce);

        End(broker, ending);

        var publishes = stayer.ReceivesAllPublishes();
        Assert.Equal(["0", "1", "2"], publishes.ConvertAll(publish => publish.PayloadText));
        Assert.All(publishes, publish => Assert.False(publish.Dup));
        Assert.Equal(0, broker.Counters.Dropped.Sum());
        Assert.Equal(3, broker.Counters.Queued);
        var state = broker.Log!.State();
        Assert.Equal(3, state.Queue.Count);
        Assert.Equal(ending == Ending.DurableCleanStart ? 2 : 1, state.Sessions.Count);
        Assert.Single(state.Puts);
        Acknowledge(stayer, publishes);
        Assert.Empty(state.Queue);
    }

    [Theory, Spec("MQTT-4.8.2-4")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void QoS_2_goes_to_another_member_only_if_it_was_never_sent_also_after_a_restart(int shards)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        var leaver = broker.Connect("leaver", properties: TestProperties.Expiry(100).Add(PropertyId.ReceiveMaximum, 2)).Subscribe(Filter, QoS.ExactlyOnce);
        Publish(broker, QoS.ExactlyOnce, 0, 4);
        leaver.Pubrec(leaver.ReceivesAllPublishes()[0].PacketId);
        leaver.DropConnection();
        broker = broker.Restart();
        var stayer = broker.Persistent("stayer").Subscribe(Filter, QoS.ExactlyOnce);

        End(broker, Ending.Expiry);

        Assert.Equal(["2", "3"], stayer.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));
        Assert.Equal(1, broker.Dropped(DropReason.SessionEnded));
        Assert.Equal(2, broker.Log!.State().Queue.Count);
    }

    [Theory]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void What_was_queued_before_UNSUBSCRIBE_stays_with_the_session_and_goes_on_when_it_ends(int shards)
    {
        var broker = WithQueue(shards, QoS.AtLeastOnce, count: 3);
        var leaver = Resume(broker);
        leaver.ReceivesAllPublishes();
        leaver.SendBytes(RawPacket.Of(0xA2, [0, 9, 0, .. RawPacket.Text(Filter)]));
        leaver.Receives(PacketType.Unsuback);
        leaver.Disconnect();
        broker = broker.Restart();
        leaver = Resume(broker);
        Assert.Equal(3, leaver.ReceivesAllPublishes().Count);
        leaver.DropConnection();
        var stayer = broker.Persistent("stayer").Subscribe(Filter, QoS.AtLeastOnce);
        stayer.ReceivesNothing();

        End(broker, Ending.Expiry);

        Assert.Equal(["0", "1", "2"], stayer.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_group_that_was_without_members_meanwhile_is_the_same_group(bool isRestarted)
    {
        var broker = WithQueue(shards: 1, QoS.AtLeastOnce, count: 3);
        var leaver = Resume(broker);
        leaver.SendBytes(RawPacket.Of(0xA2, [0, 9, 0, .. RawPacket.Text(Filter)]));
        broker.Connect("other").Subscribe("$share/other/t").Subscribe("$share/g/t/u");
        broker = isRestarted ? broker.Restart() : broker;
        Resume(broker).DropConnection();
        var stayer = broker.Persistent("stayer").Subscribe(Filter, QoS.AtLeastOnce);

        End(broker, Ending.Expiry);

        Assert.Equal(["0", "1", "2"], stayer.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void Without_another_member_the_messages_are_dropped_and_counted(Ending ending, int shards)
    {
        var broker = WithQueue(shards, QoS.AtLeastOnce, count: 3).Restart();
        broker.Connect("other").Subscribe("$share/other/t", QoS.AtLeastOnce).Subscribe("t", QoS.AtLeastOnce);

        End(broker, ending);

        Assert.Equal(3, broker.Dropped(DropReason.NoMember) + broker.Dropped(DropReason.SessionEnded));
        Assert.Empty(broker.Log!.State().Queue);
        Assert.Equal((0L, 0L), (broker.Counters.Queued, broker.Counters.QueuedBytes));
        Assert.Equal(ending == Ending.DurableCleanStart ? 1 : 0, broker.Log.State().Sessions.Count);
    }

    [Fact]
    public void What_did_not_come_through_a_group_is_not_handed_over()
    {
        var broker = new BrokerHarness(log: new TestLog());
        broker.Connect("leaver", properties: TestProperties.Expiry(100)).Subscribe(Filter, QoS.AtLeastOnce).Subscribe("own", QoS.AtLeastOnce).Disconnect();
        Publish(broker, QoS.AtLeastOnce, 0, 2);
        broker.Connect("publisher").PublishAcknowledged("own", "own", QoS.AtLeastOnce);
        Publish(broker, QoS.AtLeastOnce, 2, 3);
        broker = broker.Restart();
        var stayer = broker.Persistent("stayer").Subscribe(Filter, QoS.AtLeastOnce).Subscribe("own", QoS.AtLeastOnce);

        End(broker, Ending.Expiry);

        Assert.Equal(["0", "1", "2"], stayer.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));
        Assert.Equal(1, broker.Dropped(DropReason.SessionEnded));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(1, true)]
    public void A_long_queue_is_handed_over_piece_by_piece_each_when_the_last_is_durable(int shards, bool isRestarted)
    {
        var broker = WithQueue(shards, QoS.AtLeastOnce, count: 200, payloadBytes: 10_000);
        broker = isRestarted ? broker.Restart() : broker;
        Assert.InRange(HeldBytes(broker), 0, 90_000);
        broker.Persistent("stayer").Subscribe(Filter, QoS.AtLeastOnce).Disconnect();
        broker.HoldBack();
        broker.Advance(TimeSpan.FromSeconds(100));
        var pieces = 1;
        var handedOver = HandedOver(broker);
        Assert.InRange(handedOver, 1, 40);
        for (; handedOver < 200; pieces++)
        {
            var before = handedOver;
            broker.Flush();
            handedOver = HandedOver(broker);
            Assert.InRange(handedOver - before, 1, 40);
            Assert.InRange(HeldBytes(broker), 0, 500_000);
        }

        broker.Log!.IsEager = true;
        broker.Flush();
        Assert.InRange(pieces, 6, 12);
        var stayer = broker.Persistent("stayer");
        var received = 0;
        while (stayer.ReceivesAllPublishes() is { Count: > 0 } publishes)
        {
            Assert.Equal(Enumerable.Range(received, publishes.Count), publishes.Select(Number));
            received += publishes.Count;
            Acknowledge(stayer, publishes);
        }

        Assert.Equal(200, received);
        Assert.Equal(0, broker.Counters.Dropped.Sum());
        Assert.Single(broker.Log.State().Sessions);
        Assert.Equal((0L, 0L, 0L), (broker.Counters.Queued, broker.Counters.QueuedBytes, HeldBytes(broker)));
    }

    [Fact]
    public void Sessions_that_end_together_are_handed_over_one_after_the_other()
    {
        var broker = new BrokerHarness(log: new TestLog());
        for (var i = 0; i < 10; i++)
        {
            broker.Connect($"leaver{i}", properties: TestProperties.Expiry(100)).Subscribe(Filter, QoS.AtLeastOnce).Disconnect();
        }

        Publish(broker, QoS.AtLeastOnce, 0, 40);
        broker = broker.Restart();
        var stayer = broker.Persistent("stayer").Subscribe(Filter, QoS.AtLeastOnce);

        End(broker, Ending.Expiry);

        Assert.Equal(Enumerable.Range(0, 40), stayer.ReceivesAllPublishes().Select(Number).Order());
        Assert.Single(broker.Log!.State().Sessions);
    }

    [Theory, Spec("MQTT-4.8.2-4")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_QoS_2_message_goes_to_a_member_without_durable_session_when_the_other_session_has_given_it_up(int shards)
    {
        var broker = WithQueue(shards, QoS.ExactlyOnce, count: 3).Restart();
        var stayer = broker.Connect("stayer").Subscribe(Filter, QoS.ExactlyOnce);
        broker.HoldBack();

        broker.Advance(TimeSpan.FromSeconds(100));

        stayer.ReceivesNothing();
        broker.Flush();
        Assert.Equal(["0", "1", "2"], stayer.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));
        Assert.Empty(broker.Restart().Log!.State().Queue);
    }

    [Fact]
    public void A_full_store_loses_nothing_of_a_hand_over()
    {
        var broker = WithQueue(shards: 3, QoS.AtLeastOnce, count: 10).Restart();
        var stayer = broker.Persistent("stayer").Subscribe(Filter, QoS.AtLeastOnce);
        broker.Log!.Health = Log.StoreHealth.Full;

        End(broker, Ending.Expiry);

        Assert.Equal(10, stayer.ReceivesAllPublishes().Count);
        Assert.Equal(0, broker.Counters.Dropped.Sum());
    }

    [Fact]
    public void A_message_that_another_shard_has_not_written_yet_is_waited_for()
    {
        var broker = new BrokerHarness(shards: 2, log: new TestLog());
        var leaverId = broker.IdOn(1, "leaver");
        broker.Connect(leaverId, properties: TestProperties.Expiry(100)).Subscribe(Filter, QoS.AtLeastOnce).Disconnect();
        var near = broker.Connect(broker.IdOn(1, "near"));
        var far = broker.Connect(broker.IdOn(0, "far"));
        var payload = new string('x', 70_000);
        near.PublishAcknowledged("t", payload + "0", QoS.AtLeastOnce);
        broker.IsStepped = true;
        far.Publish("t", payload + "1", QoS.AtLeastOnce);
        broker.Turn(0);
        broker.Turn(1);                                         // it has its position, and is not in the log yet
        var stayer = broker.Open();
        stayer.Connect(broker.IdOn(1, "stayer"), ProtocolVersion.Mqtt5, cleanStart: false, keepAlive: 0, will: null, TestProperties.Expiry(1000), userName: null);
        broker.Turn(1);
        stayer.SendSubscribe([(Filter, 1)]);
        broker.BusyFor(TimeSpan.FromSeconds(100));
        for (var i = 0; i < 5; i++)
        {
            broker.Turn(1);
        }

        Assert.Equal(2, broker.Log!.State().Sessions.Count);

        broker.IsStepped = false;
        broker.Run();
        broker.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("01", string.Concat(stayer.ReceivesAllPublishes().Select(publish => publish.PayloadText[^1])));
        Assert.Equal(0, broker.Counters.Dropped.Sum());
        Assert.Single(broker.Log.State().Sessions);
    }

    internal static BrokerHarness WithQueue(int shards, QoS qos, int count, int payloadBytes = 1)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        broker.Connect("leaver", properties: TestProperties.Expiry(100)).Subscribe(Filter, qos).Disconnect();
        Publish(broker, qos, 0, count, payloadBytes);
        return broker;
    }

    internal static void Publish(BrokerHarness broker, QoS qos, int from, int to, int payloadBytes = 1)
    {
        var publisher = broker.Connect("publisher");
        for (var i = from; i < to; i++)
        {
            publisher.PublishAcknowledged("t", i.ToString(CultureInfo.InvariantCulture).PadRight(payloadBytes), qos);
        }

        publisher.Disconnect();
    }

    private static TestClient Resume(BrokerHarness broker) => broker.Connect("leaver", cleanStart: false, properties: TestProperties.Expiry(100));

    private static void End(BrokerHarness broker, Ending ending)
    {
        BeginToEnd(broker, ending);
        broker.Run();
    }

    internal static void BeginToEnd(BrokerHarness broker, Ending ending)
    {
        if (ending == Ending.Expiry)
        {
            broker.Advance(TimeSpan.FromSeconds(100));
            return;
        }

        var client = broker.Open();
        var isResumed = ending == Ending.Disconnect;
        var properties = ending == Ending.CleanStart ? null : TestProperties.Expiry(100);
        client.Connect("leaver", ProtocolVersion.Mqtt5, cleanStart: !isResumed, keepAlive: 0, will: null, properties, userName: null);
        if (isResumed)
        {
            client.Disconnect(properties: TestProperties.Expiry(0));
        }
    }

    private static void Acknowledge(TestClient client, List<ReceivedPacket> publishes)
    {
        foreach (var publish in publishes)
        {
            client.Puback(publish.PacketId);
        }
    }

    private static int HandedOver(BrokerHarness broker)
    {
        var stayer = broker.Core.Shards.SelectMany(shard => shard.SessionsByNo.Values).Single(session => session.ClientId == "stayer");
        return broker.Log!.State().Queue.Count(row => row.Key.SessionNo == stayer.No);
    }

    private static long HeldBytes(BrokerHarness broker) => broker.Core.Shards.Sum(shard => shard.Deliveries.HeldBytes);

    internal static int Number(ReceivedPacket publish) => int.Parse(publish.PayloadText, CultureInfo.InvariantCulture);
}
