using Godwit.Protocol.Delivery;

namespace Godwit.Protocol.Tests.Delivery;

/// <summary>Messages that got their positions earlier: in a life before, or while they were kept elsewhere.</summary>
public sealed class OutboundRestoreTests
{
    [Theory, Spec("MQTT-3.3.1-1", "MQTT-4.4.0-1")]
    [InlineData(QoS.AtLeastOnce, QueuedState.Unsent, false)]
    [InlineData(QoS.ExactlyOnce, QueuedState.Unsent, false)]
    [InlineData(QoS.AtLeastOnce, QueuedState.Sent, true)]
    [InlineData(QoS.ExactlyOnce, QueuedState.Sent, true)]
    public void A_message_goes_out_with_its_packet_id_and_with_DUP_only_if_it_may_have_been_sent(QoS qos, QueuedState state, bool dup)
    {
        var delivery = Restored(next: 100, (41, "m", qos, state));

        Assert.True(delivery.IsWaiting);
        Assert.True(delivery.TryTakeNext(out var send));

        Assert.Equal(new OutboundSend<string>(42, qos, dup, IsPubrel: false, "m"), send);
        Assert.False(delivery.TryTakeNext(out _));
        Assert.Equal((0, 1, false), (delivery.QueuedCount, delivery.InFlightCount, delivery.IsWaiting));
    }

    [Fact, Spec("MQTT-4.3.3-6")]
    public void What_was_received_goes_out_as_PUBREL_and_needs_no_quota()
    {
        var delivery = Restored(next: 10, (3, "sent", QoS.ExactlyOnce, QueuedState.Sent), (4, null!, QoS.ExactlyOnce, QueuedState.Received));
        delivery.BeginConnection(1);

        Assert.True(delivery.TryTakeNext(out var publish));
        Assert.True(delivery.TryTakeNext(out var pubrel));

        Assert.Equal((4, false), (publish.PacketId, publish.IsPubrel));
        Assert.Equal(new OutboundSend<string>(5, QoS.ExactlyOnce, Dup: false, IsPubrel: true, null!), pubrel);
        Assert.True(delivery.OnPubcomp(5));
        Assert.Equal(1, delivery.Quota.InUse);
    }

    [Fact]
    public void An_acknowledgement_that_comes_before_the_message_is_sent_again_is_understood()
    {
        var delivery = Restored(
            next: 10,
            (1, "one", QoS.AtLeastOnce, QueuedState.Sent),
            (2, "two", QoS.ExactlyOnce, QueuedState.Sent),
            (3, null!, QoS.ExactlyOnce, QueuedState.Received),
            (4, "four", QoS.AtLeastOnce, QueuedState.Unsent));
        delivery.BeginConnection(1);

        Assert.True(delivery.OnPuback(2, out var one));
        Assert.Equal(PubrecOutcome.SendPubrel, delivery.OnPubrec(3, isError: false, out var two, out var handedBack));
        Assert.True(delivery.OnPubcomp(4));
        Assert.False(delivery.OnPuback(5, out _), "It was never sent.");

        Assert.Equal(("one", "two", true), (one, two, handedBack));
        Assert.True(delivery.TryTakeNext(out var pubrel));
        Assert.Equal((3, true), (pubrel.PacketId, pubrel.IsPubrel));
        Assert.True(delivery.TryTakeNext(out var four));
        Assert.Equal((5, "four", false), (four.PacketId, four.Message, four.Dup));
    }

    [Fact, Spec("MQTT-4.6.0-1")]
    public void All_that_is_restored_comes_again_on_the_next_connection_in_order()
    {
        var delivery = Restored(next: 10, (1, "one", QoS.AtLeastOnce, QueuedState.Sent), (5, "five", QoS.AtLeastOnce, QueuedState.Unsent));
        Take(delivery, 2);

        delivery.BeginConnection(10);
        delivery.Enqueue("ten", QoS.AtLeastOnce);

        Assert.Equal([("one", 2, true), ("five", 6, true), ("ten", 11, false)], Take(delivery, 3).ConvertAll(send => (send.Message, (int)send.PacketId, send.Dup)));
    }

    [Fact, Spec("MQTT-2.2.1-3", "MQTT-2.2.1-4")]
    public void Beyond_the_ids_of_a_window_it_waits_in_the_queue_until_the_oldest_is_acknowledged()
    {
        var delivery = new OutboundDelivery<string>();
        delivery.ContinueAt(100_000);
        for (var seq = 0L; seq < 65_536; seq++)
        {
            delivery.Restore(seq, $"{seq}", QoS.AtLeastOnce, QueuedState.Sent);
        }

        delivery.BeginConnection(65_535);
        Assert.Equal((65_535, 1), (delivery.InFlightCount, delivery.QueuedCount));
        Take(delivery, 65_535);
        Assert.False(delivery.TryTakeNext(out _));
        Assert.True(delivery.OnPuback(1, out _));

        var last = Assert.Single(Take(delivery, 1));
        Assert.Equal((1, "65535", true), (last.PacketId, last.Message, last.Dup));
    }

