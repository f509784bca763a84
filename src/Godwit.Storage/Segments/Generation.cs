namespace Godwit.Storage.Segments;

/// <summary>The two logs of a store. The number is written to disk.</summary>
internal enum Generation : byte
{
    /// <summary>Where every commit goes.</summary>
    Hot = 0,

    /// <summary>What compaction found still needed in the oldest hot segment.</summary>
    Cold = 1,
}
