using System.Globalization;

namespace Godwit.Storage.Tests.Journals;

/// <summary>How many bytes reach the disk for each byte that the broker commits, with headers, frames, copies and all. 256-byte messages.</summary>
public sealed class AmplificationTests
{
    private const int Messages = 120_000;
    private const int SegmentSize = 1 << 20;

    /// <summary>Drained queues, and queues of which a part stays, so that compaction has to copy it.</summary>
    /// <param name="batch">Messages that are committed while one flush runs.</param>
    /// <param name="pinnedOf">One of so many messages stays; 0: none.</param>
    /// <param name="stays">So many of those stay until they are acknowledged; 0: for ever.</param>
    /// <param name="limit">What may be written for a byte.</param>
    [Theory]
    [InlineData(64, 0, 0, 1.01)]
    [InlineData(1, 0, 0, 1.25)]
    [InlineData(64, 8, 0, 1.6)]
    [InlineData(64, 8, 5_000, 1.6)]
    [InlineData(64, 100, 500, 1.1)]
    [InlineData(64, 4, 10_000, 1.6)]
    public void What_is_written_for_a_byte_that_is_committed(int batch, int pinnedOf, int stays, double limit)
    {
        var fs = new NullFs();
        using var harness = new JournalHarness(fs, segmentSizeBytes: SegmentSize);
        var churn = new Churn(harness) { PayloadSize = 256 };
        var pinned = new Queue<long>();
        var before = fs.BytesWritten;
        for (var i = 1; i <= Messages; i++)
        {
            if (pinnedOf > 0 && i % pinnedOf == 0)
            {
                pinned.Enqueue(churn.Queue(pinned: true).Seq);
                if (stays > 0 && pinned.Count > stays)
                {
                    churn.Shard.Acknowledge(churn.PinnedNo, pinned.Dequeue());
                }
            }
            else
            {
                churn.Publish();
            }

            if (i % batch == 0)
            {
                harness.Run();
            }
        }

        var stats = harness.Journal.Stats;
        var factor = (fs.BytesWritten - before) / (double)stats.CommittedBytes;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"batch {batch}, pinned 1 of {pinnedOf} for {stays}: committed {stats.CommittedBytes / 1e6:0.0} MB, written {(fs.BytesWritten - before) / 1e6:0.0} MB ({factor:0.000}), copied {stats.CopiedBytes / 1e6:0.0} MB, takes {stats.TotalBytes / 1e6:0.0} MB for {stats.LiveBytes / 1e6:0.0}"));
        Assert.InRange(factor, 1, limit);
        Assert.Equal(pinnedOf > 0, stats.CopiedBytes > stats.CommittedBytes / 1_000);      // the sessions are always copied
        Assert.True(stats.TotalBytes <= (2 * stats.LiveBytes) + (6 * SegmentSize), $"{stats}");
    }
}
