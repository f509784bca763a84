using Godwit.Broker.Messages;
using Godwit.Broker.Routing;
using Godwit.Broker.Sessions;
using Godwit.Broker.Shards;

namespace Godwit.Broker.Log;

/// <summary>
/// What a shard does so that nothing is acknowledged before it is durable: it writes records during a turn, seals them at its end, and lets
/// go of answers and QoS 2 messages when the log says that they are safe. Deliveries at QoS 1 and 0 never wait.
/// </summary>
internal sealed class Durability(Shard shard, IShardLog log)
{
    /// <summary>Number of a commit without records: durable already.</summary>
    private const long Nothing = -1;

    private readonly Queue<PendingPublish> _pending = new();
    private readonly List<Ticket> _committing = [];
    private readonly List<Connection> _holding = [];
    private readonly List<Session> _gated = [];
    private readonly Queue<Message> _retaining = new();
    private readonly List<RetainedProgress> _noted = [];
    private readonly List<RetainedWrite> _written = [];
    private readonly List<Message> _clearing = [];
    private readonly Queue<(Message Message, long Append)> _cleared = new();
    private Ticket? _turn;
    private long _releasedUpTo;
    private long _lastAwaited = Nothing;

    public IShardLog Log => log;

    /// <summary>Who gets the message that is being routed; one message at a time.</summary>
    public RecipientList Recipients { get; } = new();

    /// <summary>Waits for the records of this turn.</summary>
    public Ticket TurnTicket => _turn ??= new Ticket();

    /// <summary>Waits for the records of this turn, and for messages that wait for other shards and what is written behind them.</summary>
    public Ticket LastTicket
    {
        get
        {
            var turn = TurnTicket;                  // what this turn writes is awaited, also when the message turns out to need no record
            return LastPending?.Ticket ?? turn;
        }
    }

    /// <summary>There are no other shards: every message is written by the turn that brings it.</summary>
    public bool IsAlone => shard.Core.AllShards.Length == 1;

    /// <summary>Nothing new may be promised.</summary>
    public bool IsFull => log.Health >= StoreHealth.Full;

    /// <summary>The message that waits for other shards and was queued last; null when none waits.</summary>
    public PendingPublish? LastPending { get; private set; }

    /// <summary>Waits for the end of the durable session that ended last; null: none did.</summary>
    public Ticket? LastEnd { get; private set; }

    /// <summary>Begins a turn: what has become durable since the last may leave.</summary>
    public void BeginTurn()
    {
        var durable = log.DurableAppend;
        if (durable != _releasedUpTo || _gated.Count > 0)
        {
            _releasedUpTo = durable;
            Release();
        }
    }

    /// <summary>Ends a turn. Sessions with a gate wait for what other shards write; the log wakes nobody who does not ask.</summary>
    public void EndTurn()
    {
        if (_gated.Count == 0)
        {
            return;
        }

        log.AwaitAdvance();
        if (log.DurableAppend != _releasedUpTo)
        {
            shard.Core.World.Wake(shard.Index);
        }
    }

    /// <summary>Seals what this turn has written.</summary>
    public void Commit()
    {
        foreach (var progress in _noted)
        {
            progress.WriteGiven(log);
        }

        _noted.Clear();
        var isAwaited = _turn is not null || _committing.Count > 0;
        var append = log.Commit(isAwaited);
        _written.ForEach(write => write.Committed());
        _written.Clear();
        _clearing.ForEach(message => _cleared.Enqueue((message, append)));
        _clearing.Clear();
        if (!isAwaited)
        {
            return;
        }

        // Without records: what was awaited before comes first, because tickets of earlier turns may be shared.
        _lastAwaited = append == 0 ? _lastAwaited : append;
        append = _lastAwaited;
        _turn?.Committed(append);
        _turn = null;
        foreach (var ticket in _committing)
        {
            ticket.Committed(append);
        }

        if (append <= log.DurableAppend)
        {
            Release();                              // the log has nothing more to say of it
            WakeOthers(_committing.Count > 0);
        }

        _committing.Clear();
    }

