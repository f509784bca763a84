using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests.Durability;

/// <summary>Sessions, subscriptions and queues after a restart.</summary>
public sealed class RecoveryTests
{
    [Theory, Spec("Trap-94", "MQTT-4.1.0-1", "MQTT3-3.1.2-4")]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void A_session_is_there_again_with_its_subscriptions(ProtocolVersion version, int shards)
    {
        var broker = Durable(shards);
        broker.Persistent("connected", version).Subscribe("a/+", QoS.AtLeastOnce);
        broker.Persistent("left", version).Subscribe("a/+", QoS.ExactlyOnce).Disconnect();
        broker.Connect("clean", version).Subscribe("#");

        broker = broker.Restart();

        Assert.Equal((2, 2), (broker.Core.SessionCount, broker.Core.SubscriptionCount));
        var connected = broker.Persistent("connected", version);
        var left = broker.Persistent("left", version);
        Assert.True(connected.Connack!.SessionPresent && left.Connack!.SessionPresent);
        Assert.False(broker.Persistent("clean", version).Connack!.SessionPresent);
        broker.Connect("publisher").Publish("a/b", "m", QoS.ExactlyOnce);
        Assert.Equal(QoS.AtLeastOnce, connected.ReceivesPublish().QoS);
        Assert.Equal(QoS.ExactlyOnce, left.ReceivesPublish().QoS);
    }

