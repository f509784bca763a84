using Godwit.Broker.Shards;

namespace Godwit.Broker.Log;

/// <summary>
/// Answers of one connection that wait until what they acknowledge is durable, in the order of the packets they answer. One that waits for
/// nothing itself waits behind those before it.
/// </summary>
internal sealed class HeldAnswers
{
    private readonly Queue<(Ticket Ticket, int Size)> _steps = new();
    private OutputBuffer _bytes;
    private Ticket? _last;
    private int _lastSize;

    /// <summary>Nothing waits.</summary>
    public bool IsEmpty => _last is null;

    /// <summary>Bytes that wait.</summary>
    public int Length => _bytes.Length;

    /// <summary>Room for an answer of <paramref name="size"/> bytes.</summary>
    public Span<byte> Reserve(int size, OutputPool pool) => _bytes.Reserve(size, pool);

    /// <summary>The answer stands in the room.</summary>
    /// <param name="size">Its size.</param>
    /// <param name="ticket">What it waits for; null: for nothing but those before it.</param>
    public void Add(int size, Ticket? ticket)
    {
        _bytes.Advance(size);
        if (ticket is not null && ticket != _last)
        {
            if (_last is not null)
            {
                _steps.Enqueue((_last, _lastSize));
            }

            (_last, _lastSize) = (ticket, 0);
        }

        _lastSize += size;
    }

    /// <summary>How many bytes need not wait any longer.</summary>
    public int CountReady(IShardLog log)
    {
        var ready = 0;
        while (_last is not null)
        {
            var (ticket, size) = _steps.TryPeek(out var first) ? first : (_last, _lastSize);
            if (!ticket.IsDurable(log))
            {
                break;
            }

            ready += size;
            if (!_steps.TryDequeue(out _))
            {
                (_last, _lastSize) = (null, 0);
            }
        }

        return ready;
    }

    /// <summary>The oldest bytes, which <see cref="CountReady"/> has counted.</summary>
    public ReadOnlySpan<byte> Span(int size) => _bytes.Span[..size];

    /// <summary>They are on their way.</summary>
    public void Consume(int size, OutputPool pool) => _bytes.Consume(size, pool);

    /// <summary>The connection is over: nothing is acknowledged any more.</summary>
    public void Release(OutputPool pool)
    {
        _bytes.Release(pool);
        _steps.Clear();
        (_last, _lastSize) = (null, 0);
    }
}
