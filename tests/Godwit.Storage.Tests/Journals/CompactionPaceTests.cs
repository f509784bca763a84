namespace Godwit.Storage.Tests.Journals;

/// <summary>Commits wait while compaction works, so it does little between two of them.</summary>
public sealed class CompactionPaceTests
{
    private const int SegmentSize = 1 << 20;
    private const int Batch = 64;

    [Fact]
    public void Between_two_commits_little_is_copied_and_few_records_are_moved_and_nothing_is_lost()
    {
        using var harness = new JournalHarness(new NullFs(), segmentSizeBytes: SegmentSize);
        var churn = new Churn(harness) { PayloadSize = 10 };
        var seqs = new List<long>();
        for (var i = 0; i < 30_000; i++)
        {
            seqs.Add(churn.Queue(pinned: true).Seq);
            if (i % Batch == 0)
            {
                harness.Run();
            }
        }

        var (copiedMost, movedMost, turns, next) = (0L, 0L, 0, 0);
        while (harness.Journal.Stats.RetiredSegments < 5)
        {
            Assert.True(turns++ < 100_000, $"{harness.Journal.Stats}");
            for (var i = 0; i < 16; i++)
            {
                churn.Publish();
            }

            if (turns % 10 == 0)
            {
                churn.Shard.Acknowledge(churn.PinnedNo, seqs[next]);
                churn.Shard.Commit(isAwaited: true);
                seqs.RemoveAt(next);
                next = (next + 1_009) % seqs.Count;
            }

            var (copied, cold) = (harness.Journal.Stats.CopiedBytes, harness.Journal.Index.ColdLiveBytes);
            harness.Journal.RunOnce(harness.NowMs);
            copiedMost = Math.Max(copiedMost, harness.Journal.Stats.CopiedBytes - copied);
            movedMost = Math.Max(movedMost, harness.Journal.Index.ColdLiveBytes - cold);
        }

        Assert.InRange(copiedMost, 10_000, 80 << 10);
        Assert.InRange(movedMost, 1, 4_096 * 80);
        var dump = harness.Dump();
        Assert.All(seqs.Where((_, i) => i % 100 == 0), seq => Assert.Contains($"queued {churn.PinnedNo:d8} {seq:d8}", dump, StringComparison.Ordinal));
        harness.Reopen();
        Assert.Equal(dump, harness.Dump());
    }
}
