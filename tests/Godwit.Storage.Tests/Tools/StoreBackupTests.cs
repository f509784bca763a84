using Godwit.Storage.Tools;

namespace Godwit.Storage.Tests.Tools;

/// <summary>A store is copied, and copied back.</summary>
public sealed class StoreBackupTests
{
    [Fact]
    public void What_is_restored_is_what_was_backed_up()
    {
        using var store = new StoreFolder(seed: 1);

        var copy = StoreBackup.Back(store.Path, store.Other(), cancellationToken: TestContext.Current.CancellationToken);
        var restored = StoreBackup.Restore(store.Other(), store.Other("restored"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(copy.IsSound && restored.IsSound);
        Assert.True(copy.TotalBytes < StoreInspector.Inspect(store.Path, cancellationToken: TestContext.Current.CancellationToken).TotalBytes);
        Assert.Equal(store.Dump, store.DumpOf(store.Other("restored")));
        Assert.Equal(store.Dump, store.DumpOf(store.Path));
    }

    [Fact]
    public void A_destination_with_something_in_it_is_refused()
    {
        using var store = new StoreFolder(seed: 2, steps: 100);
        Directory.CreateDirectory(store.Other());
        File.WriteAllText(Path.Combine(store.Other(), "mine"), "");

        var back = Assert.Throws<StoreToolException>(() => StoreBackup.Back(store.Path, store.Other(), cancellationToken: TestContext.Current.CancellationToken));
        var restore = Assert.Throws<StoreToolException>(() => StoreBackup.Restore(store.Path, store.Other(), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains($"{store.Other()} is not empty", back.Message);
        Assert.Contains($"{store.Other()} is not empty", restore.Message);
        Assert.Single(Directory.GetFiles(store.Other()));
    }

    [Fact]
    public void A_damaged_store_is_copied_as_it_is_and_not_restored()
    {
        using var store = new StoreFolder(seed: 3);
        store.DamageFirst();

        var copy = StoreBackup.Back(store.Path, store.Other(), cancellationToken: TestContext.Current.CancellationToken);
        var refusal = Assert.Throws<StoreToolException>(() => StoreBackup.Restore(store.Other(), store.Other("restored"), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Single(copy.Damage);
        Assert.Contains("is damaged", refusal.Message);
        Assert.False(Directory.Exists(store.Other("restored")));
    }

    [Fact]
    public void A_store_in_use_is_not_copied_file_by_file()
    {
        using var store = new StoreFolder(seed: 4, steps: 100);
        using var fileLock = StoreLock.TakeToWrite(store.Path);

        Assert.Throws<StoreToolException>(() => StoreBackup.Back(store.Path, store.Other(), cancellationToken: TestContext.Current.CancellationToken));

        Assert.False(Directory.Exists(store.Other()));
    }
}
