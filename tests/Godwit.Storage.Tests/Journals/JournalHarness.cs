using Godwit.Broker.Log;
using Godwit.Simulation.Disks;
using Godwit.Storage.Files;
using Godwit.Storage.Journals;
using Godwit.Tests.Logs;

namespace Godwit.Storage.Tests.Journals;

/// <summary>A journal on a disk, with a time of its own and everything it says written down.</summary>
internal sealed class JournalHarness : IDisposable
{
    /// <summary>The system clock is always so far ahead of the monotonic one, so times come back as they were.</summary>
    public const long UtcOffsetMs = 1_700_000_000_000;

    public static readonly Guid StoreId = new("5f0c1d8e-1111-4222-8333-944455556666");

    private readonly int _shards;
    private readonly Durability _durability;
    private readonly int _segmentSize;

    public JournalHarness(IStoreFs fs, int shards = 2, Durability durability = Durability.Sync, int segmentSizeBytes = 32 << 10, long nowMs = 1_000)
    {
        Fs = fs;
        NowMs = nowMs;
        _shards = shards;
        _durability = durability;
        _segmentSize = segmentSizeBytes;
        Journal = Open();
    }

    public IStoreFs Fs { get; private set; }

    public SimulatedDisk Disk => (SimulatedDisk)Fs;

    public Journal Journal { get; private set; }

    public long NowMs { get; set; }

    public int WriterWakes { get; set; }

    public List<int> ShardWakes { get; } = [];

    public List<QueueRead> Answers { get; } = [];

    public List<string> Alarms { get; } = [];

    public List<StoreHealth> Healths { get; } = [];

    public JournalOptions Options => new()
    {
        ShardCount = _shards,
        NewStoreId = StoreId,
        Durability = _durability,
        SegmentSizeBytes = _segmentSize,
        FrameSizeBytes = _segmentSize / 4,
        WakeWriter = () => WriterWakes++,
        WakeShard = ShardWakes.Add,
        Post = (_, read) => Answers.Add(read),
        HealthChanged = (health, _) => Healths.Add(health),
        Alarm = Alarms.Add,
    };

    /// <summary>Runs the writer until nothing is due now.</summary>
    public void Run()
    {
        for (var turn = 0; turn < 100_000; turn++)
        {
            if (Journal.RunOnce(NowMs) > NowMs)
            {
                return;
            }
        }

        Assert.Fail("the writer never rests");
    }

    /// <summary>The process ends without a word, and starts again on this disk or another.</summary>
    public void Reopen(IStoreFs? fs = null)
    {
        Journal.Dispose();
        Fs = fs ?? Fs;
        Journal = Open();
    }

    public string Dump()
    {
        var dump = new StateDump();
        Journal.Recover(dump);
        return dump.ToString();
    }

    public QueueRead Read(IShardLog shard, uint sessionNo, long fromSeq, int bytesMax)
    {
        Answers.Clear();
        shard.ReadQueue(sessionNo, fromSeq, bytesMax);
        Run();
        return Assert.Single(Answers);
    }

    public void Dispose() => Journal.Dispose();

    private Journal Open() => Journal.Open(Fs, Options, NowMs, NowMs + UtcOffsetMs);
}
