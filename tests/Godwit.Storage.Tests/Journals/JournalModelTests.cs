using Godwit.Broker.Log;
using Godwit.Simulation.Disks;
using Godwit.Storage.Journals;
using Godwit.Tests.Logs;

namespace Godwit.Storage.Tests.Journals;

/// <summary>Random commits of several shards against the plain model of the port.</summary>
public sealed class JournalModelTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void After_every_opening_the_state_is_what_was_committed(int seed)
    {
        var random = new Random(seed);
        using var harness = new JournalHarness(new SimulatedDisk(seed), shards: 3, durability: (Durability)(seed % 3));
        var load = new RandomLoad(seed, harness.Journal, shards: 3) { AckShare = seed % 4 == 0 ? 30 : 45 };
        for (var round = 0; round < 6; round++)
        {
            for (var step = 0; step < 1_500; step++)
            {
                load.Step();
                harness.NowMs += random.Next(3) == 0 ? random.Next(20) : 0;
                if (random.Next(4) == 0)
                {
                    harness.Journal.RunOnce(harness.NowMs);
                }
            }

            load.CommitAll();
            harness.Run();
            Assert.Equal(load.Model.State.Dump(), harness.Dump());
            if (random.Next(2) == 0)
            {
                harness.Journal.Stop(harness.NowMs);
            }

            harness.Reopen();
            Assert.Equal(load.Model.State.Dump(), harness.Dump());
            Assert.True(harness.Journal.Report.IsComplete);
            Assert.Empty(harness.Journal.Report.TornTails);
            load.Continue(harness.Journal);
        }

        Assert.Empty(harness.Alarms);
        Assert.Equal([StoreHealth.Ok], harness.Healths.DefaultIfEmpty(StoreHealth.Ok).Distinct());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_queue_is_read_as_it_was_committed(int seed)
    {
        var random = new Random(seed);
        using var harness = new JournalHarness(new SimulatedDisk(seed), shards: 2);
        var load = new RandomLoad(seed, harness.Journal, shards: 2);
        for (var round = 0; round < 40; round++)
        {
            for (var step = 0; step < 150; step++)
            {
                load.Step();
            }

            load.CommitAll();
            foreach (var sessionNo in load.SessionNos)
            {
                var fromSeq = random.Next(200);
                var bytesMax = random.Next(3) == 0 ? 0 : random.Next(3_000);
                var expected = load.Model.State.Read(sessionNo, fromSeq, bytesMax);

                var read = harness.Read(harness.Journal.ShardLog(0), sessionNo, fromSeq, bytesMax);

                Assert.Equal(MemoryState.Text(expected), MemoryState.Text(read));
            }

            if (round % 10 == 9)
            {
                harness.Reopen();
                load.Continue(harness.Journal);
            }
        }
    }
}
