namespace Godwit.Simulation.Disks;

/// <summary>
/// The bytes of a file: as a process sees them, and as they are on the disk. Bytes that were flushed survive a write to their neighbours in
/// the same sector, and a write of the same bytes, as file systems and databases assume.
/// </summary>
internal sealed class SimulatedInode(int id)
{
    public const int SectorSize = 512;

    private readonly SortedDictionary<int, (int Start, int End)> _dirty = [];
    private byte[] _durable = [];
    private int _durableLength;

    public int Id => id;

    public byte[] Bytes { get; private set; } = [];

    public int Length { get; private set; }

    /// <summary>Cannot be read.</summary>
    public HashSet<int> BrokenSectors { get; } = [];

    /// <summary>It holds what was not flushed.</summary>
    public bool IsDirty => _dirty.Count > 0;

    public bool CanRead(int offset, int count) =>
        !BrokenSectors.Any(sector => sector * SectorSize < offset + count && (sector + 1) * SectorSize > offset);

    public void Write(ReadOnlySpan<byte> bytes, int offset)
    {
        SetLength(Math.Max(Length, offset + bytes.Length));
        bytes.CopyTo(Bytes.AsSpan(offset));
        if (!bytes.IsEmpty)
        {
            MarkDirty(offset, offset + bytes.Length);
        }
    }

    public void SetLength(int length)
    {
        var old = Length;
        if (length > Bytes.Length)
        {
            var bytes = new byte[Math.Max(length, 2 * Bytes.Length)];
            Bytes.AsSpan(0, Length).CopyTo(bytes);
            Bytes = bytes;
        }

        if (length < old)
        {
            Bytes.AsSpan(length, old - length).Clear();
            MarkDirty(length, old);
        }

        Length = length;
    }

    public void Flush()
    {
        if (_durable.Length < Bytes.Length)
        {
            Array.Resize(ref _durable, Bytes.Length);
        }

        foreach (var (start, end) in _dirty.Values)
        {
            Bytes.AsSpan(start..end).CopyTo(_durable.AsSpan(start));
        }

        _durableLength = Length;
        _dirty.Clear();
    }

    /// <summary>A flush failed: the system takes the sectors for clean, and they are not on the disk.</summary>
    public void LoseDirty() => _dirty.Clear();

    public void Flip(int offset, byte mask)
    {
        Bytes[offset] ^= mask;
        if (offset < _durable.Length)
        {
            _durable[offset] ^= mask;
        }
    }

    /// <summary>What is left after a power cut. Each sector that was not flushed is as before, as written, torn, zero or garbage.</summary>
    public void Crash(Random random)
    {
        var length = random.Next(2) == 0 ? _durableLength : Length;
        var left = new byte[Math.Max(Bytes.Length, _durable.Length)];
        _durable.AsSpan().CopyTo(left);
        var style = random.Next(4);         // all old, all new, or sector by sector
        foreach (var (start, end) in _dirty.Values)
        {
            var written = Bytes.AsSpan(start..end);
            var target = left.AsSpan(start..end);
            switch (style switch { 0 => 0, 1 => 1, _ => random.Next(8) })
            {
                case 1 or 2 or 3:
                    written.CopyTo(target);
                    break;
                case 4:
                    written[..random.Next(written.Length + 1)].CopyTo(target);
                    break;
                case 5:
                    Changed(target, written).Clear();
                    break;
                case 6:
                    random.NextBytes(Changed(target, written));
                    break;
                default:
                    break;
            }
        }

        left.AsSpan(length).Clear();
        _dirty.Clear();
        Bytes = left;
        Length = _durableLength = length;
        _durable = left.AsSpan().ToArray();
    }

    private static Span<byte> Changed(Span<byte> before, ReadOnlySpan<byte> after) =>
        before[before.CommonPrefixLength(after)..];

    private void MarkDirty(int start, int end)
    {
        for (var sector = start / SectorSize; sector * SectorSize < end; sector++)
        {
            var (from, to) = (Math.Max(start, sector * SectorSize), Math.Min(end, (sector + 1) * SectorSize));
            _dirty[sector] = _dirty.TryGetValue(sector, out var dirty) ? (Math.Min(dirty.Start, from), Math.Max(dirty.End, to)) : (from, to);
        }
    }
}
