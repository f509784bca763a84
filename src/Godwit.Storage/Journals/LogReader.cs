using Godwit.Storage.Index;
using Godwit.Storage.Records;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Journals;

/// <summary>Reads single records, through a window: neighbours in the log cost one call of the system.</summary>
internal sealed class LogReader(SegmentSet hot, SegmentSet cold, int windowSizeBytes)
{
    private byte[] _window = new byte[windowSizeBytes];
    private uint _segment = uint.MaxValue;
    private int _start;
    private int _end;

    /// <summary>Why the record that was asked for last could not be read; null when the disk gave it, intact or not.</summary>
    public IOException? DiskError { get; private set; }

    /// <summary>Reads a record that can be read alone, and checks it.</summary>
    /// <param name="location">Where the index says it is.</param>
    /// <param name="type">What it has to be.</param>
    /// <param name="body">Its body; valid until the next call.</param>
    /// <returns>False: it is damaged or cannot be read.</returns>
    public bool TryRead(RecordLocation location, RecordType type, out ReadOnlySpan<byte> body)
    {
        body = default;
        DiskError = null;
        if (!TryLoad(location))
        {
            return false;
        }

        var reader = new RecordReader(_window.AsSpan((int)location.Offset - _start, location.Length));
        if (!reader.TryRead() || reader.Type != type || reader.Length != location.Length || !reader.IsIntact)
        {
            return false;
        }

        body = reader.Body;
        return true;
    }

    private bool TryLoad(RecordLocation location)
    {
        var offset = (int)location.Offset;
        if (location.Segment == _segment && offset >= _start && offset + location.Length <= _end)
        {
            return true;
        }

        var set = location.IsCold ? cold : hot;
        var segNo = RecordLocation.SegNoOf(location.Segment);
        if (_window.Length < location.Length)
        {
            _window = new byte[location.Length];
        }

        _segment = uint.MaxValue;
        try
        {
            // What is behind the last frame will be written later and must not be remembered.
            var size = Math.Min(_window.Length, set.EndOffset(segNo) - offset);
            _end = offset + (size < location.Length ? 0 : set.Read(segNo, offset, _window.AsSpan(0, size)));
        }
        catch (IOException exception)
        {
            DiskError = exception;
            return false;
        }

        _segment = location.Segment;
        _start = offset;
        return offset + location.Length <= _end;
    }
}
