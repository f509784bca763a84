using Godwit.Simulation.Disks;
using Godwit.Simulation.Oracles;
using Godwit.Simulation.Runs;
using Godwit.Simulation.Worlds;
using Godwit.Storage.Journals;

namespace Godwit.Simulation.Hosts;

/// <summary>The disk of the machine and its system clock, and the journal that a life of the broker has opened on it.</summary>
internal sealed class BrokerStore
{
    private readonly Timeline _timeline;
    private readonly SeededRandom _random;
    private readonly RunPlan _plan;
    private readonly Guid _storeId;
    private readonly HashSet<int> _renamed = [];

    public BrokerStore(Timeline timeline, SeededRandom random, RunPlan plan, Trace trace)
    {
        _timeline = timeline;
        _random = random;
        _plan = plan;
        _storeId = new Guid((int)random.Next(), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        Disk = new SimulatedDisk((int)random.Next())
        {
            Faults = (kind, _) => TakeFault(kind),
            Changed = (call, bytes) =>
            {
                trace.Add(_timeline.NowMs, call, bytes);
                NoteRename(call);
                if (trace.IsText)
                {
                    trace.Write(_timeline.NowMs, $"disk: {call.Kind} {call.Name} {call.NewName} at {call.Offset}, {bytes.Length} bytes");
                }
            },
        };
    }

    public SimulatedDisk Disk { get; }

    public Doom Doom { get; } = new();

    /// <summary>What goes wrong with the next <see cref="NextFaultOf"/>.</summary>
    public DiskFault NextFault { get; set; }

    /// <summary>A write or a flush.</summary>
    public DiskCallKind NextFaultOf { get; set; } = DiskCallKind.Write;

    /// <summary>A flush has failed: what looks clean may not be on the disk.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The system clock shows UTC; so far ahead of virtual time.</summary>
    public long UtcOffsetMs { get; set; } = 1_700_000_000_000;

    /// <summary>A file that was a segment, and became one of the pool, is one again.</summary>
    public bool HasRecycled { get; private set; }

    /// <summary>How it works, without anybody to tell.</summary>
    public JournalOptions PlainOptions => OptionsFor(null);

    public long UtcNowMs => _timeline.NowMs + UtcOffsetMs;

    /// <summary>What a process that starts now will find, read from a copy of the disk.</summary>
    public RecoveredImage Look()
    {
        var copy = Disk.Copy((int)_random.Next());
        copy.CapacityBytes = long.MaxValue;
        return RecoveredImage.Read(copy, PlainOptions, _timeline.NowMs, UtcNowMs);
    }

    /// <summary>A process opens the journal, reads it and ends.</summary>
    public void OpenAndLeave(long nowMs) => Journal.Open(Disk, PlainOptions, nowMs, UtcNowMs).Dispose();

    /// <summary>Opens the journal.</summary>
    /// <param name="host">Who is told; null: nobody.</param>
    /// <param name="nowMs">The process's own clock.</param>
    public Journal Open(BrokerHost host, long nowMs) => Journal.Open(Disk, OptionsFor(host), nowMs, UtcNowMs);

    private void NoteRename(DiskCall call)
    {
        if (call.Kind == DiskCallKind.Rename && !_renamed.Add(call.FileId))
        {
            HasRecycled |= !call.NewName.StartsWith("pool", StringComparison.Ordinal);
        }
    }

    private DiskFault TakeFault(DiskCallKind kind)
    {
        Doom.Pass();
        if (kind != NextFaultOf || NextFault == DiskFault.None)
        {
            return DiskFault.None;
        }

        var fault = NextFault;
        NextFault = DiskFault.None;
        HasFailed |= fault == DiskFault.IoError;
        return fault;
    }

    private JournalOptions OptionsFor(BrokerHost? host) => new()
    {
        ShardCount = _plan.ShardCount,
        NewStoreId = _storeId,
        Durability = Durability.Sync,
        SegmentSizeBytes = _plan.Store.SegmentSizeBytes,
        FrameSizeBytes = _plan.Store.FrameSizeBytes,
        PoolMax = _plan.Store.PoolMax,
        IdleReclaimMs = _plan.Store.IdleReclaimMs,
        StopOnDamage = true,
        WakeWriter = host is null ? null : host.WakeWriter,
        WakeShard = host is null ? null : _ => host.WakeShards(),
        Post = host is null ? null : host.Answered,
        HealthChanged = host is null ? null : host.HealthChanged,
        Alarm = alarm => throw new ViolationException("I11", $"the store: {alarm}"),
    };
}