    [Fact]
    public void A_position_that_was_taken_is_given_to_nobody_else()
    {
        var delivery = Restored(next: 0);
        delivery.Enqueue("zero", QoS.AtLeastOnce);

        Assert.Equal((1, 2), (delivery.TakePosition(), delivery.TakePosition()));

        Assert.Equal(3, delivery.NextSeq);
        delivery.Restore(2, "two", QoS.AtLeastOnce, QueuedState.Unsent);
        delivery.Enqueue("three", QoS.AtLeastOnce);
        Assert.Equal([("zero", 1), ("two", 3), ("three", 4)], Take(delivery, 3).ConvertAll(send => (send.Message, (int)send.PacketId)));
    }

    [Fact]
    public void Positions_go_on_behind_those_that_were_used_and_never_back()
    {
        var delivery = new OutboundDelivery<string>();

        delivery.ContinueAt(7);
        delivery.ContinueAt(5);

        Assert.Equal((7, 7), (delivery.NextSeq, delivery.UnsentSeq));
        Assert.Equal(7, delivery.TakePosition());
    }

    [Fact]
    public void The_first_position_that_was_never_sent_is_that_of_the_oldest_in_the_queue()
    {
        var delivery = Restored(next: 5);
        delivery.Enqueue("five", QoS.AtLeastOnce);
        delivery.Enqueue("six", QoS.AtLeastOnce);
        Assert.Equal(5, delivery.UnsentSeq);

        Take(delivery, 1);
        Assert.Equal(6, delivery.UnsentSeq);

        Take(delivery, 1);
        Assert.Equal(7, delivery.UnsentSeq);
    }

    [Fact]
    public void A_limit_holds_back_what_is_at_it_and_behind_but_nothing_that_is_sent_again()
    {
        var delivery = Restored(next: 5, (3, "three", QoS.ExactlyOnce, QueuedState.Sent));
        delivery.Enqueue("five", QoS.AtLeastOnce);
        delivery.Enqueue("six", QoS.ExactlyOnce);

        Assert.Equal(["three", "five"], Take(delivery, 2, limitSeq: 6).ConvertAll(send => send.Message));
        Assert.False(delivery.TryTakeNext(out _, limitSeq: 6));

        delivery.BeginConnection(10);
        Assert.Equal(["three", "five"], Take(delivery, 2, limitSeq: 0).ConvertAll(send => send.Message));
        Assert.False(delivery.TryTakeNext(out _, limitSeq: 6));
        Assert.True(delivery.TryTakeNext(out var six, limitSeq: 7));
        Assert.Equal("six", six.Message);
    }

    [Fact]
    public void Only_what_was_never_sent_is_dropped()
    {
        var delivery = Restored(next: 10, (1, "one", QoS.AtLeastOnce, QueuedState.Sent), (2, "two", QoS.AtLeastOnce, QueuedState.Unsent));

        Assert.True(delivery.TryDropOldestQueued(out var dropped, out _, out var seq));
        Assert.Equal(("two", 2L), (dropped, seq));
        Assert.False(delivery.TryDropOldestQueued(out _, out _, out _));
    }

    [Fact]
    public void At_the_end_every_message_is_handed_back_with_whether_it_may_have_been_sent()
    {
        var delivery = Restored(
            next: 10,
            (1, "one", QoS.ExactlyOnce, QueuedState.Sent),
            (2, null!, QoS.ExactlyOnce, QueuedState.Received),
            (3, "three", QoS.AtLeastOnce, QueuedState.Unsent));
        var handedBack = new List<(string, long, bool)>();

        delivery.Clear((message, seq, _, wasSent) => handedBack.Add((message, seq, wasSent)));

        Assert.Equal([("one", 1, true), ("three", 3, false)], handedBack);
        Assert.True(delivery.IsEmpty);
    }

    private static OutboundDelivery<string> Restored(long next, params (long Seq, string Message, QoS QoS, QueuedState State)[] messages)
    {
        var delivery = new OutboundDelivery<string>();
        delivery.ContinueAt(next);
        delivery.BeginConnection(10);
        foreach (var (seq, message, qos, state) in messages)
        {
            delivery.Restore(seq, message, qos, state);
        }

        return delivery;
    }

    private static List<OutboundSend<string>> Take(OutboundDelivery<string> delivery, int count, long limitSeq = long.MaxValue)
    {
        var taken = new List<OutboundSend<string>>();
        while (taken.Count < count)
        {
            Assert.True(delivery.TryTakeNext(out var send, limitSeq), $"Only {taken.Count} may be sent.");
            taken.Add(send);
        }

        return taken;
    }
}
