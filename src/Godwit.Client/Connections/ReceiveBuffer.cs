namespace Godwit.Client.Connections;

/// <summary>Bytes from the server that are not yet handled. Grows only when it is full: what a packet declares allocates nothing.</summary>
internal sealed class ReceiveBuffer
{
    private const int InitialBytes = 16 * 1024;

    /// <summary>A buffer that grew beyond this for one large packet is given up when it is empty.</summary>
    private const int KeptBytes = 1024 * 1024;

    private byte[] _bytes = new byte[InitialBytes];
    private int _start;
    private int _end;

    /// <summary>Received and not handled; may begin with an incomplete packet, or be empty.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(_start.._end);

    /// <summary>Room for the next read, at least one byte. Moves or grows the buffer when it is full.</summary>
    public Memory<byte> Free
    {
        get
        {
            if (_start == _end)
            {
                Clear();
            }

            if (_end == _bytes.Length && _start > 0)
            {
                Bytes.CopyTo(_bytes);
                (_start, _end) = (0, _end - _start);
            }

            if (_end == _bytes.Length)
            {
                Array.Resize(ref _bytes, (int)Math.Min(2L * _bytes.Length, Array.MaxLength));
            }

            return _bytes.AsMemory(_end);
        }
    }

    /// <summary>So many bytes were read into <see cref="Free"/>.</summary>
    public void Add(int count) => _end += count;

    /// <summary>So many bytes from the start are handled.</summary>
    public void Remove(int count) => _start += count;

    /// <summary>Throws everything away.</summary>
    public void Clear()
    {
        _start = _end = 0;
        if (_bytes.Length > KeptBytes)
        {
            _bytes = new byte[InitialBytes];
        }
    }
}
