using Godwit.Storage.Segments;

namespace Godwit.Storage.Scrubs;

/// <summary>A segment that is written to no more, because there is a later one in its generation.</summary>
/// <param name="Generation">The log.</param>
/// <param name="SegNo">Its number.</param>
/// <param name="NextSegNo">The number of the next one that exists.</param>
internal readonly record struct SealedSegment(Generation Generation, uint SegNo, uint NextSegNo)
{
    public string Name => SegmentName.Of(Generation, SegNo);

    public string NextName => SegmentName.Of(Generation, NextSegNo);

    /// <summary>All of a directory, first cold, then hot, in the order of the log.</summary>
    public static IEnumerable<SealedSegment> In(IReadOnlyList<string> names)
    {
        foreach (var generation in (Generation[])[Generation.Cold, Generation.Hot])
        {
            var before = 0u;
            foreach (var name in names)
            {
                if (SegmentName.TryParse(name, generation, out var segNo))
                {
                    if (before != 0)
                    {
                        yield return new SealedSegment(generation, before, segNo);
                    }

                    before = segNo;
                }
            }
        }
    }
}