    /// <summary>Sessions of other shards may wait for a ticket of this one.</summary>
    private void WakeOthers(bool isNeeded)
    {
        for (var i = 0; isNeeded && i < shard.Core.AllShards.Length; i++)
        {
            if (i != shard.Index)
            {
                shard.Core.World.Wake(i);
            }
        }
    }

    /// <summary>A message has been routed: writes it for its durable recipients, or waits for those of other shards.</summary>
    /// <returns>False: nothing has to be written.</returns>
    public bool Write(ref PublishContext context)
    {
        if (context.Pending is null && Recipients.IsEmpty && !context.Record.HasMore)
        {
            return false;
        }

        if (context.Pending is null && _pending.Count > 0)
        {
            Defer(ref context);                     // messages are in the log in the order in which they were published
        }

        if (context.Pending is { } pending)
        {
            pending.Add(Recipients.Span);
            if (context.IsPendingHere)
            {
                pending.Record = context.Record;
            }

            Recipients.Clear();
            pending.LetGo();
            return true;
        }

        if (!Recipients.IsEmpty)
        {
            context.MessageId(this);
        }

        Write(context.Record, context.ToRecord(), Recipients.Span);
        Recipients.Clear();
        if (context.GateOrNull is { } gate && gate != _turn)
        {
            _committing.Add(gate);
        }

        return true;
    }

    /// <summary>Other shards have recipients of this message: it is written when they have said which.</summary>
    public PendingPublish Defer(ref PublishContext context)
    {
        if (context.Pending is null)
        {
            var message = context.Store(shard.Pool);
            message.AddReference();
            context.MessageId(this);
            var ticket = context.Gate(this);
            if (!context.Record.IsReference)
            {
                message.Ticket = ticket;
            }

            context.Pending = new PendingPublish(shard) { Message = message, Ticket = ticket, IsHandedOver = context.Record.Companion is HandedOver };
            context.IsPendingHere = true;
            _pending.Enqueue(context.Pending);
            LastPending = context.Pending;
        }

        return context.Pending;
    }

    /// <summary>A message replaces or clears a retained one: its record comes behind the one of that.</summary>
    public void Follow(ref PublishContext context, Message? replaced)
    {
        if (replaced?.Write is { } write && write.Owner != this)
        {
            write.Precede(Defer(ref context));
        }
    }

    /// <summary>A retained message has its record in this turn.</summary>
    public void Written(RetainedWrite write) => _written.Add(write);

    /// <summary>A retained message is cleared by a record of this turn.</summary>
    public void Cleared(Message message) => _clearing.Add(message);

    /// <summary>Writes the messages whose recipients are all known, oldest first.</summary>
    public void WritePending()
    {
        while (_pending.TryPeek(out var first) && first.IsComplete)
        {
            _pending.Dequeue();
            Write(first.Record, PublishContext.ToRecord(first.Message, first.Record), first.Recipients);
            first.WriteEndings(log);
            _committing.Add(first.Ticket);
            first.Message.Release();
        }

        LastPending = _pending.Count == 0 ? null : LastPending;
    }

    /// <summary>A durable session has ended: this turn writes that it has, or deletes it.</summary>
    public void NoteEnd() => LastEnd = TurnTicket;

    /// <summary>PUBREL may only leave when the PUBREC is durable, or a restart would send the PUBLISH again to who has forgotten its id.</summary>
    /// <returns>What PUBREL waits for; null: the session is not durable.</returns>
    public Ticket? MarkReceived(uint sessionNo, long seq)
    {
        if (sessionNo == 0)
        {
            return null;
        }

        log.MarkReceived(sessionNo, seq);
#if DEFECTS
        if (Protocol.Defect.Is("pubrel-before-pubrec-durable")) { return null; }
#endif
        return TurnTicket;
    }

