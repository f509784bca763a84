using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests;

/// <summary>The queue of a client that is away: what goes in, what is dropped when it is full, in what order it comes out.</summary>
public sealed class OfflineQueueTests
{
    [Fact, Spec("MQTT-4.6.0-5", "MQTT-4.6.0-6", "MQTT3-4.6.0-5", "MQTT3-4.6.0-6", "R30")]
    public void QoS_1_and_2_wait_in_the_order_of_their_publication()
    {
        var broker = new BrokerHarness();
        var publisher = WithAbsentReceiver(broker);

        Publish(publisher, "1", "2", "3");
        publisher.PublishAcknowledged("t", "4", QoS.ExactlyOnce);
        Publish(publisher, "5");

        Assert.Equal(["1", "2", "3", "4", "5"], ReceivedLater(broker));
    }

    [Fact, Spec("R16")]
    public void QoS_0_does_not_wait()
    {
        var broker = new BrokerHarness();
        var publisher = WithAbsentReceiver(broker);

        publisher.Publish("t", "lost");
        Publish(publisher, "kept");

        Assert.Equal(["kept"], ReceivedLater(broker));
        Assert.Equal(1, broker.Dropped(DropReason.NotConnected));
    }

    [Fact]
    public void QoS_0_waits_where_the_setting_says_so()
    {
        var broker = new BrokerHarness(settings: settings => settings.QueueQoS0Messages = true);
        var publisher = WithAbsentReceiver(broker);

        publisher.Publish("t", "zero");
        Publish(publisher, "one");

        Assert.Equal(["one", "zero"], ReceivedLater(broker).Order());
        Assert.Equal(0, broker.Dropped(DropReason.NotConnected));
    }

    [Theory]
    [InlineData(OverflowPolicy.RefuseNewest, "1 2 3", DropReason.QueueFull)]
    [InlineData(OverflowPolicy.DropOldest, "3 4 5", DropReason.QueueFullOldest)]
    public void A_full_queue_refuses_the_newest_or_drops_the_oldest(OverflowPolicy policy, string kept, DropReason reason)
    {
        var broker = new BrokerHarness(limits: limits => limits.QueueMessagesMax = 3, settings: settings => settings.OverflowPolicy = policy);
        var publisher = WithAbsentReceiver(broker);

        Publish(publisher, "1", "2", "3", "4", "5");

        Assert.Equal(2, broker.Dropped(reason));
        Assert.Equal(2, broker.Counters.Dropped.Sum());
        Assert.Equal(kept.Split(' '), ReceivedLater(broker));
    }

    /// <summary>Each message costs 1 byte of topic, its payload and 64: 100 here.</summary>
    [Theory]
    [InlineData(OverflowPolicy.RefuseNewest, 0, 2)]
    [InlineData(OverflowPolicy.DropOldest, 2, 4)]
    public void The_same_holds_for_a_limit_in_bytes(OverflowPolicy policy, int firstKept, int end)
    {
        var broker = new BrokerHarness(limits: limits => limits.QueueBytesMax = 299, settings: settings => settings.OverflowPolicy = policy);
        var publisher = WithAbsentReceiver(broker);
        string[] payloads = [.. "abcd".Select(letter => new string(letter, 35))];

        Publish(publisher, payloads);

        Assert.Equal(200, broker.Counters.QueuedBytes);
        Assert.Equal(payloads[firstKept..end], ReceivedLater(broker));
    }

    [Fact]
    public void A_message_that_can_never_fit_does_not_empty_the_queue()
    {
        var broker = new BrokerHarness(
            limits: limits => limits.QueueBytesMax = 300,
            settings: settings =>
            {
                settings.OverflowPolicy = OverflowPolicy.DropOldest;
                settings.QueueQoS0Messages = true;
            });
        var publisher = WithAbsentReceiver(broker);
        publisher.Publish("t", "zero");
        Publish(publisher, "one");

        Publish(publisher, new string('x', 300));

        Assert.Equal(1, broker.Dropped(DropReason.QueueFull));
        Assert.Equal(["one", "zero"], ReceivedLater(broker).Order());
    }

    [Fact]
    public void A_message_that_fits_alone_takes_the_place_of_all_others()
    {
        var broker = new BrokerHarness(limits: limits => limits.QueueBytesMax = 200, settings: settings => settings.OverflowPolicy = OverflowPolicy.DropOldest);
        var publisher = WithAbsentReceiver(broker);
        Publish(publisher, "one", "two");

        Publish(publisher, new string('x', 135));

        Assert.Equal(2, broker.Dropped(DropReason.QueueFullOldest));
        Assert.Equal(200, broker.Counters.QueuedBytes);
    }

