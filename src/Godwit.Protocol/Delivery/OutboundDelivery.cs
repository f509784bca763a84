using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Godwit.Protocol.Delivery;

/// <summary>
/// All QoS 1 and 2 messages on their way to one receiver, in order: the in-flight window and, behind it, the queue of what has
/// not been sent. Each message gets its position when it is queued, and the position gives its packet id (<see cref="PacketIds"/>): whoever
/// stores the queue has stored the ids. The window is a ring from the oldest open position on. Used by broker and client.
/// It outlives connections: <see cref="BeginConnection"/> starts the re-send that only a new connection may bring. [MQTT-4.4.0-1]
/// </summary>
/// <typeparam name="TMessage">The owner's message. It is handed back when the exchange no longer needs it.</typeparam>
public sealed partial class OutboundDelivery<TMessage>
{
    private ChunkedQueue<Queued>? _queue;  // never sent: what is dropped from it costs nothing, and its position counts as acknowledged
    private long _resend;           // next slot to send again on this connection; _next when there is none
    private long _nextSeq;          // position of the next message or request
    private SendQuota _quota;

    /// <summary>Messages with a place in the queue that were never sent.</summary>
    public int QueuedCount => _queue?.Count ?? 0;

    /// <summary>Exchanges that began and are not over, on this connection or an earlier one.</summary>
    public int InFlightCount => _inFlightCount;

    /// <summary>Nothing is queued and nothing in flight.</summary>
    public bool IsEmpty => QueuedCount + _inFlightCount == 0;

    /// <summary>Something has still to be sent on this connection, again or for the first time.</summary>
    public bool IsWaiting => _resend < _next || QueuedCount > 0;

    /// <summary>The Receive Maximum and what is used of it.</summary>
    public SendQuota Quota => _quota;

    /// <summary>The position that the next message or request gets.</summary>
    public long NextSeq => _nextSeq;

    /// <summary>The first position that was never sent; <see cref="NextSeq"/> when all were.</summary>
    public long UnsentSeq => QueuedCount > 0 ? _queue!.Peek().Seq : _nextSeq;

    /// <summary>The position of an exchange that is in flight.</summary>
    /// <param name="packetId">1 to 65,535.</param>
    public long PositionOf(ushort packetId) => PacketIds.PositionOf(packetId, _oldest);

    /// <summary>Positions below <paramref name="nextSeq"/> have been used, by an earlier life of this delivery.</summary>
    public void ContinueAt(long nextSeq) => _nextSeq = Math.Max(_nextSeq, nextSeq);

    /// <summary>A connection begins: what was sent and not settled is sent again, oldest first, before anything new. [MQTT-4.6.0-1]</summary>
    /// <param name="receiveMaximum">Of the other side, 1 to 65,535.</param>
    public void BeginConnection(int receiveMaximum)
    {
        _quota.Reset(receiveMaximum);
        _resend = _oldest;
        for (var seq = _oldest; seq < _next; seq++)
        {
            ref var slot = ref At(seq);
            slot.HoldsQuota = false;
            if (slot.State == OutboundState.AwaitingResponse)
            {
                Settle(ref slot);               // a request dies with its connection
            }
        }

        ClearSettled();
    }

    /// <summary>Gives a message its place at the end of the queue. Limits are the owner's business, before this call.</summary>
    /// <param name="message">Held until it is handed back.</param>
    /// <param name="qos">1 or 2.</param>
    public void Enqueue(TMessage message, QoS qos)
    {
        Debug.Assert(qos != QoS.AtMostOnce, "QoS 0 has no exchange.");
        (_queue ??= new ChunkedQueue<Queued>()).Enqueue(new Queued(message, qos, QueuedState.Unsent, _nextSeq++));
    }

    /// <summary>How many new messages may be sent now, before anything that waits: none when something does.</summary>
    public int SendableCount => IsWaiting || !IsInWindow(_nextSeq)
        ? 0
        : Math.Min(_quota.Maximum - _quota.InUse, PacketIds.Count - (_oldest == _next ? 0 : (int)(_nextSeq - _oldest)));

    /// <summary>Sends a message that need not wait: the same as <see cref="Enqueue"/> and <see cref="TryTakeNext"/>.</summary>
    /// <param name="message">As <see cref="Enqueue"/>.</param>
    /// <param name="qos">1 or 2.</param>
    /// <returns>Its packet id.</returns>
    public ushort Send(in TMessage message, QoS qos)
    {
        Debug.Assert(SendableCount > 0, "Nothing may be sent.");
        ref var slot = ref Append(_nextSeq);
        slot.Message = message;
        slot.QoS = qos;
        slot.State = StateOf(qos, isReceived: false);
        slot.HoldsQuota = true;
        _quota.Take();
        _resend = _next;
        return PacketIds.Of(_nextSeq++);
    }

    /// <summary>Gives a position to a message that its owner keeps elsewhere until <see cref="Restore"/>.</summary>
    public long TakePosition() => _nextSeq++;