    [Theory, Spec("Trap-94", "Trap-83", "Trap-84", "MQTT-3.8.3-3", "MQTT-3.3.1-13", "MQTT-3.3.4-3")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_subscription_has_its_options_and_identifier_again(int shards)
    {
        var broker = Durable(shards);
        var client = broker.Persistent("client");
        client.Subscribe("all", QoS.AtLeastOnce, noLocal: true, retainAsPublished: true, properties: Identifier(268_435_455));
        client.Subscribe("plain", QoS.ExactlyOnce);
        client.Subscribe("replaced", QoS.AtLeastOnce, noLocal: true, properties: Identifier(5));
        client.Subscribe("replaced", QoS.AtMostOnce);
        client.Subscribe("gone", QoS.AtLeastOnce).Unsubscribe("gone");

        broker = broker.Restart();

        client = broker.Persistent("client");
        foreach (var topic in new[] { "all", "plain", "replaced", "gone" })
        {
            client.Publish(topic, "own", QoS.AtLeastOnce);
            broker.Connect("publisher").Publish(topic, "other", QoS.AtLeastOnce, retain: true);
        }

        var publishes = client.ReceivesAllPublishes();
        Assert.Equal(["all other", "plain own", "plain other", "replaced own", "replaced other"], publishes.ConvertAll(publish => $"{publish.Topic} {publish.PayloadText}"));
        Assert.Equal([true, false, false, false, false], publishes.ConvertAll(publish => publish.Retain));
        Assert.Equal([1, 1, 1, 0, 0], publishes.ConvertAll(publish => (int)publish.QoS));
        Assert.Equal([268_435_455U], publishes[0].Numbers(PropertyId.SubscriptionIdentifier));
        Assert.DoesNotContain(publishes.Skip(1), publish => publish.Has(PropertyId.SubscriptionIdentifier));
    }

    [Theory, Spec("Trap-94", "Trap-53", "MQTT-4.6.0-1", "MQTT-4.6.0-5")]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void A_queue_comes_in_order_and_without_DUP_when_nothing_of_it_was_sent(ProtocolVersion version, int shards)
    {
        var broker = Durable(shards);
        broker.Persistent("client", version).Subscribe("t", QoS.ExactlyOnce).Disconnect();
        var publisher = broker.Connect("publisher");
        for (var i = 0; i < 20; i++)
        {
            publisher.PublishAcknowledged("t", $"{i}", (QoS)(1 + (i % 2)));
        }

        broker = broker.Restart();
        Assert.Equal(20, broker.Counters.Queued);
        broker.Connect("publisher").PublishAcknowledged("t", "20", QoS.AtLeastOnce);

        var publishes = broker.Persistent("client", version).ReceivesAllPublishes();
        Assert.Equal(Enumerable.Range(0, 21).Select(i => $"{i}"), publishes.Select(publish => publish.PayloadText));
        Assert.Equal(Enumerable.Range(1, 21), publishes.Select(publish => (int)publish.PacketId));
        Assert.All(publishes, publish => Assert.False(publish.Dup));
        Assert.Equal(Enumerable.Range(0, 21).Select(i => (QoS)(1 + (i % 2))), publishes.Select(publish => publish.QoS));
    }

    [Theory, Spec("Trap-53", "MQTT-3.3.1-1", "MQTT-4.4.0-1", "MQTT3-3.3.1-1", "MQTT3-4.4.0-1")]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void What_may_have_been_sent_comes_again_with_DUP_and_its_packet_id(ProtocolVersion version, int shards)
    {
        var broker = Durable(shards);
        var client = broker.Persistent("client", version).Subscribe("t", QoS.ExactlyOnce);
        var publisher = broker.Connect("publisher");
        publisher.PublishAcknowledged("t", "m1", QoS.AtLeastOnce);
        publisher.PublishAcknowledged("t", "m2", QoS.ExactlyOnce);
        publisher.PublishAcknowledged("t", "m3", QoS.AtLeastOnce);
        var sent = client.ReceivesAllPublishes();
        client.Puback(sent[0].PacketId);
        client.DropConnection();
        publisher.PublishAcknowledged("t", "m4", QoS.AtLeastOnce);

        broker = broker.Restart(keepWritten: true);

        var again = broker.Persistent("client", version).ReceivesAllPublishes();
        Assert.Equal([("m2", 2, true), ("m3", 3, true), ("m4", 4, false)], again.ConvertAll(publish => (publish.PayloadText, (int)publish.PacketId, publish.Dup)));
    }

    [Theory, Spec("MQTT-3.3.1-1")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void Whatever_stands_in_the_queue_of_a_client_that_was_connected_may_have_been_sent(int shards)
    {
        var broker = Durable(shards);
        var client = broker.Persistent("client", receiveMaximum: 1).Subscribe("t", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");
        publisher.PublishAcknowledged("t", "m1", QoS.AtLeastOnce);
        publisher.PublishAcknowledged("t", "m2", QoS.AtLeastOnce);
        Assert.Equal("m1", client.ReceivesPublish().PayloadText);

        broker = broker.Restart();

        broker.Connect("publisher").PublishAcknowledged("t", "m3", QoS.AtLeastOnce);
        var again = broker.Persistent("client").ReceivesAllPublishes();
        Assert.Equal([("m1", true), ("m2", true), ("m3", false)], again.ConvertAll(publish => (publish.PayloadText, publish.Dup)));
    }

    [Theory, Spec("MQTT-3.3.1-1")]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_never_sent_has_no_DUP_after_two_restarts_and_a_short_visit(bool endsDuringRead)
    {
        var broker = Durable(shards: 1);
        broker.Persistent("client").Subscribe("t", QoS.AtLeastOnce).Disconnect();
        var publisher = broker.Connect("publisher");
        for (var i = 0; i < 10; i++)
        {
            publisher.PublishAcknowledged("t", new string('x', 100_000) + i, QoS.AtLeastOnce);      // a read brings three
        }

        broker = broker.Restart();
        broker.IsStepped = endsDuringRead;
        var visit = broker.Open();
        visit.Connect("client", ProtocolVersion.Mqtt5, cleanStart: false, keepAlive: 0, will: null, TestProperties.Expiry(100).Add(PropertyId.ReceiveMaximum, 3), userName: null);
        broker.Turn(0);
        broker.Turn(0);                                         // three have come and been sent; the next three are on their way
        Assert.Equal(["0", "1", "2"], visit.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText[^1..]));
        visit.DropConnection();
        broker = broker.Restart(keepWritten: true);

        var again = broker.Persistent("client").ReceivesAllPublishes();
        Assert.Equal(10, again.Count);
        Assert.All(again, publish => Assert.Equal(publish.PacketId <= 3, publish.Dup));
    }

    [Theory, Spec("Trap-94", "Trap-31", "MQTT-3.1.2-23")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void Expiry_counts_from_the_restart_for_who_was_connected_and_runs_on_for_who_had_left(int shards)
    {
        var broker = Durable(shards);
        broker.Connect("connected", properties: TestProperties.Expiry(100));
        broker.Connect("left", properties: TestProperties.Expiry(100)).Disconnect();
        broker.Connect("over", properties: TestProperties.Expiry(30)).Disconnect();
        broker.Connect("never", properties: TestProperties.Expiry(uint.MaxValue)).Disconnect();
        broker.Advance(TimeSpan.FromSeconds(10));

        broker = broker.Restart(keepWritten: true, after: TimeSpan.FromSeconds(40));

        Assert.Equal(3, broker.Core.SessionCount);
        Assert.Equal(1, broker.Counters.ExpiredSessions);
        broker.Advance(TimeSpan.FromSeconds(49));
        Assert.Equal(3, broker.Core.SessionCount);
        broker.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, broker.Core.SessionCount);
        broker.Advance(TimeSpan.FromSeconds(49));
        Assert.Equal(2, broker.Core.SessionCount);
        broker.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, broker.Core.SessionCount);
        Assert.Single(broker.Log!.State().Sessions);
    }

    [Fact]
    public void A_session_that_ended_is_gone_from_the_log_with_all_that_belonged_to_it()
    {
        var broker = Durable(shards: 3);
        var client = broker.Connect("client", properties: TestProperties.Expiry(10), will: new TestWill("w", "gone")).Subscribe("a", QoS.AtLeastOnce).Subscribe("b");
        client.Publish("x", "m", QoS.ExactlyOnce);
        broker.Connect("publisher").PublishAcknowledged("a", "m", QoS.AtLeastOnce);
        client.DropConnection();
        broker.Connect("publisher").PublishAcknowledged("a", "m", QoS.AtLeastOnce);

        broker.Advance(TimeSpan.FromSeconds(10));

        var state = broker.Log!.State();
        Assert.Equal((0, 0, 0), (state.Sessions.Count, state.Puts.Count, state.Queue.Count));
        Assert.Equal((0L, 0L), (broker.Counters.Queued, broker.Counters.QueuedBytes));
        Assert.Equal(0, broker.Restart().Core.SessionCount);
    }

    [Theory, Spec("Trap-32")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void DISCONNECT_changes_the_expiry_for_the_next_process_too(int shards)
    {
        var broker = Durable(shards);
        broker.Connect("longer", properties: TestProperties.Expiry(10)).Disconnect(properties: TestProperties.Expiry(100));
        broker.Connect("ended", properties: TestProperties.Expiry(10)).Disconnect(properties: TestProperties.Expiry(0));

        broker = broker.Restart(keepWritten: true, after: TimeSpan.FromSeconds(50));

        Assert.True(broker.Connect("longer", cleanStart: false).Connack!.SessionPresent);
        Assert.False(broker.Connect("ended", cleanStart: false).Connack!.SessionPresent);
    }

    [Theory, Spec("Trap-102", "Trap-25", "MQTT-3.2.2-16")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_client_comes_back_with_the_identifier_it_was_assigned(int shards)
    {
        var broker = Durable(shards);
        var assigned = broker.Connect("", properties: TestProperties.Expiry(100)).Subscribe("t", QoS.AtLeastOnce).Connack!.Text(PropertyId.AssignedClientIdentifier);

        broker = broker.Restart();

        Assert.True(broker.Connect(assigned, cleanStart: false, properties: TestProperties.Expiry(100)).Connack!.SessionPresent);
    }

    [Theory, Spec("Trap-58", "MQTT-3.3.2-5", "MQTT-3.3.2-6")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void Message_expiry_runs_on_while_nothing_runs(int shards)
    {
        var broker = Durable(shards);
        broker.Persistent("client").Subscribe("#", QoS.AtLeastOnce).Disconnect();
        var publisher = broker.Connect("publisher");
        publisher.PublishAcknowledged("queued", "long", QoS.AtLeastOnce, properties: MessageExpiry(100));
        publisher.PublishAcknowledged("queued", "short", QoS.AtLeastOnce, properties: MessageExpiry(30));
        publisher.PublishAcknowledged("retained/long", "long", QoS.AtLeastOnce, retain: true, properties: MessageExpiry(100));
        publisher.PublishAcknowledged("retained/short", "short", QoS.AtLeastOnce, retain: true, properties: MessageExpiry(30));
        broker.Advance(TimeSpan.FromSeconds(10));

        broker = broker.Restart(after: TimeSpan.FromSeconds(40.5));

        Assert.Equal(1, broker.Core.RetainedCount);
        var queued = broker.Persistent("client").ReceivesAllPublishes();
        Assert.Equal([("long", 49U), ("long", 49U)], queued.ConvertAll(publish => (publish.PayloadText, publish.Number(PropertyId.MessageExpiryInterval))));
        var retained = broker.Connect("other").Subscribe("retained/+").ReceivesPublish();
        Assert.Equal(49U, retained.Number(PropertyId.MessageExpiryInterval));
        Assert.Equal(2, broker.Dropped(DropReason.Expired));
        Assert.Equal(2, broker.Log!.State().Queue.Count);
    }

    [Theory, Spec("MQTT-3.3.2-17", "MQTT-3.3.2-18", "MQTT-3.3.2-4", "MQTT-3.3.4-3")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void Everything_that_belongs_to_a_message_comes_back(int shards)
    {
        var broker = Durable(shards);
        broker.Persistent("client").Subscribe("t/#", QoS.AtLeastOnce, retainAsPublished: true, properties: Identifier(7))
            .Subscribe("t/a", QoS.ExactlyOnce, properties: Identifier(300)).Disconnect();
        var properties = new TestProperties().AddUser("k", "1").AddUser("k", "2").Add(PropertyId.ContentType, "text").Add(PropertyId.CorrelationData, [1, 2]);
        broker.Connect("publisher").PublishAcknowledged("t/a", "m", QoS.ExactlyOnce, retain: true, properties: properties);

        var publish = broker.Restart().Persistent("client").ReceivesPublish();

        Assert.Equal(("t/a", "m", QoS.ExactlyOnce, true), (publish.Topic, publish.PayloadText, publish.QoS, publish.Retain));
        Assert.Equal([7U, 300U], publish.Numbers(PropertyId.SubscriptionIdentifier).Order());
        Assert.Equal(["k=1", "k=2"], publish.UserProperties());
        Assert.Equal("text", publish.Text(PropertyId.ContentType));
    }

    [Theory]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void What_was_acknowledged_is_gone_and_packet_ids_go_on_behind_it(ProtocolVersion version, int shards)
    {
        var broker = Durable(shards);
        var client = broker.Persistent("client", version).Subscribe("t", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");
        for (var i = 0; i < 3; i++)
        {
            publisher.PublishAcknowledged("t", "m", QoS.AtLeastOnce);
            client.Puback(client.ReceivesPublish().PacketId);
        }

        broker = broker.Restart(keepWritten: true);

        client = broker.Persistent("client", version);
        client.ReceivesNothing();
        broker.Connect("publisher").Publish("t", "next", QoS.AtLeastOnce);
        Assert.Equal(4, client.ReceivesPublish().PacketId);
    }

    [Theory]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void Nothing_durable_leaves_nothing(int shards)
    {
        var broker = Durable(shards).HoldBack();
        var client = broker.Open();
        client.Connect("client", ProtocolVersion.Mqtt5, cleanStart: false, keepAlive: 0, new TestWill("w", "gone"), TestProperties.Expiry(10), userName: null);
        client.SendSubscribe([("t", 1)]);
        broker.Connect("publisher").Publish("t", "m", QoS.AtLeastOnce, retain: true);

        broker = broker.Restart();

        Assert.Equal((0, 0, 0), (broker.Core.SessionCount, broker.Core.SubscriptionCount, broker.Core.RetainedCount));
        Assert.Equal(0, broker.Counters.Queued);
    }

    [Theory, Spec("Trap-94")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_crash_right_after_a_recovery_changes_nothing(int shards)
    {
        var broker = Durable(shards);
        var client = broker.Persistent("client").Subscribe("t", QoS.ExactlyOnce);
        client.Publish("x", "inbound", QoS.ExactlyOnce, packetId: 9);
        var publisher = broker.Connect("publisher");
        publisher.PublishAcknowledged("t", "m1", QoS.ExactlyOnce);
        publisher.PublishAcknowledged("t", "m2", QoS.ExactlyOnce, retain: true);
        client.Pubrec(1);

        for (var i = 0; i < 3; i++)
        {
            broker.Log!.IsEager = false;
            broker = broker.Restart(keepWritten: i == 1);
        }

        client = broker.Persistent("client");
        Assert.Equal(1, client.Receives(PacketType.Pubrel).PacketId);
        var publish = client.ReceivesPublish();
        Assert.Equal(("m2", 2, true), (publish.PayloadText, publish.PacketId, publish.Dup));
        client.Publish("t", "inbound", QoS.ExactlyOnce, dup: true, packetId: 9);
        client.Receives(PacketType.Pubrec);
        client.ReceivesNothing();
        Assert.Equal("m2", broker.Connect("other").Subscribe("t").ReceivesPublish().PayloadText);
    }

    [Fact]
    public void The_number_of_shards_may_change()
    {
        var broker = Durable(shards: 3);
        for (var i = 0; i < 8; i++)
        {
            broker.Persistent($"client{i}").Subscribe("t", QoS.AtLeastOnce).Disconnect();
        }

        broker.Connect("publisher").PublishAcknowledged("t", "m", QoS.AtLeastOnce);

        broker = new BrokerHarness(shards: 2, log: broker.Log!.Crash());

        for (var i = 0; i < 8; i++)
        {
            Assert.Equal("m", broker.Persistent($"client{i}").ReceivesPublish().PayloadText);
        }
    }

    private static BrokerHarness Durable(int shards) => new(shards, log: new TestLog());

    private static TestProperties Identifier(uint identifier) => new TestProperties().Add(PropertyId.SubscriptionIdentifier, identifier);

    private static TestProperties MessageExpiry(uint seconds) => new TestProperties().Add(PropertyId.MessageExpiryInterval, seconds);
}
