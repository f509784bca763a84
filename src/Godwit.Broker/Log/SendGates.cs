namespace Godwit.Broker.Log;

/// <summary>From which positions on a session's queue has to wait for the log, because a QoS 2 message may only leave when its record is durable.</summary>
internal sealed class SendGates
{
    private readonly Queue<(long Seq, Ticket Ticket)> _gates = new();
    private Ticket? _last;

    /// <summary>Nothing waits.</summary>
    public bool IsEmpty => _gates.Count == 0;

    /// <summary>The message at this position, and all behind it, wait for a ticket.</summary>
    public void Add(long seq, Ticket ticket)
    {
        if (ticket != _last)
        {
            _gates.Enqueue((seq, ticket));
            _last = ticket;
        }
    }

    /// <summary>The first position that may not leave yet; <see cref="long.MaxValue"/> when all may.</summary>
    public long LimitSeq(IShardLog log)
    {
#if DEFECTS
        if (Protocol.Defect.Is("qos2-sent-before-durable")) { return long.MaxValue; }
#endif
        while (_gates.TryPeek(out var first))
        {
            if (!first.Ticket.IsDurable(log))
            {
                return first.Seq;
            }

            _gates.Dequeue();
        }

        _last = null;
        return long.MaxValue;
    }
}
