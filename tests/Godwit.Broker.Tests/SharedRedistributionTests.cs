using System.Globalization;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>What becomes of a shared message when its member cannot or will not take it (5.0 §4.8.2).</summary>
public sealed class SharedRedistributionTests
{
    [Theory, Spec("MQTT-4.8.2-5")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void Unacknowledged_QoS_1_messages_of_a_session_that_ends_go_to_another_member(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var leaver = broker.Connect("leaver", version).Subscribe("$share/g/t", QoS.AtLeastOnce);
        PublishMany(broker, QoS.AtLeastOnce, 3);
        var sent = leaver.ReceivesAllPublishes();
        Assert.Equal(3, sent.Count);
        leaver.Puback(sent[1].PacketId);
        var stayer = broker.Connect("stayer").Subscribe("$share/g/t", QoS.AtLeastOnce);

        leaver.DropConnection();

        var received = stayer.ReceivesAllPublishes();
        Assert.Equal(["0", "2"], received.Select(publish => publish.PayloadText));
        Assert.All(received, publish => Assert.False(publish.Dup));        // the first time for this one
    }

    [Theory, Spec("MQTT-4.8.2-4", "MQTT-4.8.2-5")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void QoS_2_goes_to_another_member_only_if_it_was_never_sent(int shards)
    {
        var broker = new BrokerHarness(shards);
        var leaver = Connect(broker, "leaver", expiry: 0, receiveMaximum: 2).Subscribe("$share/g/t", QoS.ExactlyOnce);
        PublishMany(broker, QoS.ExactlyOnce, 4);
        var sent = leaver.ReceivesAllPublishes();
        Assert.Equal(["0", "1"], sent.Select(publish => publish.PayloadText));
        leaver.Pubrec(sent[0].PacketId);
        var stayer = broker.Connect("stayer").Subscribe("$share/g/t", QoS.ExactlyOnce);

        leaver.DropConnection();

        Assert.Equal(["2", "3"], stayer.ReceivesAllPublishes().Select(publish => publish.PayloadText));
        Assert.Equal(1, broker.Dropped(DropReason.SessionEnded));
    }

    [Theory, Spec("MQTT-4.8.2-4")]
    [InlineData(QoS.AtLeastOnce, 1)]
    [InlineData(QoS.ExactlyOnce, 1)]
    [InlineData(QoS.AtLeastOnce, 3)]
    [InlineData(QoS.ExactlyOnce, 3)]
    public void A_member_that_is_only_away_keeps_what_was_sent_to_it(QoS qos, int shards)
    {
        var broker = new BrokerHarness(shards);
        var member = broker.Persistent("member").Subscribe("$share/g/t", qos);
        PublishMany(broker, qos, 1);
        member.ReceivesPublish();
        var other = broker.Connect("other").Subscribe("$share/g/t", qos);

        member.DropConnection();

        other.ReceivesNothing();
        var again = broker.Persistent("member").ReceivesPublish();
        Assert.Equal(("0", true), (again.PayloadText, again.Dup));
    }

    [Theory, Spec("MQTT-4.8.2-5", "R33")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void The_end_may_come_by_expiry_or_by_a_clean_start(int shards)
    {
        foreach (var byExpiry in new[] { true, false })
        {
            var broker = new BrokerHarness(shards);
            var leaver = Connect(broker, "leaver", expiry: 10, receiveMaximum: 1).Subscribe("$share/g/t", QoS.AtLeastOnce);
            PublishMany(broker, QoS.AtLeastOnce, 3);
            leaver.ReceivesPublish();
            var stayer = broker.Connect("stayer").Subscribe("$share/g/t", QoS.AtLeastOnce);
            leaver.DropConnection();
            broker.Advance(TimeSpan.FromSeconds(9));
            stayer.ReceivesNothing();

            if (byExpiry)
            {
                broker.Advance(TimeSpan.FromSeconds(1));
            }
            else
            {
                broker.Connect("leaver").ReceivesNothing();
            }

            Assert.Equal(["0", "1", "2"], stayer.ReceivesAllPublishes().Select(publish => publish.PayloadText));
        }
    }

    [Theory, Spec("MQTT-4.8.2-6")]
    [InlineData(QoS.AtLeastOnce, 1)]
    [InlineData(QoS.ExactlyOnce, 1)]
    [InlineData(QoS.AtLeastOnce, 3)]
    [InlineData(QoS.ExactlyOnce, 3)]
    public void A_message_that_a_member_refuses_is_discarded(QoS qos, int shards)
    {
        var broker = new BrokerHarness(shards);
        var member = broker.Connect("member").Subscribe("$share/g/t", qos);
        PublishMany(broker, qos, 1);
        var packetId = member.ReceivesPublish().PacketId;
        var other = broker.Connect("other").Subscribe("$share/g/t", qos);

        if (qos == QoS.AtLeastOnce)
        {
            member.Puback(packetId, PubackReasonCode.NotAuthorized);
        }
        else
        {
            member.Pubrec(packetId, PubrecReasonCode.NotAuthorized);
        }

        other.ReceivesNothing();
        member.DropConnection();
        other.ReceivesNothing();
        Assert.Equal(1, broker.Dropped(DropReason.RefusedByReceiver));
    }

    [Theory, Spec("MQTT-4.8.2-3")]
    [MemberData(nameof(SharedTests.StrategiesAndShards), MemberType = typeof(SharedTests))]
    public void A_member_whose_queue_is_full_passes_on_to_the_next(SharedStrategy strategy, int shards)
    {
        var broker = new BrokerHarness(shards, limits => limits.QueueMessagesMax = 2, settings => settings.SharedStrategy = strategy);
        var members = Enumerable.Range(0, 3).Select(i => broker.Connect($"member {i}").Subscribe("$share/g/t", QoS.AtLeastOnce)).ToList();

        PublishMany(broker, QoS.AtLeastOnce, 7);

        Assert.All(members, member => Assert.Equal(2, member.ReceivesAllPublishes().Count));
        Assert.Equal(1, broker.Dropped(DropReason.NoMember));
        Assert.Equal(0, broker.Dropped(DropReason.QueueFull));
    }

    [Theory, Spec("MQTT-4.8.2-3")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void When_the_connected_member_is_full_one_that_is_away_takes_over(int shards)
    {
        var broker = new BrokerHarness(shards, limits => limits.QueueMessagesMax = 2);
        broker.Persistent("away").Subscribe("$share/g/t", QoS.AtLeastOnce).DropConnection();
        var here = broker.Connect("here").Subscribe("$share/g/t", QoS.AtLeastOnce);

        PublishMany(broker, QoS.AtLeastOnce, 4);

        Assert.Equal(["0", "1"], here.ReceivesAllPublishes().Select(publish => publish.PayloadText));
        Assert.Equal(["2", "3"], broker.Persistent("away").ReceivesAllPublishes().Select(publish => publish.PayloadText));
    }

    /// <summary>The last member's messages have nowhere to go.</summary>
    [Theory, Spec("MQTT-4.8.2-5")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void Without_another_member_the_messages_of_an_ended_session_are_counted_as_dropped(int shards)
    {
        var broker = new BrokerHarness(shards);
        var member = broker.Connect("member").Subscribe("$share/g/t", QoS.AtLeastOnce);
        PublishMany(broker, QoS.AtLeastOnce, 3);
        Assert.Equal(3, member.ReceivesAllPublishes().Count);

        member.DropConnection();

        Assert.Equal(3, broker.Dropped(DropReason.NoMember) + broker.Dropped(DropReason.SessionEnded));
        Assert.Equal((0L, 0L), (broker.Counters.Queued, broker.Counters.QueuedBytes));
    }

    [Theory, Spec("MQTT-4.8.2-5", "MQTT-3.3.2-6", "MQTT-3.3.2-5")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void What_is_passed_on_has_aged_and_may_have_expired(int shards)
    {
        var broker = new BrokerHarness(shards);
        Connect(broker, "leaver", expiry: 10, receiveMaximum: 10).Subscribe("$share/g/t", QoS.AtLeastOnce).DropConnection();
        var publisher = broker.Connect("publisher");
        foreach (var seconds in new uint[] { 5, 30 })
        {
            publisher.PublishAcknowledged("t", "x", QoS.AtLeastOnce, properties: new TestProperties().Add(PropertyId.MessageExpiryInterval, seconds));
        }

        var stayer = broker.Connect("stayer").Subscribe("$share/g/t", QoS.AtLeastOnce);

        broker.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal([20U], stayer.ReceivesAllPublishes().Select(publish => publish.Number(PropertyId.MessageExpiryInterval)));
    }

    /// <summary>The member ends in the same turn in which another shard has chosen it.</summary>
    [Fact, Spec("MQTT-4.8.2-3", "MQTT-4.5.0-1")]
    public void A_member_that_ends_while_the_message_is_on_its_way_passes_on()
    {
        var broker = new BrokerHarness(shards: 3, settings: settings => settings.SharedStrategy = SharedStrategy.Sticky);
        var publisher = broker.Connect("publisher");
        var home = publisher.Connection.Session!.ShardIndex;
        var gone = Enumerable.Range(0, 100).Select(i => broker.Connect($"gone {i}")).First(client => client.Connection.Session!.ShardIndex != home);
        gone.Subscribe("$share/g/t", QoS.AtLeastOnce);
        var connection = gone.Connection;
        var shard = broker.Core.Shards[connection.Session!.ShardIndex];

        shard.BeginTurn(broker.NowMs);
        var stayer = broker.Connect("stayer").Subscribe("$share/g/t", QoS.AtLeastOnce);
        var publisherShard = broker.Core.Shards[home];
        publisherShard.BeginTurn(broker.NowMs);
        publisherShard.Received(publisher.Connection, [0x32, 7, 0, 1, (byte)'t', 0, 9, 0, (byte)'x']);
        publisherShard.EndTurn();
        shard.Lost(connection);
        broker.Run();

        Assert.Equal("x", stayer.ReceivesPublish().PayloadText);
    }

    private static TestClient Connect(BrokerHarness broker, string clientId, uint expiry, uint receiveMaximum) =>
        broker.Connect(clientId, properties: TestProperties.Expiry(expiry).Add(PropertyId.ReceiveMaximum, receiveMaximum));

    private static void PublishMany(BrokerHarness broker, QoS qos, int count)
    {
        var publisher = broker.Connect("publisher");
        for (var i = 0; i < count; i++)
        {
            publisher.PublishAcknowledged("t", i.ToString(CultureInfo.InvariantCulture), qos);
        }
    }
}
