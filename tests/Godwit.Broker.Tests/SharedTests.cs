using System.Globalization;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests;

/// <summary>Shared Subscriptions: which member gets a message (5.0 §4.8.2), for clients of every version.</summary>
public sealed class SharedTests
{
    public static TheoryData<SharedStrategy, int> StrategiesAndShards => new(
        from strategy in Enum.GetValues<SharedStrategy>()
        from shards in new[] { 1, 3 }
        select (strategy, shards));

    [Theory, Spec("MQTT-4.8.2-1", "R55")]
    [MemberData(nameof(StrategiesAndShards))]
    public void Each_message_goes_to_exactly_one_member_whatever_the_strategy_and_version(SharedStrategy strategy, int shards)
    {
        var broker = Broker(strategy, shards);
        var members = Enumerable.Range(0, 6).Select(i => broker.Connect($"member {i}", (ProtocolVersion)(3 + (i % 3))).Subscribe("$share/g/t/#", (QoS)(i % 3))).ToList();
        var plain = broker.Connect("plain").Subscribe("t/+");

        PublishMany(broker, 60, QoS.AtLeastOnce, i => $"t/{i}");

        var received = members.SelectMany(member => member.ReceivesAllPublishes()).Select(publish => publish.PayloadText);
        Assert.Equal(Payloads(60).Order(), received.Order());
        Assert.Equal(60, plain.ReceivesAllPublishes().Count);
    }