    [Fact, Spec("MQTT-3.3.1-12", "MQTT-3.3.1-13")]
    public void Kept_QoS_0_messages_are_sent_as_they_came_and_leave_the_queue_empty()
    {
        var broker = new BrokerHarness(settings: settings => settings.QueueQoS0Messages = true);
        broker.Persistent("receiver").Subscribe("t", retainAsPublished: true).Disconnect();
        var publisher = broker.Connect("publisher");
        publisher.Publish("t", "one", retain: true);
        publisher.Publish("t", "two");
        Assert.Equal(2, broker.Counters.Queued);

        var received = broker.Persistent("receiver").ReceivesAllPublishes();

        Assert.Equal([("one", true), ("two", false)], received.Select(publish => (publish.PayloadText, publish.Retain)));
        Assert.Equal((0L, 0L), (broker.Counters.Queued, broker.Counters.QueuedBytes));
        Assert.Equal(0, broker.Counters.Dropped.Sum());
    }

    [Fact, Spec("MQTT-3.1.2-24", "MQTT-3.1.2-25")]
    public void A_kept_QoS_0_message_that_has_become_too_large_is_dropped()
    {
        var broker = new BrokerHarness(settings: settings => settings.QueueQoS0Messages = true);
        broker.Persistent("receiver").Subscribe("t").Disconnect();
        broker.Connect("publisher").Publish("t", new string('x', 100));

        var properties = TestProperties.Expiry(60).Add(PropertyId.MaximumPacketSize, 50);
        broker.Connect("receiver", cleanStart: false, properties: properties).ReceivesNothing();

        Assert.Equal(1, broker.Dropped(DropReason.TooLargeForReceiver));
        Assert.Equal((0L, 0L), (broker.Counters.Queued, broker.Counters.QueuedBytes));
    }

    [Fact]
    public void Kept_QoS_0_messages_end_with_their_session()
    {
        var broker = new BrokerHarness(settings: settings => settings.QueueQoS0Messages = true);
        broker.Connect("receiver", properties: TestProperties.Expiry(10)).Subscribe("t").Disconnect();
        broker.Connect("publisher").Publish("t", "m");

        broker.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(1, broker.Dropped(DropReason.SessionEnded));
        Assert.Equal((0L, 0L), (broker.Counters.Queued, broker.Counters.QueuedBytes));
    }

    [Theory, Spec("Trap-95")]
    [InlineData(OverflowPolicy.RefuseNewest)]
    [InlineData(OverflowPolicy.DropOldest)]
    public void QoS_0_makes_room_first(OverflowPolicy policy)
    {
        var broker = new BrokerHarness(
            limits: limits => limits.QueueMessagesMax = 3,
            settings: settings =>
            {
                settings.OverflowPolicy = policy;
                settings.QueueQoS0Messages = true;
            });
        var publisher = WithAbsentReceiver(broker);

        publisher.Publish("t", "zero a");
        publisher.Publish("t", "zero b");
        Publish(publisher, "1", "2", "3");

        Assert.Equal(2, broker.Dropped(DropReason.QueueFullQoS0));
        Assert.Equal(2, broker.Counters.Dropped.Sum());
        Assert.Equal(["1", "2", "3"], ReceivedLater(broker));
    }

    [Theory, Spec("Trap-95")]
    [InlineData(OverflowPolicy.RefuseNewest)]
    [InlineData(OverflowPolicy.DropOldest)]
    public void QoS_0_never_drives_anything_out(OverflowPolicy policy)
    {
        var broker = new BrokerHarness(
            limits: limits => limits.QueueMessagesMax = 2,
            settings: settings =>
            {
                settings.OverflowPolicy = policy;
                settings.QueueQoS0Messages = true;
            });
        var publisher = WithAbsentReceiver(broker);

        Publish(publisher, "1", "2");
        publisher.Publish("t", "zero");

        Assert.Equal(1, broker.Dropped(DropReason.QueueFull));
        Assert.Equal(["1", "2"], ReceivedLater(broker));
    }

