using Godwit.Storage.Journals;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tools;

/// <summary>Which files of a directory are a store.</summary>
internal static class StoreFiles
{
    /// <summary>A segment of the log; files of the pool hold nothing.</summary>
    public static bool IsSegment(string name) =>
        SegmentName.TryParse(name, Generation.Hot, out _) || SegmentName.TryParse(name, Generation.Cold, out _);

    /// <summary>Any file that a store has or had; the lock is not one.</summary>
    public static bool IsOfStore(string name) =>
        string.Equals(name, StoreFile.Name, StringComparison.Ordinal)
        || IsSegment(name)
        || SegmentName.TryParsePool(name, out _)
        || name.StartsWith(SegmentName.QuarantinePrefix, StringComparison.Ordinal);
}
