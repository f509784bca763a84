using Godwit.Storage.Files;

namespace Godwit.Storage.Segments;

/// <summary>One segment of a <see cref="SegmentSet"/> and what is known of it.</summary>
internal sealed class Segment(string name, IStoreFile file, uint segNo, int capacityBytes)
{
    public string Name => name;

    public IStoreFile File => file;

    public uint SegNo => segNo;

    /// <summary>Bytes of the file that may be used.</summary>
    public int CapacityBytes => capacityBytes;

    /// <summary>Of the first frame it has or will have.</summary>
    public long FirstLsn { get; set; }

    /// <summary>Of the last frame it has; below <see cref="FirstLsn"/> when it has none.</summary>
    public long LastLsn { get; set; }

    /// <summary>The lowest term that its frames can have.</summary>
    public uint Term { get; set; }

    /// <summary>Behind the last frame; where the next goes.</summary>
    public int EndOffset { get; set; } = SegmentHeader.SizeBytes;

    /// <summary>The disk has been told to write what is before it.</summary>
    public int WrittenBackOffset { get; set; } = SegmentHeader.SizeBytes;

    /// <summary>Something in it cannot be read: it gets no further frames, and its holes have been reported.</summary>
    public bool IsDamaged { get; set; }
}
