using System.Buffers;

namespace Godwit.Broker.Shards;

/// <summary>
/// Bytes on their way to one client, gathered over a turn and sent at once. It rents its array with the first byte and gives it back
/// when everything has been taken, so an idle connection holds none.
/// </summary>
internal struct OutputBuffer
{
    private const int InitialBytes = 2048;

    private byte[]? _array;
    private int _start;
    private int _end;

    /// <summary>Bytes that wait.</summary>
    public readonly int Length => _end - _start;

    /// <summary>What waits, oldest first.</summary>
    public readonly ReadOnlySpan<byte> Span => _array.AsSpan(_start, _end - _start);

    /// <summary>Room for <paramref name="size"/> more bytes; valid until the next call.</summary>
    public Span<byte> Reserve(int size)
    {
        if (_array is null || _array.Length - _end < size)
        {
            MakeRoom(size);
        }

        return _array.AsSpan(_end, size);
    }

    /// <summary>The first <paramref name="size"/> reserved bytes now count.</summary>
    public void Advance(int size) => _end += size;

    /// <summary>The oldest <paramref name="size"/> bytes have been taken.</summary>
    public void Consume(int size)
    {
        _start += size;
        if (_start == _end)
        {
            Release();
        }
    }

    /// <summary>Forgets everything and gives the array back.</summary>
    public void Release()
    {
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = null;
        _start = _end = 0;
    }

    private void MakeRoom(int size)
    {
        var length = Length;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(InitialBytes, (2 * length) + size));
        if (_array is not null)
        {
            Span.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = larger;
        _start = 0;
        _end = length;
    }
}
