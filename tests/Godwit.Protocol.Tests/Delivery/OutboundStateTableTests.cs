using Godwit.Protocol.Delivery;

namespace Godwit.Protocol.Tests.Delivery;

/// <summary>
/// The sender's QoS 1 and QoS 2 state tables (5.0 §4.3): every state with every event is one row. The exchange has packet id 2; an older
/// message with id 1 stays in flight, so that a settled exchange keeps its slot.
/// </summary>
public sealed class OutboundStateTableTests
{
    public enum Happening
    {
        Puback,
        Pubrec,
        PubrecRefuses,
        Pubcomp,
        Response,
        BeginConnection,
        Discard,
    }

    private const string Ignored = "ignored";
    private const string Message = "hands the message back";

    /// <summary>State, event, answer, next state, and whether the exchange holds send quota afterwards.</summary>
    public static TheoryData<OutboundState, Happening, string, OutboundState, bool> Table => new()
    {
        { OutboundState.Queued, Happening.Puback, Ignored, OutboundState.Queued, false },
        { OutboundState.Queued, Happening.Pubrec, "SendPubrelNotFound", OutboundState.Queued, false },
        { OutboundState.Queued, Happening.PubrecRefuses, "Ended", OutboundState.Queued, false },
        { OutboundState.Queued, Happening.Pubcomp, Ignored, OutboundState.Queued, false },
        { OutboundState.Queued, Happening.Response, Ignored, OutboundState.Queued, false },
        { OutboundState.Queued, Happening.BeginConnection, "sends PUBLISH", OutboundState.Queued, false },

        { OutboundState.AwaitingPuback, Happening.Puback, Message, OutboundState.Settled, false },
        { OutboundState.AwaitingPuback, Happening.Pubrec, "SendPubrelNotFound", OutboundState.AwaitingPuback, true },
        { OutboundState.AwaitingPuback, Happening.PubrecRefuses, "Ended", OutboundState.AwaitingPuback, true },
        { OutboundState.AwaitingPuback, Happening.Pubcomp, Ignored, OutboundState.AwaitingPuback, true },
        { OutboundState.AwaitingPuback, Happening.Response, Ignored, OutboundState.AwaitingPuback, true },
        { OutboundState.AwaitingPuback, Happening.BeginConnection, "sends PUBLISH with DUP", OutboundState.AwaitingPuback, false },
        { OutboundState.AwaitingPuback, Happening.Discard, Message, OutboundState.Settled, false },

        { OutboundState.AwaitingPubrec, Happening.Puback, Ignored, OutboundState.AwaitingPubrec, true },
        { OutboundState.AwaitingPubrec, Happening.Pubrec, "SendPubrel, " + Message, OutboundState.AwaitingPubcomp, true },
        { OutboundState.AwaitingPubrec, Happening.PubrecRefuses, "Ended, " + Message, OutboundState.Settled, false },
        { OutboundState.AwaitingPubrec, Happening.Pubcomp, Ignored, OutboundState.AwaitingPubrec, true },
        { OutboundState.AwaitingPubrec, Happening.Response, Ignored, OutboundState.AwaitingPubrec, true },
        { OutboundState.AwaitingPubrec, Happening.BeginConnection, "sends PUBLISH with DUP", OutboundState.AwaitingPubrec, false },
        { OutboundState.AwaitingPubrec, Happening.Discard, Message, OutboundState.Settled, false },

        { OutboundState.AwaitingPubcomp, Happening.Puback, Ignored, OutboundState.AwaitingPubcomp, true },
        { OutboundState.AwaitingPubcomp, Happening.Pubrec, "SendPubrel", OutboundState.AwaitingPubcomp, true },
        { OutboundState.AwaitingPubcomp, Happening.PubrecRefuses, "Ended", OutboundState.Settled, false },
        { OutboundState.AwaitingPubcomp, Happening.Pubcomp, "done", OutboundState.Settled, false },
        { OutboundState.AwaitingPubcomp, Happening.Response, Ignored, OutboundState.AwaitingPubcomp, true },
        { OutboundState.AwaitingPubcomp, Happening.BeginConnection, "sends PUBREL", OutboundState.AwaitingPubcomp, false },

        { OutboundState.AwaitingResponse, Happening.Puback, Ignored, OutboundState.AwaitingResponse, false },
        { OutboundState.AwaitingResponse, Happening.Pubrec, "SendPubrelNotFound", OutboundState.AwaitingResponse, false },
        { OutboundState.AwaitingResponse, Happening.PubrecRefuses, "Ended", OutboundState.AwaitingResponse, false },
        { OutboundState.AwaitingResponse, Happening.Pubcomp, Ignored, OutboundState.AwaitingResponse, false },
        { OutboundState.AwaitingResponse, Happening.Response, "done", OutboundState.Settled, false },
        { OutboundState.AwaitingResponse, Happening.BeginConnection, "sends nothing", OutboundState.Settled, false },

        { OutboundState.Settled, Happening.Puback, Ignored, OutboundState.Settled, false },
        { OutboundState.Settled, Happening.Pubrec, "SendPubrelNotFound", OutboundState.Settled, false },
        { OutboundState.Settled, Happening.PubrecRefuses, "Ended", OutboundState.Settled, false },
        { OutboundState.Settled, Happening.Pubcomp, Ignored, OutboundState.Settled, false },
        { OutboundState.Settled, Happening.Response, Ignored, OutboundState.Settled, false },
        { OutboundState.Settled, Happening.BeginConnection, "sends nothing", OutboundState.Settled, false },
    };

