using Godwit.Simulation.Disks;
using Godwit.Storage.Files;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tests.Segments;

/// <summary>A process that uses the log in a random way and remembers what it was told.</summary>
internal sealed class LogRun : IDisposable
{
    public static readonly SegmentOptions Options = new() { StoreId = new Guid("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"), SegmentSizeBytes = 8192, PoolMax = 2 };

    private readonly Random _random;
    private readonly FoundLog _found;

    /// <summary>Opens the store, and writes and flushes the first frame of the new term.</summary>
    /// <param name="disk">May be used.</param>
    /// <param name="seed">Decides the operations.</param>
    /// <param name="before">What was known before.</param>
    public LogRun(SimulatedDisk disk, int seed, LogState before = default)
    {
        Disk = disk;
        _random = new Random(seed);
        States.Add(before with { CallCount = 0 });
        _found = new FoundLog(disk, Options);
        foreach (var (key, body) in _found.Frames)
        {
            Bodies[key] = body;
        }

        Remember();
        Append(Store.Hot);
        Remember();
        Store.Hot.Flush();
        Remember();
    }

    public SimulatedDisk Disk { get; }

    public List<LogState> States { get; } = [];

    /// <summary>Every frame that was found or written, also those whose writing failed.</summary>
    public Dictionary<(Generation Generation, long Lsn), byte[]> Bodies { get; } = [];

    public LogScanResult Store => _found.Store;

    /// <summary>How often there was no space.</summary>
    public int FullCount { get; private set; }

    public void Steps(int count)
    {
        for (var step = 0; step < count; step++)
        {
            Step();
        }
    }

    /// <summary>One operation; when there is no space it is left undone.</summary>
    public void Step()
    {
        try
        {
            Do(_random.Next(4) == 0 ? Store.Cold : Store.Hot);
        }
        catch (StoreFullException)
        {
            FullCount++;
        }

        Remember();
    }

    public void Append(SegmentSet set)
    {
        var frame = new byte[FrameHeader.SizeBytes + _random.Next(20) switch { 0 => 5000, < 6 => _random.Next(1200), < 12 => _random.Next(100), _ => 64 }];
        _random.NextBytes(frame);
        Bodies[(set.Generation, set.LastLsn + 1)] = frame[FrameHeader.SizeBytes..];
        set.Append(frame, (frame.Length - FrameHeader.SizeBytes) % 7);
    }

    public void Dispose() => _found.Dispose();

    private void Do(SegmentSet set)
    {
        switch (_random.Next(16))
        {
            case < 9:
                Append(set);
                break;
            case < 12:
                set.Flush();
                break;
            case 12:
                set.Roll();
                break;
            case 13:
                Store.Pool.AllocateAhead();
                break;
            default:
                if (set.Count > 2)
                {
                    Store.Cold.Flush();
                    set.RetireFront();
                }

                break;
        }
    }

    public void Remember() => States.Add(new LogState(Disk.Calls.Count, StateOf(Store.Hot), StateOf(Store.Cold)));

    private static GenerationState StateOf(SegmentSet set) =>
        new(set.Count == 0 ? 1 : set.FirstLsn(set.FrontSegNo), set.DurableLsn, set.LastLsn);
}
