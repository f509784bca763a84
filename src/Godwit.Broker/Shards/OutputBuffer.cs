namespace Godwit.Broker.Shards;

/// <summary>
/// Bytes on their way to one client, gathered over a turn and sent at once. It rents its array with the first byte and gives it back
/// when everything has been taken, so an idle connection holds none.
/// </summary>
internal struct OutputBuffer
{
    private byte[]? _array;
    private int _start;
    private int _end;

    /// <summary>Bytes that wait.</summary>
    public readonly int Length => _end - _start;

    /// <summary>What waits, oldest first.</summary>
    public readonly ReadOnlySpan<byte> Span => _array.AsSpan(_start, _end - _start);

    /// <summary>Room for <paramref name="size"/> more bytes; valid until the next call.</summary>
    public Span<byte> Reserve(int size, OutputPool pool)
    {
        if (_array is null || _array.Length - _end < size)
        {
            MakeRoom(size, pool);
        }

        return _array.AsSpan(_end, size);
    }

    /// <summary>The first <paramref name="size"/> reserved bytes now count.</summary>
    public void Advance(int size) => _end += size;

    /// <summary>The oldest <paramref name="size"/> bytes have been taken.</summary>
    public void Consume(int size, OutputPool pool)
    {
        _start += size;
        if (_start == _end)
        {
            Release(pool);
        }
    }

    /// <summary>Forgets everything and gives the array back.</summary>
    public void Release(OutputPool pool)
    {
        if (_array is not null)
        {
            pool.Return(_array);
        }

        _array = null;
        _start = _end = 0;
    }

    private void MakeRoom(int size, OutputPool pool)
    {
        var length = Length;
        var larger = pool.Rent((2 * length) + size);
        if (_array is not null)
        {
            Span.CopyTo(larger);
            pool.Return(_array);
        }

        _array = larger;
        _start = 0;
        _end = length;
    }
}
