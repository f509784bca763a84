using Godwit.Simulation.Disks;
using Godwit.Tests.Logs;

namespace Godwit.Storage.Tests.Journals;

/// <summary>What had been promised and committed when the disk had got so many calls.</summary>
internal sealed class History(SimulatedDisk disk)
{
    public const int SegmentSize = 12 << 10;

    private readonly List<(int Calls, long Durable, long Committed)> _notes = [];
    private readonly Dictionary<long, string> _dumps = [];
    private MemoryLog? _model;
    private JournalHarness? _harness;

    public SimulatedDisk Disk => disk;

    public int CallCount => disk.Calls.Count;

    public bool HasCompacted { get; private set; }

    private MemoryLog Model => _model ?? throw new InvalidOperationException("not started");

    public void Start(MemoryLog model, JournalHarness harness)
    {
        _model = model;
        _harness = harness;
        Note();
    }

    public void Note()
    {
        _notes.Add((disk.Calls.Count, _harness!.Journal.DurableAppend, Model.CommitCount));
        HasCompacted |= _harness.Journal.Stats is { CopiedBytes: > 0, RetiredSegments: > 0 };
    }

    /// <summary>The highest commit that was promised before that call was made.</summary>
    public long DurableAt(int call) => _notes.Where(note => note.Calls <= call).Select(note => note.Durable).DefaultIfEmpty(0).Max();

    /// <summary>Opens the store: its state is that after some commit, at least <paramref name="durable"/>, and not later than that call.</summary>
    public void Check(SimulatedDisk left, int call, long durable)
    {
        var committed = _notes.First(note => note.Calls >= call).Committed;
        using var harness = new JournalHarness(left, shards: 3, segmentSizeBytes: SegmentSize, nowMs: _harness!.NowMs);
        var dump = harness.Dump();
        Assert.True(harness.Journal.Report.IsComplete, $"call {call}: {string.Join("; ", harness.Journal.Report.Damage)}");
        for (var count = committed; count >= durable; count--)
        {
            if (DumpAfter(count) == dump)
            {
                return;
            }
        }

        var nearest = Enumerable.Range(0, (int)Model.CommitCount + 1).MinBy(count => DifferencesOf(DumpAfter(count), dump).Count());
        Assert.Fail($"after call {call} of {CallCount} the state is none of those after commits {durable} to {committed}, nearest is {nearest}:\n{Difference(DumpAfter(nearest), dump)}");
    }

    private static string Difference(string expected, string actual) =>
        string.Join('\n', DifferencesOf(expected, actual).Select(line => line.Length > 150 ? line[..150] : line).Take(30));

    private static IEnumerable<string> DifferencesOf(string expected, string actual)
    {
        var (expectedLines, actualLines) = (expected.Split('\n'), actual.Split('\n'));
        return expectedLines.Except(actualLines).Select(line => "- " + line).Concat(actualLines.Except(expectedLines).Select(line => "+ " + line));
    }

    private string DumpAfter(long count)
    {
        if (!_dumps.TryGetValue(count, out var dump))
        {
            dump = Model.StateAfter(count).Dump();
            _dumps.Add(count, dump);
        }

        return dump;
    }
}