    [Theory, Spec("R17", "R19", "MQTT-4.3.2-3", "MQTT-4.3.3-3", "MQTT-4.3.3-4", "MQTT-4.3.3-5", "MQTT-4.3.3-6", "MQTT-4.4.0-2", "MQTT3-4.3.3-1")]
    [MemberData(nameof(Table))]
    public void Every_event_in_every_state_has_one_answer(OutboundState state, Happening happening, string answer, OutboundState next, bool holdsQuota)
    {
        var delivery = In(state);

        var given = Apply(delivery, happening);

        Assert.Equal(answer, given);
        var olderHoldsQuota = happening != Happening.BeginConnection;
        Assert.Equal((holdsQuota ? 1 : 0) + (olderHoldsQuota ? 1 : 0), delivery.Quota.InUse);
        Assert.Equal(next, StateOf(delivery));
    }

    [Fact, Spec("R17", "R19")]
    public void The_table_has_every_state_with_every_event()
    {
        var rows = Table.Select(row => (row.Data.Item1, row.Data.Item2)).ToList();

        var all =
            from state in Enum.GetValues<OutboundState>()
            from happening in Enum.GetValues<Happening>()
            where happening != Happening.Discard || state is OutboundState.AwaitingPuback or OutboundState.AwaitingPubrec
            select (state, happening);
        Assert.Equal(all, rows);
    }

