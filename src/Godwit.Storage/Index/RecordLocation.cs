using Godwit.Storage.Segments;

namespace Godwit.Storage.Index;

/// <summary>Where a record is.</summary>
/// <param name="Segment">From <see cref="SegmentKey"/>.</param>
/// <param name="Offset">Of its type byte in the segment, bytes.</param>
/// <param name="Length">With type and length, bytes.</param>
internal readonly record struct RecordLocation(uint Segment, uint Offset, int Length)
{
    private const uint ColdBit = 0x8000_0000;

    /// <summary>The segment is one of the cold generation.</summary>
    public bool IsCold => IsColdKey(Segment);

    /// <summary>A segment of one of the two generations as one number.</summary>
    public static uint SegmentKey(Generation generation, uint segNo) => segNo | (generation == Generation.Cold ? ColdBit : 0);

    /// <summary>The generation of such a number.</summary>
    public static Generation GenerationOf(uint segment) => IsColdKey(segment) ? Generation.Cold : Generation.Hot;

    /// <summary>The segment's number in its generation.</summary>
    public static uint SegNoOf(uint segment) => segment & ~ColdBit;

    /// <summary>A segment of the cold generation.</summary>
    public static bool IsColdKey(uint segment) => (segment & ColdBit) != 0;
}
