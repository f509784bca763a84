using System.Numerics;

namespace Godwit.Protocol.Delivery;

/// <summary>
/// A queue in pieces. A long one grows without being copied and without arrays of megabytes, and gives its memory back as it gets shorter;
/// one that stays as long as it is allocates nothing.
/// </summary>
internal sealed class ChunkedQueue<T>
{
    private const int SmallestChunk = 4;
    private const int LargestChunk = 256;

    private Chunk _head;
    private Chunk _tail;
    private Chunk? _spare;
    private int _start;         // in the first chunk
    private int _end;           // in the last chunk

    public ChunkedQueue() => _head = _tail = new Chunk(SmallestChunk);

    public int Count { get; private set; }

    /// <summary>The oldest entry; there is one.</summary>
    public ref readonly T Peek() => ref _head.Items[_start];

    public void Enqueue(in T entry)
    {
        if (_end == _tail.Items.Length)
        {
            _tail = _tail.Next = TakeSpare() ?? NewChunk();
            _end = 0;
        }

        _tail.Items[_end++] = entry;
        Count++;
    }

    /// <summary>Takes the oldest entry out; there is one.</summary>
    public T Dequeue()
    {
        ref var slot = ref _head.Items[_start++];
        var entry = slot;
        slot = default!;
        Count--;
        if (Count == 0)
        {
            _start = _end = 0;                  // one chunk is left
        }
        else if (_start == _head.Items.Length)
        {
            DropHead();
        }

        return entry;
    }

    private void DropHead()
    {
        var empty = _head;
        _head = empty.Next!;
        empty.Next = null;
        _start = 0;
        _spare = empty;
    }

    /// <summary>One that is too small is left to the garbage collector: a queue that gets longer needs fewer and larger chunks.</summary>
    private Chunk? TakeSpare()
    {
        var spare = _spare;
        _spare = null;
        return spare is not null && spare.Items.Length >= Math.Min(Count, LargestChunk) ? spare : null;
    }

    private Chunk NewChunk() => new(Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)Count), SmallestChunk, LargestChunk));

    private sealed class Chunk(int size)
    {
        public readonly T[] Items = new T[size];
        public Chunk? Next;
    }
}