    /// <summary>In flight counts, and what is in flight is never dropped: its packet id is known to the client.</summary>
    [Theory]
    [InlineData(OverflowPolicy.RefuseNewest, "1 2 3")]
    [InlineData(OverflowPolicy.DropOldest, "1 2 5")]
    public void Messages_in_flight_count_but_stay(OverflowPolicy policy, string kept)
    {
        var broker = new BrokerHarness(limits: limits => limits.QueueMessagesMax = 3, settings: settings => settings.OverflowPolicy = policy);
        var receiver = broker.Persistent("receiver", receiveMaximum: 2).Subscribe("t", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");

        Publish(publisher, "1", "2", "3", "4", "5");

        Assert.Equal(["1", "2"], receiver.ReceivesAllPublishes().Select(publish => publish.PayloadText));
        receiver.DropConnection();
        Assert.Equal(kept.Split(' '), ReceivedLater(broker));
    }

    [Fact]
    public void A_window_that_fills_the_whole_queue_leaves_nothing_to_drop()
    {
        var broker = new BrokerHarness(limits: limits => limits.QueueMessagesMax = 2, settings: settings => settings.OverflowPolicy = OverflowPolicy.DropOldest);
        var receiver = broker.Persistent("receiver").Subscribe("t", QoS.AtLeastOnce);

        Publish(broker.Connect("publisher"), "1", "2", "3");

        Assert.Equal(["1", "2"], receiver.ReceivesAllPublishes().Select(publish => publish.PayloadText));
        Assert.Equal(1, broker.Dropped(DropReason.QueueFull));
    }

    /// <summary>The publisher is not made to pay for a slow receiver.</summary>
    [Fact]
    public void Others_and_the_publisher_do_not_notice_a_full_queue()
    {
        var broker = new BrokerHarness(limits: limits => limits.QueueMessagesMax = 1);
        var publisher = WithAbsentReceiver(broker);
        var other = broker.Connect("other").Subscribe("t", QoS.AtLeastOnce);

        for (var i = 0; i < 5; i++)
        {
            publisher.Publish("t", $"{i}", QoS.AtLeastOnce);
            Assert.Equal(0, publisher.Receives(PacketType.Puback).ReasonCode);
            other.Puback(other.ReceivesPublish().PacketId);
        }

        Assert.Equal(4, broker.Dropped(DropReason.QueueFull));
    }

    [Theory]
    [InlineData(0, "1 2 3 4")]
    [InlineData(2, "1 2")]
    public void A_client_that_is_away_may_have_a_limit_of_its_own(int limit, string kept)
    {
        var broker = new BrokerHarness(limits: limits => (limits.QueueMessagesMax, limits.AwayQueueMessagesMax) = (4, limit));
        var publisher = WithAbsentReceiver(broker);

        Publish(publisher, "1", "2", "3", "4", "5");

        Assert.Equal(kept.Split(' '), ReceivedLater(broker));
    }

    [Fact]
    public void What_a_client_had_when_it_went_away_is_kept()
    {
        var broker = new BrokerHarness(limits: limits => (limits.QueueMessagesMax, limits.AwayQueueMessagesMax) = (4, 2));
        var receiver = broker.Persistent("receiver").Subscribe("t", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");

        Publish(publisher, "1", "2", "3", "4", "5");
        receiver.DropConnection();
        Publish(publisher, "6");

        Assert.Equal(["1", "2", "3", "4"], ReceivedLater(broker));
    }

    [Fact]
    public void What_is_acknowledged_makes_room()
    {
        var broker = new BrokerHarness(limits: limits => limits.QueueMessagesMax = 1);
        var receiver = broker.Connect("receiver").Subscribe("t", QoS.ExactlyOnce);
        var publisher = broker.Connect("publisher");

        for (var i = 0; i < 5; i++)
        {
            publisher.PublishAcknowledged("t", $"{i}", QoS.ExactlyOnce);
            var packetId = receiver.ReceivesPublish().PacketId;
            receiver.Pubrec(packetId);
            receiver.Receives(PacketType.Pubrel);
            receiver.Pubcomp(packetId);
        }

        Assert.Equal(0, broker.Counters.Dropped.Sum());
        Assert.Equal(0, broker.Counters.QueuedBytes);
    }

    private static TestClient WithAbsentReceiver(BrokerHarness broker)
    {
        broker.Persistent("receiver").Subscribe("t", QoS.ExactlyOnce).Disconnect();
        return broker.Connect("publisher");
    }

    private static void Publish(TestClient publisher, params string[] payloads)
    {
        foreach (var payload in payloads)
        {
            publisher.PublishAcknowledged("t", payload, QoS.AtLeastOnce);
        }
    }

    private static List<string> ReceivedLater(BrokerHarness broker) =>
        [.. broker.Persistent("receiver").ReceivesAllPublishes().Select(publish => publish.PayloadText)];
}
