using System.Buffers;

namespace Godwit.Broker.Shards;

/// <summary>Bytes of a connection that were received and not handled: the beginning of a packet, or input put off to the next turn.</summary>
internal struct InputTail
{
    private byte[]? _array;
    private int _start;
    private int _end;

    public readonly bool IsEmpty => _start == _end;

    public readonly ReadOnlySpan<byte> Span => _array.AsSpan(_start, _end - _start);

    /// <summary>Adds what was received. Grows with the bytes that arrive, never by a declared length.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_array is null || _array.Length - _end < bytes.Length)
        {
            var length = _end - _start;
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(256, Math.Max(2 * length, length + bytes.Length)));
            Span.CopyTo(larger);
            Return();
            _array = larger;
            _start = 0;
            _end = length;
        }

        bytes.CopyTo(_array.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>The oldest bytes were handled.</summary>
    public void Consume(int size)
    {
        _start += size;
        if (_start == _end)
        {
            Clear();
        }
    }

    /// <summary>Forgets everything and gives the array back.</summary>
    public void Clear()
    {
        Return();
        _array = null;
        _start = _end = 0;
    }

    private readonly void Return()
    {
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }
    }
}
