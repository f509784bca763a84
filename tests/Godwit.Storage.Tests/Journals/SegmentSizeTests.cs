using Godwit.Simulation.Disks;

namespace Godwit.Storage.Tests.Journals;

/// <summary>The size of segments is changed between two starts: what is there stays as it is, what is new has the new size.</summary>
public sealed class SegmentSizeTests
{
    [Theory]
    [InlineData(12 << 10, 40 << 10)]
    [InlineData(40 << 10, 12 << 10)]
    public void A_store_opens_with_segments_of_another_size_and_gets_those_of_the_new_one(int before, int after)
    {
        var disk = new SimulatedDisk();
        string state;
        using (var first = new JournalHarness(disk, segmentSizeBytes: before))
        {
            Fill(first);
            state = first.Dump();
        }

        var old = Segments(disk);
        using var second = new JournalHarness(disk, segmentSizeBytes: after);

        Assert.Equal(state, second.Dump());
        Assert.True(second.Journal.Report.IsComplete);
        Assert.True(old.Count > 3);
        Assert.All(old, segment => Assert.Equal((before, before), (segment.Value, disk.Contents(segment.Key).Length)));
        Assert.All(disk.List().Where(name => name.StartsWith("pool-", StringComparison.Ordinal)), name => Assert.Equal(after, disk.Contents(name).Length));

        Fill(second);
        var made = Segments(disk).Where(segment => !old.ContainsKey(segment.Key)).ToList();
        Assert.True(made.Count > 1);
        Assert.All(made, segment => Assert.Equal(after, segment.Value));
        state = second.Dump();
        second.Reopen();
        Assert.Equal(state, second.Dump());
    }

    [Fact]
    public void Segments_of_another_size_are_compacted_and_go()
    {
        var disk = new SimulatedDisk();
        using (var first = new JournalHarness(disk, segmentSizeBytes: 40 << 10))
        {
            Fill(first);
        }

        var old = Segments(disk);
        using var second = new JournalHarness(disk, segmentSizeBytes: 12 << 10);
        var churn = new Churn(second);
        churn.UntilRetired(2 * old.Count);

        Assert.DoesNotContain(Segments(disk), segment => old.ContainsKey(segment.Key));
        Assert.True(second.Journal.Stats.CopiedBytes > 0);
    }

    /// <summary>Messages that stay, in several segments.</summary>
    private static void Fill(JournalHarness harness)
    {
        var churn = new Churn(harness) { PayloadSize = 1_000 };
        for (var i = 0; i < 200; i++)
        {
            churn.Queue(pinned: i % 2 == 0);
            harness.Run();
        }
    }

    private static Dictionary<string, int> Segments(SimulatedDisk disk) => disk.List()
        .Where(name => name.StartsWith("hot-", StringComparison.Ordinal) || name.StartsWith("cold-", StringComparison.Ordinal))
        .ToDictionary(name => name, name => disk.Contents(name).Length, StringComparer.Ordinal);
}
