using Godwit.Protocol.Delivery;

namespace Godwit.Protocol.Tests.Delivery;

/// <summary>Packet ids, send quota, re-sending, dropping and ending of the sender's side (5.0 §2.2.1, §4.4, §4.9).</summary>
public sealed class OutboundDeliveryTests
{
    [Fact, Spec("R17", "MQTT-2.2.1-3", "MQTT-2.2.1-4", "MQTT-4.3.2-1", "MQTT3-2.3.1-4")]
    public void Packet_ids_run_from_1_to_65535_and_then_begin_again_at_1()
    {
        var delivery = Connected(65_535);
        for (var i = 0; i < 150_000; i++)
        {
            var packetId = Sends(delivery, $"{i}");

            Assert.Equal((i % 65_535) + 1, packetId);
            Assert.True(delivery.OnPuback(packetId, out _));
        }
    }

    [Fact, Spec("R17", "MQTT-2.2.1-3")]
    public void No_packet_id_is_used_twice_while_an_old_message_stays_in_flight()
    {
        var delivery = Connected(65_535);
        var old = Sends(delivery, "old");
        for (var i = 0; i < 65_534; i++)
        {
            var packetId = Sends(delivery, "short");
            Assert.NotEqual(old, packetId);
            Assert.True(delivery.OnPuback(packetId, out _));
        }

        delivery.Enqueue("waits", QoS.AtLeastOnce);
        Assert.False(delivery.TryTakeNext(out _), "All other ids have been used since; the window is closed.");
        Assert.False(delivery.TryBeginRequest(out _));
        Assert.Equal((1, 1), (delivery.InFlightCount, delivery.QueuedCount));

        Assert.True(delivery.OnPuback(old, out var message));
        Assert.Equal("old", message);
        Assert.True(delivery.TryTakeNext(out var send));
        Assert.Equal((1, "waits"), (send.PacketId, send.Message));
    }

    [Fact, Spec("R17", "MQTT-2.2.1-4")]
    public void All_65535_ids_can_be_in_flight_and_not_one_more()
    {
        var delivery = Connected(65_535);
        var ids = new HashSet<int>();
        for (var i = 0; i < 65_536; i++)
        {
            delivery.Enqueue("m", QoS.ExactlyOnce);
            if (delivery.TryTakeNext(out var send))
            {
                Assert.True(ids.Add(send.PacketId), $"Id {send.PacketId} was given twice.");
            }
        }

        Assert.Equal((65_535, 1), (delivery.InFlightCount, delivery.QueuedCount));
        Assert.DoesNotContain(0, ids);
    }

    [Fact, Spec("R19", "MQTT-3.3.4-9", "MQTT-4.9.0-1", "MQTT-4.9.0-2")]
    public void PUBREC_gives_no_quota_back_but_PUBCOMP_does()
    {
        var delivery = Connected(1);
        var packetId = Sends(delivery, "first", QoS.ExactlyOnce);
        delivery.Enqueue("second", QoS.ExactlyOnce);
        Assert.False(delivery.TryTakeNext(out _));

        delivery.OnPubrec(packetId, isError: false, out _, out _);
        Assert.False(delivery.TryTakeNext(out _));

        delivery.OnPubcomp(packetId);
        Assert.True(delivery.TryTakeNext(out var send));
        Assert.Equal("second", send.Message);
    }

    [Theory, Spec("R17", "R19", "MQTT-4.9.0-2", "MQTT-4.4.0-2")]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void An_acknowledgement_that_ends_the_exchange_gives_quota_back(QoS qos)
    {
        var delivery = Connected(2);
        var packetId = Sends(delivery, "first", qos);
        Sends(delivery, "second", qos);
        delivery.Enqueue("third", qos);
        Assert.False(delivery.TryTakeNext(out _));

        if (qos == QoS.AtLeastOnce)
        {
            delivery.OnPuback(packetId, out _);
        }
        else
        {
            delivery.OnPubrec(packetId, isError: true, out _, out _);
        }

        Assert.True(delivery.TryTakeNext(out var send));
        Assert.Equal("third", send.Message);
        Assert.False(delivery.Quota.IsAvailable);
    }

    [Fact, Spec("R17", "R19", "MQTT-4.9.0-2", "MQTT-4.9.0-3", "MQTT-4.4.0-1")]
    public void A_sent_again_PUBLISH_needs_quota_and_a_sent_again_PUBREL_needs_none()
    {
        var delivery = Connected(10);
        var first = Sends(delivery, "first", QoS.ExactlyOnce);
        Sends(delivery, "second");
        Sends(delivery, "third");
        delivery.OnPubrec(first, isError: false, out _, out _);

        delivery.BeginConnection(1);

        Assert.True(delivery.TryTakeNext(out var pubrel));
        Assert.True(pubrel.IsPubrel);
        Assert.Equal(0, delivery.Quota.InUse);
        Assert.True(delivery.TryTakeNext(out var second));
        Assert.Equal(("second", true), (second.Message, second.Dup));
        Assert.False(delivery.TryTakeNext(out _));
        Assert.True(delivery.OnPubcomp(first));
        Assert.False(delivery.TryTakeNext(out _), "PUBCOMP of an exchange that took no quota gives none back.");
        Assert.True(delivery.OnPuback(second.PacketId, out _));
        Assert.True(delivery.TryTakeNext(out var third));
        Assert.Equal("third", third.Message);
    }

