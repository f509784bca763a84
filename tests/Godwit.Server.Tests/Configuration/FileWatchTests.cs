using Godwit.Server.Configuration;

namespace Godwit.Server.Tests.Configuration;

/// <summary>Files that change; the test looks instead of the clock.</summary>
public sealed class FileWatchTests : IDisposable
{
    private readonly ConfigurationFiles _files = new();
    private int _changes;

    [Fact]
    public void A_change_is_seen_when_the_file_has_come_to_rest()
    {
        var file = _files.Write("godwit.json", "1");
        using var watch = Watch(file);

        watch.Look();
        Assert.Equal(0, _changes);

        File.WriteAllText(file, "22");
        watch.Look();
        File.WriteAllText(file, "333");
        watch.Look();
        Assert.Equal(0, _changes);          // it is still being written

        watch.Look();
        watch.Look();
        Assert.Equal(1, _changes);
    }

    [Fact]
    public void Files_that_come_go_or_are_replaced_are_changes()
    {
        var file = _files.Write("godwit.json", "1");
        _files.Write("conf.d/a.json", "1");
        using var watch = Watch(file, _files.PathOf("conf.d"));

        Change(() => _files.Write("conf.d/b.json", "1"));
        Change(() => File.Delete(_files.PathOf("conf.d/a.json")));
        Change(() => File.Move(_files.Write("new", "22"), file, overwrite: true));
        Change(() => File.Delete(file));
        Change(() => Directory.Delete(_files.PathOf("conf.d"), recursive: true));

        Assert.Equal(5, _changes);

        void Change(Action act)
        {
            act();
            watch.Look();
            watch.Look();
        }
    }

    [Fact]
    public void A_file_behind_a_link_is_the_one_that_is_watched()
    {
        _files.Write("v1", "1");
        _files.Write("v2", "22");
        var link = _files.PathOf("godwit.json");
        File.CreateSymbolicLink(link, "v1");
        using var watch = Watch(link);

        File.Delete(link);
        File.CreateSymbolicLink(link, "v2");
        watch.Look();
        watch.Look();

        Assert.Equal(1, _changes);
    }

    public void Dispose() => _files.Dispose();

    private FileWatch Watch(params IReadOnlyList<string> files) => new(() => files, () => _changes++, Timeout.InfiniteTimeSpan);
}