    /// <summary>
    /// Puts a message at the end that got its position earlier: in an earlier life, or by <see cref="TakePosition"/>. One that may have been sent
    /// is in flight as long as the ids reach, so that its acknowledgement is understood also before it is sent again.
    /// </summary>
    /// <param name="seq">Above that of everything that is queued or in flight.</param>
    /// <param name="message">As <see cref="Enqueue"/>; default when <paramref name="state"/> is Received.</param>
    /// <param name="qos">1 or 2.</param>
    /// <param name="state">What became of it before.</param>
    public void Restore(long seq, TMessage message, QoS qos, QueuedState state)
    {
        Debug.Assert(seq < _nextSeq, "A restored message has a position.");
        if (state != QueuedState.Unsent && QueuedCount == 0 && IsInWindow(seq))
        {
            ref var slot = ref Append(seq);
            slot.Message = message;
            slot.QoS = qos;
            slot.State = StateOf(qos, state == QueuedState.Received);
            return;
        }

        (_queue ??= new ChunkedQueue<Queued>()).Enqueue(new Queued(message, qos, state, seq));
    }

    /// <summary>Takes a packet id for SUBSCRIBE or UNSUBSCRIBE (client). They share the id space with PUBLISH. [MQTT-2.2.1-3]</summary>
    /// <param name="packetId">Free until <see cref="OnResponse"/>.</param>
    /// <returns>False: all ids of the window are in use, or older messages wait in the queue; try again later.</returns>
    public bool TryBeginRequest(out ushort packetId)
    {
        if (QueuedCount > 0 || !IsInWindow(_nextSeq))
        {
            packetId = 0;
            return false;
        }

        packetId = PacketIds.Of(_nextSeq);
        Append(_nextSeq++).State = OutboundState.AwaitingResponse;
        return true;
    }

    /// <summary>Says what goes out next: first what must be sent again, then the queue, as far as quota and ids reach.</summary>
    /// <param name="send">With true: the packet.</param>
    /// <param name="limitSeq">Positions from here on may not leave the queue yet.</param>
    /// <returns>False: nothing may be sent now.</returns>
    public bool TryTakeNext(out OutboundSend<TMessage> send, long limitSeq = long.MaxValue)
    {
        while (_resend < _next)
        {
            ref var slot = ref At(_resend);
            if (slot.State == OutboundState.AwaitingPubcomp)        // [MQTT-4.3.3-6] PUBREL, never the PUBLISH; it needs no quota
            {
                send = new OutboundSend<TMessage>(PacketIds.Of(_resend++), slot.QoS, Dup: false, IsPubrel: true, default!);
                return true;
            }

            if (slot.State is OutboundState.AwaitingPuback or OutboundState.AwaitingPubrec)
            {
                return TakeAgain(ref slot, out send);
            }

            _resend++;
        }

        return TakeQueued(limitSeq, out send);
    }

    /// <summary>PUBACK arrived; a reason code of 0x80 or more ends the exchange too. [MQTT-4.4.0-2]</summary>
    /// <param name="packetId">1 to 65,535.</param>
    /// <param name="message">With true: the message, no longer needed here.</param>
    /// <returns>False: no QoS 1 message waits under this id; nothing changed, the PUBACK is to be ignored.</returns>
    public bool OnPuback(ushort packetId, out TMessage message) => End(packetId, OutboundState.AwaitingPuback, out message);

    /// <summary>PUBREC arrived.</summary>
    /// <param name="packetId">1 to 65,535.</param>
    /// <param name="isError">Its reason code is 0x80 or more.</param>
    /// <param name="message">The message if it is no longer needed here, else default.</param>
    /// <param name="handedBack"><paramref name="message"/> holds the message.</param>
    public PubrecOutcome OnPubrec(ushort packetId, bool isError, out TMessage message, out bool handedBack)
    {
        message = default!;
        handedBack = false;
        ref var slot = ref Find(packetId);
        if (Unsafe.IsNullRef(ref slot))
        {
            return isError ? PubrecOutcome.Ended : PubrecOutcome.SendPubrelNotFound;
        }

        switch (slot.State)
        {
            case OutboundState.AwaitingPubrec when isError:
                handedBack = true;
                message = slot.Message;
                Settle(ref slot);
                ClearSettled();
                return PubrecOutcome.Ended;

            case OutboundState.AwaitingPubrec:
                handedBack = true;
                message = slot.Message;             // [MQTT-4.3.3-6] the PUBLISH is never sent again
                slot.Message = default!;
                slot.State = OutboundState.AwaitingPubcomp;
                return PubrecOutcome.SendPubrel;    // [MQTT-4.3.3-4]

            case OutboundState.AwaitingPubcomp when isError:        // the receiver has forgotten the exchange
                Settle(ref slot);
                ClearSettled();
                return PubrecOutcome.Ended;

            case OutboundState.AwaitingPubcomp:     // the receiver missed our PUBREL
                return PubrecOutcome.SendPubrel;

            default:                                // AwaitingPuback, AwaitingResponse, Settled: no QoS 2 message has this id
                return isError ? PubrecOutcome.Ended : PubrecOutcome.SendPubrelNotFound;
        }
    }