    [Theory, Spec("R17", "R19", "MQTT-4.3.3-4")]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(65_535)]
    public void A_packet_id_that_was_never_sent_belongs_to_no_exchange(int id)
    {
        var delivery = In(OutboundState.AwaitingPubrec);
        var packetId = (ushort)id;

        Assert.False(delivery.OnPuback(packetId, out _));
        Assert.False(delivery.OnPubcomp(packetId));
        Assert.False(delivery.OnResponse(packetId));
        Assert.Equal(PubrecOutcome.SendPubrelNotFound, delivery.OnPubrec(packetId, isError: false, out _, out var handedBack));
        Assert.False(handedBack);
        Assert.Equal(PubrecOutcome.Ended, delivery.OnPubrec(packetId, isError: true, out _, out handedBack));
        Assert.False(handedBack);
        Assert.Equal(OutboundState.AwaitingPubrec, StateOf(delivery));
    }

    /// <summary>A delivery whose exchange 2 is in a state; exchange 1 is an unanswered QoS 1 PUBLISH.</summary>
    private static OutboundDelivery<string> In(OutboundState state)
    {
        var delivery = new OutboundDelivery<string>();
        delivery.BeginConnection(10);
        delivery.Enqueue("older", QoS.AtLeastOnce);
        Assert.True(delivery.TryTakeNext(out _));
        if (state == OutboundState.AwaitingResponse)
        {
            Assert.True(delivery.TryBeginRequest(out var packetId));
            Assert.Equal(2, packetId);
            return delivery;
        }

        delivery.Enqueue("message", state is OutboundState.AwaitingPuback or OutboundState.Settled ? QoS.AtLeastOnce : QoS.ExactlyOnce);
        if (state != OutboundState.Queued)
        {
            Assert.True(delivery.TryTakeNext(out var send));
            Assert.Equal(2, send.PacketId);
        }

        if (state == OutboundState.AwaitingPubcomp)
        {
            delivery.OnPubrec(2, isError: false, out _, out _);
        }
        else if (state == OutboundState.Settled)
        {
            Assert.True(delivery.OnPuback(2, out _));
        }

        return delivery;
    }

    private static string Apply(OutboundDelivery<string> delivery, Happening happening)
    {
        string message;
        switch (happening)
        {
            case Happening.Puback:
                return delivery.OnPuback(2, out message) ? HandsBack(message) : Ignored;

            case Happening.Pubrec:
            case Happening.PubrecRefuses:
                var outcome = delivery.OnPubrec(2, happening == Happening.PubrecRefuses, out message, out var handedBack);
                return handedBack ? $"{outcome}, {HandsBack(message)}" : outcome.ToString();

            case Happening.Pubcomp:
                return delivery.OnPubcomp(2) ? "done" : Ignored;

            case Happening.Response:
                return delivery.OnResponse(2) ? "done" : Ignored;

            case Happening.Discard:
                return HandsBack(delivery.Discard(2));

            default:
                return SendsOnNewConnection(delivery);
        }
    }

    private static string HandsBack(string message)
    {
        Assert.Equal("message", message);
        return Message;
    }

    /// <summary>What a new connection sends for exchange 2; afterwards yet another connection has begun and nothing was sent on it.</summary>
    private static string SendsOnNewConnection(OutboundDelivery<string> delivery)
    {
        delivery.BeginConnection(10);
        Assert.True(delivery.TryTakeNext(out var older));
        Assert.Equal((1, true), (older.PacketId, older.Dup));
        if (delivery.QueuedCount > 0)
        {
            delivery.BeginConnection(10);
            return "sends PUBLISH";
        }

        var sends = delivery.TryTakeNext(out var send);
        delivery.BeginConnection(10);
        if (!sends)
        {
            return "sends nothing";
        }

        Assert.Equal(2, send.PacketId);
        return send.IsPubrel ? "sends PUBREL" : $"sends PUBLISH{(send.Dup ? " with DUP" : "")}";
    }

    /// <summary>Finds the state of exchange 2 by what it still answers to; the delivery is of no use afterwards.</summary>
    private static OutboundState StateOf(OutboundDelivery<string> delivery)
    {
        if (delivery.QueuedCount == 1)
        {
            return OutboundState.Queued;
        }

        if (delivery.InFlightCount == 1)
        {
            return OutboundState.Settled;
        }

        if (delivery.OnPuback(2, out _))
        {
            return OutboundState.AwaitingPuback;
        }

        if (delivery.OnPubcomp(2))
        {
            return OutboundState.AwaitingPubcomp;
        }

        return delivery.OnResponse(2) ? OutboundState.AwaitingResponse : OutboundState.AwaitingPubrec;
    }
}
