using Godwit.Storage.Tools;

namespace Godwit.Storage.Tests.Tools;

/// <summary>A damaged store becomes sound, with what is left of it.</summary>
public sealed class StoreRepairTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_repaired_store_is_sound_and_holds_what_was_left(int seed)
    {
        using var store = new StoreFolder(seed);
        var file = store.DamageFirst();
        var damaged = File.ReadAllBytes(Path.Combine(store.Path, file));
        var left = Lines(store.Export());

        var report = StoreRepair.Repair(store.Path);

        Assert.Single(report.Damage);
        Assert.True(StoreInspector.Inspect(store.Path, cancellationToken: TestContext.Current.CancellationToken).IsSound);
        Assert.Equal(left, Lines(store.Export()));
        Assert.Equal(damaged, File.ReadAllBytes(Path.Combine(store.Path, Assert.Single(report.Quarantine))));
    }

    [Fact]
    public void A_missing_segment_is_repaired_too()
    {
        using var store = new StoreFolder(seed: 4, steps: 6_000);
        var hot = StoreInspector.Inspect(store.Path, cancellationToken: TestContext.Current.CancellationToken).Segments.Where(segment => segment.File.StartsWith("hot-", StringComparison.Ordinal)).ToList();
        File.Delete(Path.Combine(store.Path, hot[1].File));
        var left = Lines(store.Export());

        var report = StoreRepair.Repair(store.Path);

        Assert.Contains(report.Damage, range => range.File == hot[1].File);
        Assert.True(StoreInspector.Inspect(store.Path, cancellationToken: TestContext.Current.CancellationToken).IsSound);
        Assert.Equal(left, Lines(store.Export()));
    }

    [Fact]
    public void A_store_in_use_is_left_alone()
    {
        using var store = new StoreFolder(seed: 5);
        store.DamageFirst();
        using var fileLock = StoreLock.TakeToWrite(store.Path);
        var before = StoreFolder.Fingerprint(store.Path);

        Assert.Throws<StoreToolException>(() => StoreRepair.Repair(store.Path));

        Assert.Equal(before, StoreFolder.Fingerprint(store.Path));
    }

    [Fact]
    public void Where_there_is_no_store_none_is_made()
    {
        using var store = new StoreFolder(seed: 6, steps: 0);
        Directory.CreateDirectory(store.Other());

        Assert.Throws<StoreToolException>(() => StoreRepair.Repair(store.Other()));

        Assert.Empty(Directory.GetFileSystemEntries(store.Other()));
    }

    // The first line has the time and the numbers to be given out next.
    private static IEnumerable<string> Lines(string export) => export.Split('\n').Skip(1);
}