    [Fact, Spec("R17", "R19", "MQTT-4.4.0-1", "MQTT-4.6.0-1", "MQTT-4.3.3-6", "MQTT-3.3.1-1", "MQTT-4.3.2-2", "MQTT-4.3.3-2", "MQTT3-4.4.0-1", "MQTT3-4.6.0-1")]
    public void A_new_connection_sends_again_in_the_original_order_and_then_the_queue()
    {
        var delivery = Connected(4);
        delivery.Enqueue("1a", QoS.AtLeastOnce);
        delivery.Enqueue("2b", QoS.ExactlyOnce);
        delivery.Enqueue("2c", QoS.ExactlyOnce);
        delivery.Enqueue("1d", QoS.AtLeastOnce);
        delivery.Enqueue("1e", QoS.AtLeastOnce);
        Assert.Equal(["1 1a", "2 2b", "3 2c", "4 1d"], TakeAll(delivery));
        delivery.OnPubrec(3, isError: false, out _, out _);

        delivery.BeginConnection(4);

        Assert.Equal(["1 1a dup", "2 2b dup", "3 pubrel", "4 1d dup", "5 1e"], TakeAll(delivery));
        Assert.Empty(TakeAll(delivery));
    }

    [Fact, Spec("R17", "MQTT-4.4.0-1")]
    public void Nothing_is_sent_again_on_the_same_connection()
    {
        var delivery = Connected(10);
        Sends(delivery, "first");
        Sends(delivery, "second", QoS.ExactlyOnce);

        Assert.Empty(TakeAll(delivery));
    }

    [Fact, Spec("R17", "MQTT-4.4.0-1")]
    public void A_new_connection_in_the_middle_of_sending_again_begins_at_the_oldest_once_more()
    {
        var delivery = Connected(10);
        Sends(delivery, "first");
        Sends(delivery, "second");
        Sends(delivery, "third");
        delivery.BeginConnection(10);
        Assert.True(delivery.TryTakeNext(out _));
        Assert.True(delivery.OnPuback(2, out _), "An acknowledgement counts although the PUBLISH was not sent on this connection.");

        delivery.BeginConnection(10);

        Assert.Equal(["1 first dup", "3 third dup"], TakeAll(delivery));
    }

    [Fact, Spec("R17")]
    public void A_discarded_message_leaves_its_quota_to_the_next()
    {
        var delivery = Connected(1);
        delivery.Enqueue("expired", QoS.AtLeastOnce);
        delivery.Enqueue("fresh", QoS.AtLeastOnce);
        Assert.True(delivery.TryTakeNext(out var send));

        Assert.Equal("expired", delivery.Discard(send.PacketId));

        Assert.Equal(["2 fresh"], TakeAll(delivery));
        Assert.Equal((0, 1), (delivery.QueuedCount, delivery.InFlightCount));
    }

    [Fact]
    public void Dropping_takes_the_oldest_message_that_was_never_sent()
    {
        var delivery = Connected(1);
        Sends(delivery, "in flight");
        delivery.Enqueue("second", QoS.AtLeastOnce);
        delivery.Enqueue("third", QoS.ExactlyOnce);
        delivery.Enqueue("fourth", QoS.AtLeastOnce);

        Assert.True(delivery.TryDropOldestQueued(out var dropped, out _, out _));
        Assert.Equal("second", dropped);
        Assert.True(delivery.TryDropOldestQueued(out dropped, out _, out _));
        Assert.Equal("third", dropped);

        Assert.Equal((1, 1), (delivery.QueuedCount, delivery.InFlightCount));
        Assert.True(delivery.OnPuback(1, out _));
        Assert.True(delivery.TryTakeNext(out var send));
        Assert.Equal("fourth", send.Message);
        Assert.False(delivery.TryDropOldestQueued(out _, out _, out _));
    }

