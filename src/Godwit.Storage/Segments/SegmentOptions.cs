namespace Godwit.Storage.Segments;

/// <summary>How the segments of a store are made and read.</summary>
internal sealed record SegmentOptions
{
    /// <summary>The store; random, kept from publishers.</summary>
    public required Guid StoreId { get; init; }

    /// <summary>Bytes of a new segment, with its header; a frame that does not fit gets a segment of its own size.</summary>
    public int SegmentSizeBytes { get; init; } = 64 << 20;

    /// <summary>Retired segments that are kept to be used again.</summary>
    public int PoolMax { get; init; } = 4;

    /// <summary>Damage that is not a torn tail ends the opening with <see cref="StoreDamagedException"/>, and nothing is changed.</summary>
    public bool StopOnDamage { get; init; }
}
