using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Security;

/// <summary>The right to receive is asked on the concrete topic before every delivery, on every way a message can take.</summary>
public sealed class DeliveryRightsTests
{
    private readonly TestRights _rights = new TestRights().Deny("reader", "receive", "secret");

    [Theory, Spec("Hostile-38", "Hostile-43")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void A_live_message_goes_only_to_who_may_receive_its_topic(ProtocolVersion version, int shards)
    {
        var broker = Broker(shards);
        var readers = Enumerable.Range(0, 3).Select(qos => Reader(broker, $"r{qos}", version).Subscribe("#", (QoS)qos)).ToList();
        var other = broker.Connect("other", version).Subscribe("#", QoS.ExactlyOnce);

        PublishAll(broker, "secret/a", "open/a");

        Assert.All(readers, reader => Assert.Equal(["open/a", "open/a", "open/a"], Topics(reader)));
        Assert.Equal(6, other.ReceivesAllPublishes().Count);
        Assert.Equal(9, broker.Dropped(DropReason.ReceiveNotAuthorized));
    }

    [Theory, Spec("Hostile-38")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_run_of_messages_is_checked_as_single_ones_are(int shards)
    {
        var broker = Broker(shards);
        var reader = Reader(broker, "r").Subscribe("secret/a").Subscribe("secret/b", QoS.AtLeastOnce);
        var other = broker.Connect("other").Subscribe("secret/a").Subscribe("secret/b", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");

        publisher.SendBytes(Run("secret/a", QoS.AtMostOnce).Concat(Run("secret/b", QoS.AtLeastOnce)).ToArray());

        reader.ReceivesNothing();
        Assert.Equal(20, other.ReceivesAllPublishes().Count);
        Assert.Equal(20, broker.Dropped(DropReason.ReceiveNotAuthorized));
    }

    [Theory, Spec("Hostile-38")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void A_retained_message_is_not_sent_to_who_may_not_receive_it(ProtocolVersion version)
    {
        var broker = Broker();
        var publisher = broker.Connect("publisher");
        publisher.Publish("secret/a", "m", retain: true);
        publisher.Publish("open/a", "m", retain: true);

        var reader = Reader(broker, "r", version).Subscribe("#", QoS.AtLeastOnce);

        Assert.Equal(["open/a"], Topics(reader));
        Assert.Contains("receive reader secret/a AtMostOnce retain", _rights.Asked);
    }

    [Theory, Spec("Hostile-38", "Hostile-37")]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void A_queued_message_is_checked_again_when_it_is_sent(QoS qos)
    {
        var broker = Broker(settings: settings => settings.QueueQoS0Messages = true);
        Returning(broker).Subscribe("#", qos).Disconnect();
        PublishAll(broker, "late/a", "open/a");

        _rights.Deny("reader", "receive", "late");
        var reader = Returning(broker);

        Assert.DoesNotContain("late/a", Topics(reader));
        Assert.Equal(0, broker.Counters.Queued - InFlight(qos));
        Assert.Equal(3, broker.Dropped(DropReason.ReceiveNotAuthorized));
    }

    [Fact, Spec("Hostile-38")]
    public void What_a_client_may_not_receive_does_not_fill_its_queue_while_it_is_away()
    {
        var broker = Broker(limits: limits => limits.QueueMessagesMax = 3);
        Returning(broker).Subscribe("#", QoS.AtLeastOnce).Disconnect();
        var publisher = broker.Connect("publisher");
        for (var i = 0; i < 10; i++)
        {
            publisher.Publish("secret/a", "m", QoS.AtLeastOnce);
        }

        publisher.Publish("open/a", "m", QoS.AtLeastOnce);

        Assert.Equal(["open/a"], Topics(Returning(broker)));
    }

    [Theory, Spec("Hostile-38", "Hostile-44")]
    [InlineData(false)]
    [InlineData(true)]
    public void A_message_that_was_sent_and_not_acknowledged_is_not_sent_again_without_the_right(bool restarts)
    {
        var broker = new BrokerHarness(access: _rights, log: new TestLog());
        var reader = Returning(broker).Subscribe("late/1", QoS.AtLeastOnce).Subscribe("late/2", QoS.ExactlyOnce);
        var publisher = broker.Connect("publisher");
        publisher.Publish("late/1", "m", QoS.AtLeastOnce);
        publisher.Publish("late/2", "m", QoS.ExactlyOnce);
        Assert.Equal([1, 2], reader.ReceivesAllPublishes().ConvertAll(publish => (int)publish.PacketId));
        reader.DropConnection();
        broker = restarts ? broker.Restart() : broker;

        _rights.Deny("reader", "receive", "late");
        var again = Returning(broker);

        Assert.Equal(2, again.Receives(PacketType.Pubrel).PacketId);    // the client may have it, and its packet id has to become free
        again.ReceivesNothing();
        again.Puback(1);                                                // what comes late for it does no harm
        again.Pubcomp(2);
        Assert.False(again.IsClosed);
        Assert.Equal((0, 0L, 2), (broker.Counters.Queued, broker.Counters.QueuedBytes, broker.Dropped(DropReason.ReceiveNotAuthorized)));
        again.DropConnection();
        Returning(broker.Restart()).ReceivesNothing();                  // nothing of it is left in the log
    }

    /// <summary>In 3.x it is acknowledged and dropped, so there is no record of its packet id that PUBREL could delete.</summary>
    [Theory]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void A_refused_QoS_2_message_leaves_nothing_in_the_log(ProtocolVersion version)
    {
        _rights.Deny("publisher", "publish", "t");
        var broker = new BrokerHarness(access: _rights, log: new TestLog());
        var publisher = broker.Persistent("publisher", version);

        publisher.Publish("t", "m", QoS.ExactlyOnce, packetId: 7);
        var refused = publisher.Receives(PacketType.Pubrec);
        publisher.Pubrel(7);

        Assert.Equal(version == ProtocolVersion.Mqtt5 ? 0x87 : 0, refused.ReasonCode);
        Assert.Equal(7, publisher.Receives(PacketType.Pubcomp).PacketId);
        publisher.Publish("t", "m", QoS.ExactlyOnce, packetId: 7);
        Assert.Equal(3, broker.Dropped(DropReason.PublishNotAuthorized) + 1);
    }

    /// <summary>
    /// The broker delivers when PUBLISH comes, not when PUBREL does, so that is when the publisher must have the right; between the two nothing is left to be
    /// delivered, and a repetition is not delivered again.
    /// </summary>
    [Theory, Spec("Hostile-44")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void A_right_to_publish_that_ends_between_PUBREC_and_PUBREL_lets_nothing_more_through(ProtocolVersion version)
    {
        var broker = Broker();
        var other = broker.Connect("other").Subscribe("t", QoS.ExactlyOnce);
        var publisher = broker.Connect("publisher", version);
        publisher.Publish("t", "m", QoS.ExactlyOnce, packetId: 7);
        publisher.Receives(PacketType.Pubrec);
        other.ReceivesPublish();

        _rights.Deny("publisher", "publish", "t");
        publisher.Publish("t", "m", QoS.ExactlyOnce, dup: true, packetId: 7);
        publisher.Receives(PacketType.Pubrec);
        publisher.Pubrel(7);
        publisher.Receives(PacketType.Pubcomp);

        other.ReceivesNothing();
    }

    /// <summary>The other direction: what is left of a message behind the receiver's PUBREC is only the end of the handshake.</summary>
    [Fact, Spec("Hostile-44")]
    public void A_right_to_receive_that_ends_between_PUBREC_and_PUBREL_leaves_the_handshake_to_its_end()
    {
        var broker = Broker();
        var reader = Returning(broker).Subscribe("#", QoS.ExactlyOnce);
        broker.Connect("publisher").Publish("late/a", "m", QoS.ExactlyOnce);
        reader.Pubrec(reader.ReceivesPublish().PacketId);
        reader.Receives(PacketType.Pubrel);
        reader.DropConnection();

        _rights.Deny("reader", "receive", "late");
        var again = Returning(broker);

        again.Pubcomp(again.Receives(PacketType.Pubrel).PacketId);
        Assert.Equal(0, broker.Counters.Queued);
    }

    [Theory, Spec("Hostile-38", "Hostile-39")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_member_of_a_shared_group_without_the_right_is_skipped(int shards)
    {
        var broker = Broker(shards);
        var reader = Reader(broker, "r").Subscribe("$share/g/#", QoS.ExactlyOnce);
        var other = broker.Connect("other").Subscribe("$share/g/#", QoS.ExactlyOnce);

        PublishAll(broker, "secret/a", "secret/b");

        reader.ReceivesNothing();
        Assert.Equal(6, other.ReceivesAllPublishes().Count);
        Assert.Equal(0, broker.Dropped(DropReason.ReceiveNotAuthorized));
    }

    [Fact, Spec("Hostile-39")]
    public void A_shared_message_that_no_member_may_receive_is_dropped()
    {
        var broker = Broker(shards: 2);
        var members = Enumerable.Range(0, 4).Select(i => Reader(broker, $"r{i}").Subscribe("$share/g/#", QoS.AtLeastOnce)).ToList();

        PublishAll(broker, "secret/a");

        Assert.All(members, member => member.ReceivesNothing());
        Assert.Equal(3, broker.Dropped(DropReason.NoMember));
    }

    [Fact, Spec("Hostile-39")]
    public void A_shared_subscription_is_judged_by_its_filter_without_the_group()
    {
        var broker = Broker();
        _rights.Deny("reader", "subscribe", "secret");
        var reader = Reader(broker, "r");

        Assert.Equal([0x87], reader.SubscribeRaw([("$share/g/secret/#", 1)]).Codes);
        Assert.Equal([0x80], Reader(broker, "r3", ProtocolVersion.Mqtt311).SubscribeRaw([("secret/+", 1)]).Codes);
    }

    [Fact, Spec("Hostile-38")]
    public void A_will_goes_only_to_who_may_receive_it()
    {
        var broker = Broker();
        var reader = Reader(broker, "r").Subscribe("#");
        var other = broker.Connect("other").Subscribe("#");

        broker.Connect("leaver", will: new TestWill("secret/gone", "m")).DropConnection();

        reader.ReceivesNothing();
        other.ReceivesPublish();
    }

    [Fact, Spec("Hostile-38")]
    public void What_a_session_leaves_for_its_shared_group_goes_to_a_member_with_the_right()
    {
        var broker = Broker();
        var leaver = broker.Connect("leaver").Subscribe("$share/g/#", QoS.AtLeastOnce);
        broker.Connect("publisher").Publish("secret/a", "m", QoS.AtLeastOnce);
        var reader = Reader(broker, "r").Subscribe("$share/g/#", QoS.AtLeastOnce);
        var other = broker.Connect("other").Subscribe("$share/g/#", QoS.AtLeastOnce);
        leaver.ReceivesPublish();

        leaver.DropConnection();

        reader.ReceivesNothing();
        other.ReceivesPublish();
    }

    [Fact, Spec("Hostile-40")]
    public void The_topics_of_the_broker_follow_the_same_rules()
    {
        var broker = Broker(settings: settings => settings.SysIntervalSeconds = 10);
        _rights.Deny("reader", "receive", "$SYS/broker/clients");
        var reader = Reader(broker, "r").Subscribe("$SYS/#");
        var other = broker.Connect("other").Subscribe("$SYS/#");
        broker.Advance(TimeSpan.FromSeconds(30));

        Assert.DoesNotContain(Topics(reader), topic => topic.StartsWith("$SYS/broker/clients", StringComparison.Ordinal));
        Assert.Contains(Topics(other), topic => topic.StartsWith("$SYS/broker/clients", StringComparison.Ordinal));
        Assert.Equal((int)PubackReasonCode.NotAuthorized, PubackOf(other, "$SYS/broker/version"));
    }

    [Fact, Spec("Hostile-37")]
    public void A_right_that_comes_and_goes_holds_for_the_next_message()
    {
        var broker = Broker(shards: 2);
        var reader = Reader(broker, "r").Subscribe("#", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");
        foreach (var isDenied in new[] { false, true, false, true })
        {
            if (isDenied)
            {
                _rights.Deny("reader", "receive", "late");
            }
            else
            {
                _rights.Allow("reader", "receive", "late");
            }

            publisher.Publish("late/a", "m", QoS.AtLeastOnce);
            Assert.Equal(isDenied ? 0 : 1, reader.ReceivesAllPublishes().Count);
        }
    }

    [Fact, Spec("Hostile-37")]
    public void A_durable_subscription_does_not_survive_the_right_behind_it()
    {
        var broker = new BrokerHarness(shards: 2, access: _rights, log: new TestLog());
        Returning(broker).Subscribe("late/#", QoS.AtLeastOnce).Disconnect();
        broker.Connect("publisher").Publish("late/a", "before", QoS.AtLeastOnce);

        var after = broker.Restart();
        _rights.Deny("reader", "receive", "late");
        after.Connect("publisher").Publish("late/a", "after", QoS.AtLeastOnce);

        Returning(after).ReceivesNothing();
        Assert.Equal(2, after.Dropped(DropReason.ReceiveNotAuthorized));
        Returning(after.Restart()).ReceivesNothing();           // nothing of it is left in the log
    }

    [Fact]
    public void Without_rules_about_receiving_nobody_is_asked()
    {
        _rights.ChecksDelivery = false;
        var broker = Broker();
        var reader = Reader(broker, "r").Subscribe("#", QoS.AtLeastOnce);

        broker.Connect("publisher").Publish("secret/a", "m", QoS.AtLeastOnce, retain: true);

        reader.ReceivesPublish();
        Assert.DoesNotContain(_rights.Asked, question => question.StartsWith("receive", StringComparison.Ordinal) || question.EndsWith("still", StringComparison.Ordinal));
    }

    private static int InFlight(QoS qos) => qos == QoS.AtMostOnce ? 0 : 2;

    private static byte[] Run(string topic, QoS qos)
    {
        var bytes = new List<byte>();
        for (var i = 1; i <= 10; i++)
        {
            var body = new List<byte> { 0, (byte)topic.Length };
            body.AddRange(topic.Select(letter => (byte)letter));
            body.AddRange(qos == QoS.AtMostOnce ? [0] : [0, (byte)i, 0]);
            bytes.AddRange([(byte)(0x30 | ((int)qos << 1)), (byte)body.Count, .. body]);
        }

        return [.. bytes];
    }

    private static List<string> Topics(TestClient client) => client.ReceivesAllPublishes().ConvertAll(publish => publish.Topic);

    private static int PubackOf(TestClient client, string topic)
    {
        client.ReceivesAll();
        client.Publish(topic, "m", QoS.AtLeastOnce);
        return client.Receives(PacketType.Puback).ReasonCode;
    }

    private static TestClient Reader(BrokerHarness broker, string clientId, ProtocolVersion version = ProtocolVersion.Mqtt5) =>
        broker.Connect(clientId, version, userName: "reader");

    private static TestClient Returning(BrokerHarness broker) =>
        broker.Connect("returning", cleanStart: false, properties: TestProperties.Expiry(1000), userName: "reader");

    private static void PublishAll(BrokerHarness broker, params string[] topics)
    {
        var publisher = broker.Connect($"publisher of {topics[0]}");
        foreach (var topic in topics)
        {
            publisher.PublishAcknowledged(topic, "0", QoS.AtMostOnce)
                .PublishAcknowledged(topic, "1", QoS.AtLeastOnce)
                .PublishAcknowledged(topic, "2", QoS.ExactlyOnce);
        }
    }

    private BrokerHarness Broker(int shards = 1, Action<BrokerLimits>? limits = null, Action<BrokerSettings>? settings = null) =>
        new(shards, limits, settings, _rights);
}