    [Theory, Spec("MQTT-4.8.2-3")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void Round_robin_gives_every_member_the_same_share(int shards)
    {
        var broker = Broker(SharedStrategy.RoundRobin, shards);
        var members = Members(broker, 4);

        PublishMany(broker, 40);

        Assert.All(members, member => Assert.Equal(10, member.ReceivesAllPublishes().Count));
    }

    [Theory, Spec("MQTT-4.8.2-3")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void Least_in_flight_spares_the_member_that_does_not_acknowledge(int shards)
    {
        var broker = Broker(SharedStrategy.LeastInFlight, shards);
        var members = Members(broker, 3);
        var publisher = broker.Connect("publisher");

        for (var i = 0; i < 30; i++)
        {
            publisher.PublishAcknowledged("t", "x", QoS.AtLeastOnce);
            foreach (var member in members.Skip(1))
            {
                member.ReceivesAllPublishes().ForEach(publish => member.Puback(publish.PacketId));
            }
        }

        Assert.Single(members[0].ReceivesAllPublishes());
    }

    [Theory, Spec("MQTT-4.8.2-3")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void Sticky_keeps_its_member_until_that_one_is_away(int shards)
    {
        var broker = Broker(SharedStrategy.Sticky, shards);
        var members = Members(broker, 3);

        PublishMany(broker, 10, QoS.AtMostOnce);
        var counts = members.Select(member => member.ReceivesAllPublishes().Count).ToList();
        Assert.Equal([0, 0, 10], counts.Order());

        members[counts.IndexOf(10)].DropConnection();
        PublishMany(broker, 10, QoS.AtMostOnce);
        Assert.Equal([0, 10], members.Where(member => !member.IsClosed).Select(member => member.ReceivesAllPublishes().Count).Order());
    }

    [Theory, Spec("MQTT-4.8.2-3")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void Topic_hash_keeps_the_member_of_each_topic(int shards)
    {
        var broker = Broker(SharedStrategy.TopicHash, shards);
        var members = Enumerable.Range(0, 4).Select(i => broker.Connect($"member {i}").Subscribe("$share/g/t/#", QoS.AtLeastOnce)).ToList();

        PublishMany(broker, 200, QoS.AtLeastOnce, i => $"t/{i % 50}");

        var topics = members.Select(member => member.ReceivesAllPublishes().GroupBy(publish => publish.Topic).ToList()).ToList();
        Assert.All(topics, ofMember => Assert.All(ofMember, topic => Assert.Equal(4, topic.Count())));
        Assert.Equal(50, topics.Sum(ofMember => ofMember.Count));
        Assert.All(topics, ofMember => Assert.NotEmpty(ofMember));
    }

    [Theory, Spec("MQTT-4.8.2-3")]
    [MemberData(nameof(StrategiesAndShards))]
    public void Connected_members_come_before_those_that_are_away(SharedStrategy strategy, int shards)
    {
        var broker = Broker(strategy, shards);
        broker.Persistent("away 1").Subscribe("$share/g/t", QoS.AtLeastOnce).DropConnection();
        var here = broker.Connect("here").Subscribe("$share/g/t", QoS.AtLeastOnce);
        broker.Persistent("away 2").Subscribe("$share/g/t", QoS.AtLeastOnce).DropConnection();

        PublishMany(broker, 10);

        Assert.Equal(10, here.ReceivesAllPublishes().Count);
        broker.Persistent("away 1").ReceivesNothing();
        broker.Persistent("away 2").ReceivesNothing();
    }

    [Theory, Spec("MQTT-4.8.2-3", "R30")]
    [MemberData(nameof(StrategiesAndShards))]
    public void When_all_are_away_the_messages_wait_for_one_of_them(SharedStrategy strategy, int shards)
    {
        var broker = Broker(strategy, shards);
        broker.Persistent("away 1", ProtocolVersion.Mqtt311).Subscribe("$share/g/t", QoS.AtLeastOnce).DropConnection();
        broker.Persistent("away 2").Subscribe("$share/g/t", QoS.ExactlyOnce).DropConnection();

        PublishMany(broker, 10);
        PublishMany(broker, 5, QoS.AtMostOnce);

        var received = broker.Persistent("away 1", ProtocolVersion.Mqtt311).ReceivesAllPublishes().Concat(broker.Persistent("away 2").ReceivesAllPublishes());
        Assert.Equal(Payloads(10).Order(), received.Select(publish => publish.PayloadText).Order());
        Assert.Equal(5, broker.Dropped(DropReason.NoMember));           // QoS 0 is not kept for anybody
    }

    [Fact, Spec("MQTT-4.8.2-3", "MQTT-3.8.4-8")]
    public void The_QoS_is_that_of_the_member_that_was_chosen()
    {
        var broker = Broker(SharedStrategy.RoundRobin, 3);
        var members = Enum.GetValues<QoS>().Select(qos => broker.Connect($"member {qos}").Subscribe("$share/g/t", qos)).ToList();

        PublishMany(broker, 9, QoS.ExactlyOnce);

        for (var qos = 0; qos < 3; qos++)
        {
            Assert.Equal(Enumerable.Repeat((QoS)qos, 3), members[qos].ReceivesAllPublishes().Select(publish => publish.QoS));
        }
    }

    [Theory, Spec("MQTT-4.8.2-2", "R55")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void Groups_differ_by_name_and_by_filter(int shards)
    {
        var broker = Broker(SharedStrategy.RoundRobin, shards);
        var exact = broker.Connect("exact").Subscribe("$share/g/a", QoS.AtLeastOnce);
        var plus = broker.Connect("plus").Subscribe("$share/g/+", QoS.AtLeastOnce);
        var hash = broker.Connect("hash").Subscribe("$share/g/#", QoS.AtLeastOnce);
        var otherName = broker.Connect("other name").Subscribe("$share/h/a", QoS.AtLeastOnce);

        PublishMany(broker, 4, topic: _ => "a");

        Assert.All([exact, plus, hash, otherName], client => Assert.Equal(Payloads(4), client.ReceivesAllPublishes().Select(publish => publish.PayloadText)));
    }

    /// <summary>One client in several groups, and with an ordinary subscription beside them.</summary>
    [Theory, Spec("MQTT-4.8.2-3", "R55")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void A_client_gets_a_message_once_for_each_group_and_once_for_its_own_filters(ProtocolVersion version, int shards)
    {
        var broker = Broker(SharedStrategy.RoundRobin, shards);
        var client = broker.Connect("client", version);
        foreach (var filter in new[] { "a", "+", "$share/g/a", "$share/h/a", "$share/g/+" })
        {
            client.Subscribe(filter, QoS.AtLeastOnce);
        }

        PublishMany(broker, 1, topic: _ => "a");

        Assert.Equal(4, client.ReceivesAllPublishes().Count);
    }

    [Theory, Spec("MQTT-3.8.4-3", "MQTT-3.10.4-1")]
    [MemberData(nameof(StrategiesAndShards))]
    public void Subscribing_again_changes_the_member_and_unsubscribing_removes_it(SharedStrategy strategy, int shards)
    {
        var broker = Broker(strategy, shards);
        var member = broker.Connect("member").Subscribe("$share/g/t", QoS.AtMostOnce);
        PublishMany(broker, 1);
        Assert.Equal(QoS.AtMostOnce, member.ReceivesPublish().QoS);

        member.Subscribe("$share/g/t", QoS.AtLeastOnce, properties: new TestProperties().Add(PropertyId.SubscriptionIdentifier, 7));
        PublishMany(broker, 1);
        var publish = member.ReceivesPublish();
        Assert.Equal((QoS.AtLeastOnce, 7U), (publish.QoS, publish.Number(PropertyId.SubscriptionIdentifier)));
        Assert.Equal(1, broker.Core.Tree.SharedSubscriptionCount);

        Assert.Equal([0], member.Unsubscribe("$share/g/t").Codes);
        Assert.Equal(0, broker.Core.Tree.SharedSubscriptionCount);
        PublishMany(broker, 1);
        member.ReceivesNothing();
    }

    [Fact, Spec("MQTT-4.7.2-1", "MQTT-4.8.2-1")]
    public void A_shared_wildcard_does_not_match_dollar_topics()
    {
        var broker = Broker(SharedStrategy.RoundRobin, 1);
        var hash = broker.Connect("hash").Subscribe("$share/g/#");
        var own = broker.Connect("own").Subscribe("$share/g/$other/#");

        broker.Connect("publisher").Publish("$other/x", "x");

        hash.ReceivesNothing();
        own.ReceivesPublish();
    }

    /// <summary>A publisher may well be a member: No Local cannot be asked for with a shared subscription.</summary>
    [Fact, Spec("MQTT-4.8.2-3", "R28")]
    public void A_member_may_get_its_own_message()
    {
        var broker = Broker(SharedStrategy.RoundRobin, 1);
        var member = broker.Connect("member").Subscribe("$share/g/t");

        member.Publish("t", "x");

        Assert.Equal("x", member.ReceivesPublish().PayloadText);
    }

    [Fact, Spec("MQTT-3.3.1-12", "MQTT-3.3.1-13")]
    public void RETAIN_of_a_live_message_follows_Retain_As_Published_of_the_member()
    {
        var broker = Broker(SharedStrategy.RoundRobin, 1);
        var keeps = broker.Connect("keeps").Subscribe("$share/g/t", retainAsPublished: true);
        var plain = broker.Connect("plain").Subscribe("$share/h/t");

        broker.Connect("publisher").Publish("t", "x", retain: true);

        Assert.Equal((true, false), (keeps.ReceivesPublish().Retain, plain.ReceivesPublish().Retain));
    }

    private static BrokerHarness Broker(SharedStrategy strategy, int shards) => new(shards, settings: settings => settings.SharedStrategy = strategy);

    private static List<TestClient> Members(BrokerHarness broker, int count) =>
        [.. Enumerable.Range(0, count).Select(i => broker.Connect($"member {i}").Subscribe("$share/g/t", QoS.AtLeastOnce))];

    private static IEnumerable<string> Payloads(int count) => Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture));

    private static void PublishMany(BrokerHarness broker, int count, QoS qos = QoS.AtLeastOnce, Func<int, string>? topic = null)
    {
        var publisher = broker.Connect("publisher");
        for (var i = 0; i < count; i++)
        {
            publisher.PublishAcknowledged(topic?.Invoke(i) ?? "t", i.ToString(CultureInfo.InvariantCulture), qos);
        }
    }
}
