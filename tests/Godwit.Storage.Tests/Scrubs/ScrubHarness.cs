using Godwit.Simulation.Disks;
using Godwit.Storage.Files;
using Godwit.Storage.Scrubs;
using Godwit.Storage.Segments;
using Godwit.Storage.Tests.Journals;

namespace Godwit.Storage.Tests.Scrubs;

/// <summary>A journal with sealed segments of both generations, and a scrub of its directory, in one virtual time.</summary>
internal sealed class ScrubHarness : IDisposable
{
    private readonly Churn _churn;

    public ScrubHarness(int segmentSizeBytes = 12 << 10)
    {
        Store = new JournalHarness(Disk, segmentSizeBytes: segmentSizeBytes);
        _churn = new Churn(Store);
        for (var i = 0; i < 200; i++)
        {
            _churn.Queue(pinned: true);
        }

        _churn.UntilCold([]);
        while (Store.Journal.Stats.ColdSegments < 3)
        {
            _churn.Queue(pinned: true);
            _churn.UntilNextSegment();
        }
    }

    public SimulatedDisk Disk { get; } = new();

    public JournalHarness Store { get; }

    public List<DamagedRange> Damage { get; } = [];

    public List<ScrubRound> Rounds { get; } = [];

    public ScrubOptions Options => new()
    {
        StoreId = JournalHarness.StoreId,
        BytesPerSecond = 100_000,
        IntervalMs = 60_000,
        OnDamage = Damage.Add,
        OnRound = Rounds.Add,
    };

    /// <summary>Of a generation, in the order of the log; the last one is written to.</summary>
    public List<string> Segments(string generation) => [.. Disk.List().Where(name => name.StartsWith(generation + "-", StringComparison.Ordinal))];

    public Scrubber Scrub(ScrubOptions? options = null, IStoreFs? fs = null) => new(fs ?? Disk, options ?? Options);

    /// <summary>Messages come and go: segments are written, copied, given back and used again.</summary>
    public void Churn(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _churn.Publish();
            Store.Run();
        }
    }

    /// <summary>Lets the scrub work until so many rounds are over.</summary>
    /// <param name="scrubber">The scrub.</param>
    /// <param name="rounds">All in all.</param>
    /// <param name="between">After each step.</param>
    public void Run(Scrubber scrubber, int rounds = 1, Action? between = null)
    {
        for (var step = 0; Rounds.Count < rounds; step++)
        {
            Assert.True(step < 100_000, "the scrub never ends");
            Store.NowMs = Math.Max(Store.NowMs, scrubber.Step(Store.NowMs));
            between?.Invoke();
        }
    }

    public void Dispose() => Store.Dispose();
}
