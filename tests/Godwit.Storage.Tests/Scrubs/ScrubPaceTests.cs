using Godwit.Storage.Scrubs;

namespace Godwit.Storage.Tests.Scrubs;

/// <summary>The scrub reads as fast as it may, and begins when it should.</summary>
public sealed class ScrubPaceTests : IDisposable
{
    private readonly ScrubHarness _harness = new(segmentSizeBytes: 48 << 10);

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData(10_000)]
    [InlineData(1_000_000)]
    public void It_reads_no_faster_than_it_may_and_not_much_slower(long bytesPerSecond)
    {
        using var scrubber = _harness.Scrub(Options(bytesPerSecond));

        _harness.Run(scrubber);

        var round = Assert.Single(_harness.Rounds);
        var seconds = round.Bytes / (double)bytesPerSecond;
        Assert.InRange(round.TookMs / 1_000.0, (seconds * 0.9) - 1, (seconds * 1.1) + 1);
    }

    [Fact]
    public void A_thread_that_was_kept_from_running_does_not_read_faster_afterwards()
    {
        const long BytesPerSecond = 100_000;
        using var scrubber = _harness.Scrub(Options(BytesPerSecond));
        scrubber.Step(_harness.Store.NowMs);
        _harness.Store.NowMs += 3_600_000;
        var startMs = _harness.Store.NowMs;

        _harness.Run(scrubber);

        Assert.True(_harness.Store.NowMs - startMs > (1_000 * _harness.Rounds[0].Bytes / BytesPerSecond) - 4_000, "it has read faster");
    }

    [Fact]
    public void The_first_round_begins_after_the_delay_and_the_next_after_the_interval()
    {
        var begun = new List<long>();
        _harness.Disk.Faults = (kind, _) =>
        {
            begun.Add(kind == Simulation.Disks.DiskCallKind.Open ? _harness.Store.NowMs : 0);
            return Simulation.Disks.DiskFault.None;
        };
        var startMs = _harness.Store.NowMs;
        using var scrubber = _harness.Scrub(Options(1_000_000_000, delayMs: 7_000, intervalMs: 50_000));

        _harness.Run(scrubber, rounds: 3);

        Assert.Equal([startMs + 7_000, startMs + 57_000, startMs + 107_000], begun.Where(ms => ms > 0).Distinct());
    }

    [Fact]
    public void A_round_that_takes_longer_than_the_interval_is_followed_by_the_next()
    {
        using var scrubber = _harness.Scrub(Options(20_000, intervalMs: 1));
        var startMs = _harness.Store.NowMs;

        _harness.Run(scrubber, rounds: 3);

        Assert.InRange(_harness.Store.NowMs - startMs, _harness.Rounds.Sum(round => round.TookMs), _harness.Rounds.Sum(round => round.TookMs) + 1_000);
    }

    private ScrubOptions Options(long bytesPerSecond, long delayMs = 0, long intervalMs = 60_000) => new()
    {
        StoreId = _harness.Options.StoreId,
        BytesPerSecond = bytesPerSecond,
        DelayMs = delayMs,
        IntervalMs = intervalMs,
        OnRound = _harness.Rounds.Add,
    };
}