    /// <summary>A session's queue is over, when what has been handed on from it is written.</summary>
    public void EndSession(uint sessionNo)
    {
        if (LastPending is { } pending)
        {
            pending.EndSession(sessionNo);
        }
        else
        {
            log.EndSession(sessionNo);
        }
    }

    /// <summary>Forgets a record, when what came before is written: it may be part of that.</summary>
    public void Delete(long id)
    {
        if (LastPending is { } pending)
        {
            pending.Delete(id);
        }
        else
        {
            log.Delete(id);
        }
    }

    /// <summary>A search for retained messages is over, when what it has brought is written.</summary>
    public void End(RetainedProgress progress)
    {
        if (LastPending is { } pending)
        {
            pending.End(progress);
        }
        else
        {
            progress.Delete(log);
        }
    }

    /// <summary>A search has something to note when the turn ends.</summary>
    public void Note(RetainedProgress progress) => _noted.Add(progress);

    /// <summary>An answer waits for a ticket.</summary>
    public void Hold(Connection connection)
    {
        if (!connection.IsHolding)
        {
            connection.IsHolding = true;
            _holding.Add(connection);
        }
    }

    /// <summary>A position of a queue, and what is behind it, may not be sent before the ticket is durable.</summary>
    public void Gate(Session session, long seq, Ticket ticket)
    {
        if (session.Gates is null)
        {
            session.Gates = new SendGates();
            _gated.Add(session);
        }

        session.Gates.Add(seq, ticket);
    }

    /// <summary>A QoS 2 message is in the retained store, where every shard finds it, before it is in the log.</summary>
    public void Retaining(Message message, Ticket ticket)
    {
        message.Ticket = ticket;
        _retaining.Enqueue(message);
    }

    private void Write(in PublishRecord record, in MessageRecord message, ReadOnlySpan<byte> recipients)
    {
        if (!recipients.IsEmpty && record.IsReference)
        {
            log.AddRecipients(log.NewId(), record.MessageId, recipients);
        }
        else if (!recipients.IsEmpty || record.RetainedVersion != 0)
        {
            log.PutMessage(record.MessageId, message, recipients);
        }

        var isReleased = record.ReplacedId != 0;
#if DEFECTS
        isReleased &= record.RetainedVersion != 0 || !Protocol.Defect.Is("retained-delete-not-logged");
#endif
        if (isReleased)
        {
            log.ReleaseRetained(record.ReplacedId);
        }

        if (record.WillId != 0)
        {
            log.Delete(record.WillId);
        }

        if (record.InboundId != 0)
        {
            log.PutInbound(record.InboundId, record.InboundSessionNo, record.InboundPacketId);
        }

        record.Companion?.Write(this, record.MessageId);
    }

    private void Release()
    {
        for (var i = _holding.Count - 1; i >= 0; i--)
        {
            if (shard.ReleaseAnswers(_holding[i]))
            {
                _holding[i].IsHolding = false;
                _holding[i] = _holding[^1];
                _holding.RemoveAt(_holding.Count - 1);
            }
        }

        for (var i = _gated.Count - 1; i >= 0; i--)
        {
            var session = _gated[i];
            if (session.Gates!.LimitSeq(log) == long.MaxValue)
            {
                session.Gates = null;
                _gated[i] = _gated[^1];
                _gated.RemoveAt(_gated.Count - 1);
            }

            if (session.Connection is { } connection)
            {
                shard.Touch(connection);
            }
        }

        while (_retaining.TryPeek(out var message) && message.Ticket!.IsDurable(log))
        {
            _retaining.Dequeue().Ticket = null;
        }

        while (_cleared.TryPeek(out var cleared) && cleared.Append <= log.DurableAppend)
        {
            shard.Core.Tree.ForgetCleared(_cleared.Dequeue().Message);
        }

        shard.HandOvers.OnDurable();
    }
}
