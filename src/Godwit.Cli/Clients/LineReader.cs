namespace Godwit.Cli.Clients;

/// <summary>Cuts a byte stream into lines at LF and nowhere else; what stands before it, CR too, is the line's.</summary>
/// <param name="stream">Read in large pieces; stays the caller's.</param>
internal sealed class LineReader(Stream stream)
{
    /// <summary>No packet can hold more: 2^28 - 1.</summary>
    private const int LineBytesMax = 268_435_455;

    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _searched;
    private int _end;

    /// <summary>Reads the next line; the last one may lack its LF.</summary>
    /// <returns>A copy without LF, which may be empty; null at the end.</returns>
    internal async ValueTask<byte[]?> ReadAsync(CancellationToken ct)
    {
        while (true)
        {
            var length = Find();
            if (length >= 0)
            {
                return Take(length, separator: 1);
            }

            MakeRoom();
            var count = await stream.ReadAsync(_buffer.AsMemory(_end), ct).ConfigureAwait(false);
            if (count == 0)
            {
                return _start == _end ? null : Take(_end - _start, separator: 0);
            }

            _end += count;
        }
    }

    private int Find()
    {
        var found = _buffer.AsSpan(_searched.._end).IndexOf((byte)'\n');
        if (found < 0)
        {
            _searched = _end;
            return -1;
        }

        return _searched + found - _start;
    }

    private byte[] Take(int length, int separator)
    {
        var line = _buffer.AsSpan(_start, length).ToArray();
        _start += length + separator;
        _searched = _start;
        return line;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _searched, _end) = (0, _searched - _start, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            if (_end >= LineBytesMax)
            {
                throw new InvalidDataException($"A line of the input has more than {LineBytesMax} bytes.");
            }

            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }
    }
}
