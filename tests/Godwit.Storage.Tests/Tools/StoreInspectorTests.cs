using Godwit.Storage.Tests.Journals;
using Godwit.Storage.Tools;

namespace Godwit.Storage.Tests.Tools;

/// <summary>Looking at a store.</summary>
public sealed class StoreInspectorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_counts_what_a_broker_would_find(int seed)
    {
        using var store = new StoreFolder(seed);

        var found = StoreInspector.Inspect(store.Path, cancellationToken: TestContext.Current.CancellationToken);

        var lines = store.Dump.Split('\n').Select(line => line.Split(' ')[0]).ToList();
        Assert.True(found.IsSound);
        Assert.False(found.IsInUse);
        Assert.Equal(JournalHarness.StoreId, found.StoreId);
        Assert.Equal(lines.Count(word => word == "session"), found.Sessions);
        Assert.Equal(lines.Count(word => word == "subscription"), found.Subscriptions);
        Assert.Equal(lines.Count(word => word == "inbound"), found.Inbound);
        Assert.Equal(lines.Count(word => word == "will"), found.Wills);
        Assert.Equal(lines.Count(word => word == "retained"), found.Retained);
        Assert.Equal(lines.Count(word => word == "queued"), found.Queued);
        Assert.True(found.LiveBytes > 0 && found.LiveBytes <= found.UsedBytes && found.UsedBytes <= found.TotalBytes);
        Assert.Equal(found.LiveBytes, found.Segments.Sum(segment => segment.LiveBytes));
        Assert.Equal(found.Records, found.Segments.Sum(segment => segment.Records));
        Assert.Equal(found.HotSegments + found.ColdSegments, found.Segments.Count);
    }

    [Fact]
    public void Looking_changes_no_file_and_no_time()
    {
        using var store = new StoreFolder(seed: 4);
        store.DamageFirst();
        var before = StoreFolder.Fingerprint(store.Path);

        StoreInspector.Inspect(store.Path, cancellationToken: TestContext.Current.CancellationToken);
        StoreDumper.Dump(store.Path, new StoreDumpFilter("client 1", "#"), _ => { }, TestContext.Current.CancellationToken);
        store.Export();
        StoreBackup.Back(store.Path, store.Other(), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(before, StoreFolder.Fingerprint(store.Path));
    }

    [Fact]
    public void Damage_is_named_with_its_place()
    {
        using var store = new StoreFolder(seed: 5);
        var file = store.DamageFirst();

        var found = StoreInspector.Inspect(store.Path, cancellationToken: TestContext.Current.CancellationToken);

        Assert.False(found.IsSound);
        var range = Assert.Single(found.Damage);
        Assert.Equal(file, range.File);
        Assert.Equal(range.FirstLsn, range.LastLsn);
    }

    [Fact]
    public void An_incomplete_end_is_a_torn_tail_and_no_damage()
    {
        using var store = new StoreFolder(seed: 6);
        using (var harness = store.Open())
        {
            harness.Journal.ShardLog(0).PutInbound(harness.Journal.ShardLog(0).NewId(), 1, 1);
            harness.Journal.ShardLog(0).Commit(isAwaited: true);
            harness.Run();
        }

        var last = StoreInspector.Inspect(store.Path, cancellationToken: TestContext.Current.CancellationToken).Segments[^1];
        StoreFolder.Damage(Path.Combine(store.Path, last.File), last.UsedBytes - 12);

        var found = StoreInspector.Inspect(store.Path, cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(found.IsSound);
        Assert.Equal(last.File, Assert.Single(found.TornTails).File);
    }

    [Fact]
    public async Task While_it_is_written_nothing_looks_damaged()
    {
        using var store = new StoreFolder(seed: 7, steps: 200);
        using var fileLock = StoreLock.TakeToWrite(store.Path);
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() => Write(store, stop.Token), TestContext.Current.CancellationToken);

        for (var round = 0; round < 30; round++)
        {
            try
            {
                var found = StoreInspector.Inspect(store.Path, cancellationToken: TestContext.Current.CancellationToken);

                Assert.True(found.IsInUse);
                Assert.True(found.IsSound, string.Join('\n', found.Damage));
            }
            catch (StoreToolException exception)
            {
                Assert.Contains("faster than it can be read", exception.Message);      // it has said so, and that is right too
            }
        }

        await stop.CancelAsync();
        await writer;
    }

    [Fact]
    public void In_a_store_in_use_only_what_is_damaged_at_a_second_reading_is_damage()
    {
        using var store = new StoreFolder(seed: 7);
        store.DamageFirst();
        using var fileLock = StoreLock.TakeToWrite(store.Path);
        var readings = 0;

        var lasting = StoreInspector.Inspect(store.Path, cancellationToken: TestContext.Current.CancellationToken);
        var passing = StoreInspector.Inspect(store.Path, MendWhenRead, TestContext.Current.CancellationToken);

        Assert.Single(lasting.Damage);
        Assert.True(passing.IsSound);
        Assert.Equal(2, readings);

        void MendWhenRead(long count)
        {
            var isFileThatMakesItAStore = count < 1_000;
            if (isFileThatMakesItAStore && ++readings == 2)
            {
                store.Mend();
            }
        }
    }

    [Fact]
    public void Where_there_is_no_store_it_says_so()
    {
        using var store = new StoreFolder(seed: 8, steps: 10);

        var missing = Assert.Throws<StoreToolException>(() => StoreInspector.Inspect(store.Other(), cancellationToken: TestContext.Current.CancellationToken));
        Directory.CreateDirectory(store.Other());
        var empty = Assert.Throws<StoreToolException>(() => StoreInspector.Inspect(store.Other(), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains($"There is no directory {store.Other()}", missing.Message);
        Assert.Contains($"no store in {store.Other()}", empty.Message);
        Assert.Empty(Directory.GetFileSystemEntries(store.Other()));
    }

    private static void Write(StoreFolder store, CancellationToken cancellationToken)
    {
        using var harness = store.Open();
        var load = new RandomLoad(9, harness.Journal, shards: 2);
        while (!cancellationToken.IsCancellationRequested)
        {
            load.Step();
            harness.NowMs++;
            harness.Journal.RunOnce(harness.NowMs);
        }
    }
}