    /// <summary>PUBCOMP arrived, with any reason code.</summary>
    /// <returns>False: nothing waits for it; ignore it.</returns>
    public bool OnPubcomp(ushort packetId) => End(packetId, OutboundState.AwaitingPubcomp, out _);

    /// <summary>SUBACK or UNSUBACK arrived (client).</summary>
    /// <returns>False: nothing waits for it.</returns>
    public bool OnResponse(ushort packetId) => End(packetId, OutboundState.AwaitingResponse, out _);

    /// <summary>Gives up a PUBLISH that <see cref="TryTakeNext"/> just returned and that cannot be sent (expired, too large for the receiver).</summary>
    /// <returns>The message.</returns>
    public TMessage Discard(ushort packetId)
    {
        ref var slot = ref Find(packetId);
        Debug.Assert(!Unsafe.IsNullRef(ref slot) && slot.State != OutboundState.Settled, "Only what was just taken is discarded.");
        var message = slot.Message;
        Settle(ref slot);
        ClearSettled();
        return message;
    }

    /// <summary>Drops the oldest message that waits and was never sent.</summary>
    /// <param name="message">With true: the message.</param>
    /// <param name="qos">With true: its QoS towards this client.</param>
    /// <param name="seq">With true: its position.</param>
    /// <returns>False: the queue is empty, or begins with what was sent in an earlier life.</returns>
    public bool TryDropOldestQueued(out TMessage message, out QoS qos, out long seq)
    {
        if (QueuedCount == 0 || _queue!.Peek().State != QueuedState.Unsent)
        {
            message = default!;
            qos = default;
            seq = 0;
            return false;
        }

        (message, qos, _, seq) = _queue.Dequeue();
        return true;
    }

    /// <summary>Gives memory back when nothing is queued or in flight; for owners that are going to be idle.</summary>
    public void TrimExcess()
    {
        if (IsEmpty)
        {
            _oldest = _resend = _next;
            _ring = [];
            _queue = null;
        }
    }

    /// <summary>The session ends: gives back every message, oldest first, and forgets everything.</summary>
    /// <param name="handBack">Gets the message, its position, its QoS and whether it was ever sent. Not called for AwaitingPubcomp, whose message is gone.</param>
    public void Clear(Action<TMessage, long, QoS, bool> handBack)
    {
        for (var seq = _oldest; seq < _next; seq++)
        {
            ref var slot = ref At(seq);
            if (slot.State is OutboundState.AwaitingPuback or OutboundState.AwaitingPubrec)
            {
                handBack(slot.Message, seq, slot.QoS, true);
            }
        }

        while (_queue is { Count: > 0 })
        {
            var queued = _queue.Dequeue();
            if (queued.State != QueuedState.Received)
            {
                handBack(queued.Message, queued.Seq, queued.QoS, queued.State != QueuedState.Unsent);
            }
        }

        _ring = [];
        _queue = null;
        _oldest = _resend = _next = _nextSeq = 0;
        _inFlightCount = 0;
        _quota.Reset(_quota.Maximum);
    }

    private bool TakeAgain(ref Slot slot, out OutboundSend<TMessage> send)
    {
        if (!_quota.IsAvailable)                                                                    // [MQTT-3.3.4-9]
        {
            send = default;
            return false;
        }

        _quota.Take();
        slot.HoldsQuota = true;
        send = new OutboundSend<TMessage>(PacketIds.Of(_resend++), slot.QoS, Dup: true, IsPubrel: false, slot.Message);
        return true;
    }

    private bool TakeQueued(long limitSeq, out OutboundSend<TMessage> send)
    {
        send = default;
        if (QueuedCount == 0)
        {
            return false;
        }

        var seq = _queue!.Peek().Seq;
        if (seq >= limitSeq || !IsInWindow(seq))
        {
            return false;
        }

        var isReceived = _queue.Peek().State == QueuedState.Received;
        if (!isReceived && !_quota.IsAvailable)                                                     // [MQTT-3.3.4-9]
        {
            return false;
        }

        var (message, qos, state, _) = _queue.Dequeue();
        send = new OutboundSend<TMessage>(PacketIds.Of(seq), qos, Dup: state == QueuedState.Sent, isReceived, message);
        ref var slot = ref Append(seq);
        slot.Message = message;
        slot.QoS = qos;
        slot.State = StateOf(qos, isReceived);
        if (!isReceived)
        {
            slot.HoldsQuota = true;
            _quota.Take();
        }

        _resend = _next;
        return true;
    }

    private static OutboundState StateOf(QoS qos, bool isReceived)
    {
        if (isReceived)
        {
            return OutboundState.AwaitingPubcomp;
        }

        return qos == QoS.AtLeastOnce ? OutboundState.AwaitingPuback : OutboundState.AwaitingPubrec;
    }

    private bool End(ushort packetId, OutboundState expected, out TMessage message)
    {
        ref var slot = ref Find(packetId);
        if (Unsafe.IsNullRef(ref slot) || slot.State != expected)
        {
            message = default!;
            return false;
        }

        message = slot.Message;
        Settle(ref slot);
        ClearSettled();
        return true;
    }

    private readonly record struct Queued(TMessage Message, QoS QoS, QueuedState State, long Seq);
}