    [Fact]
    public void Dropping_for_ever_takes_no_memory_and_the_rest_follows_when_the_window_has_moved()
    {
        var delivery = Connected(2);
        Sends(delivery, "in flight");
        delivery.BeginConnection(2);
        delivery.Enqueue("q", QoS.AtLeastOnce);
        var before = 0L;
        for (var i = 0; i < 200_000; i++)
        {
            before = i == 1_000 ? GC.GetAllocatedBytesForCurrentThread() : before;
            delivery.Enqueue("q", QoS.AtLeastOnce);
            Assert.True(delivery.TryDropOldestQueued(out _, out _, out _));
        }

        // A collection that another test causes writes off what this thread has left of its 8 KB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8192);
        Assert.Equal(["1 in flight dup"], TakeAll(delivery));      // 200,001 positions behind it: its id could be taken for another
        Assert.True(delivery.OnPuback(1, out _));
        Assert.Equal([$"{PacketIds.Of(200_001)} q"], TakeAll(delivery));
        Assert.True(delivery.OnPuback(PacketIds.Of(200_001), out _));
    }

    [Fact, Spec("MQTT-2.2.1-3")]
    public void A_request_shares_the_ids_and_takes_no_quota()
    {
        var delivery = Connected(1);
        Sends(delivery, "first");

        Assert.True(delivery.TryBeginRequest(out var packetId));
        Assert.Equal((2, 1), (packetId, delivery.Quota.InUse));
        Assert.True(delivery.OnPuback(1, out _));
        Assert.Equal(3, Sends(delivery, "second"));
        Assert.True(delivery.OnResponse(2));
        Assert.False(delivery.OnResponse(2));
    }

    [Fact, Spec("MQTT-4.4.0-1")]
    public void A_request_goes_past_what_has_still_to_be_sent_again()
    {
        var delivery = Connected(10);
        Sends(delivery, "first");
        delivery.BeginConnection(10);

        Assert.True(delivery.TryBeginRequest(out var packetId));

        Assert.Equal(["1 first dup"], TakeAll(delivery));
        Assert.True(delivery.OnResponse(packetId));
        Assert.Equal(3, Sends(delivery, "second"));
    }

    [Fact]
    public void A_request_waits_behind_older_messages_in_the_queue()
    {
        var delivery = Connected(1);
        Sends(delivery, "first");
        delivery.Enqueue("second", QoS.AtLeastOnce);

        Assert.False(delivery.TryBeginRequest(out var packetId));
        Assert.Equal(0, packetId);
    }

    [Fact]
    public void TrimExcess_keeps_messages_and_the_order_of_ids()
    {
        var delivery = Connected(5);
        Sends(delivery, "first");
        delivery.TrimExcess();
        Assert.True(delivery.OnPuback(1, out var message));
        Assert.Equal("first", message);

        delivery.TrimExcess();

        Assert.True(delivery.IsEmpty);
        Assert.False(delivery.OnPuback(1, out _));
        Assert.Equal(2, Sends(delivery, "second"));
        delivery.BeginConnection(5);
        Assert.Equal(["2 second dup"], TakeAll(delivery));
    }

    [Fact]
    public void Clear_hands_every_message_back_once_oldest_first()
    {
        var delivery = Connected(3);
        Sends(delivery, "a", QoS.ExactlyOnce);
        Sends(delivery, "b", QoS.ExactlyOnce);
        Sends(delivery, "c");
        delivery.OnPubrec(1, isError: false, out _, out _);
        delivery.Enqueue("d", QoS.AtLeastOnce);
        var handedBack = new List<(string, QoS, bool)>();

        delivery.Clear((message, _, qos, wasSent) => handedBack.Add((message, qos, wasSent)));

        Assert.Equal([("b", QoS.ExactlyOnce, true), ("c", QoS.AtLeastOnce, true), ("d", QoS.AtLeastOnce, false)], handedBack);
        Assert.True(delivery.IsEmpty);
        Assert.Equal(0, delivery.Quota.InUse);
        Assert.False(delivery.OnPubcomp(1));
        delivery.BeginConnection(3);
        Assert.Empty(TakeAll(delivery));
    }

    private static OutboundDelivery<string> Connected(int receiveMaximum)
    {
        var delivery = new OutboundDelivery<string>();
        delivery.BeginConnection(receiveMaximum);
        return delivery;
    }

    /// <summary>Queues a message and sends it.</summary>
    private static ushort Sends(OutboundDelivery<string> delivery, string message, QoS qos = QoS.AtLeastOnce)
    {
        delivery.Enqueue(message, qos);
        Assert.True(delivery.TryTakeNext(out var send));
        Assert.Equal((message, qos, false), (send.Message, send.QoS, send.Dup));
        return send.PacketId;
    }

    /// <summary>Everything that may be sent now, e.g. <c>3 pubrel</c>, <c>4 text dup</c>.</summary>
    private static List<string> TakeAll(OutboundDelivery<string> delivery)
    {
        var taken = new List<string>();
        while (delivery.TryTakeNext(out var send))
        {
            Assert.False(send.IsPubrel && send.Dup);
            taken.Add(send.IsPubrel ? $"{send.PacketId} pubrel" : $"{send.PacketId} {send.Message}{(send.Dup ? " dup" : "")}");
        }

        return taken;
    }
}
