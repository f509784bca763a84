using Godwit.Storage.Files;
using Godwit.Storage.Journals;
using Godwit.Storage.Segments;
using Godwit.Storage.Tests.Journals;
using Godwit.Storage.Tools;

namespace Godwit.Storage.Tests.Tools;

/// <summary>Directories that are not as a store leaves them: each is named, and nothing in it is changed.</summary>
public sealed class HostileDirectoryTests
{
    private const string Store = "STORE";

    public static TheoryData<string, string> Refused => new()
    {
        { "STORE is garbage", "the file STORE is damaged" },
        { "STORE is empty", "the file STORE is damaged" },
        { "STORE is cut short", "the file STORE is damaged" },
        { "STORE is a number", "the file STORE is damaged" },
        { "STORE has no id", "the file STORE is damaged" },
        { "STORE is of format 0", "the file STORE is damaged: there is no format 0. Put the file STORE of a backup" },
        { "STORE is of format 7", "the store has format 7; this version reads 1 (file STORE). Use the version of godwit that wrote it" },
        { "STORE is a directory", "/STORE is a directory where a store has a file. Move it away" },
        { "STORE is a link", "/STORE is a symbolic link to " },
        { "a segment is a link", "FIRST is a symbolic link to " },
        { "a segment is a link to nothing", "FIRST is a symbolic link to /nowhere/at/all" },
        { "a segment is a directory", "/hot-00000000000000ff.seg is a directory where a store has a file. Move it away" },
        { "the pool has a link", "/pool-77.seg is a symbolic link to " },
        { "the probe is a directory", "/probe.tmp is a directory where a store has a file. Move it away" },
    };

    public static TheoryData<string, string, string> Damaged => new()
    {
        { "a segment of another store", "hot-00000000000000ff.seg", "it belongs to the store " },
        { "a segment twice", "hot-00000000000000ff.seg", "under a wrong name" },
        { "a hot segment among the cold", "cold-00000000000000ff.seg", "under a wrong name" },
        { "an empty segment at the end", "hot-00000000000000ff.seg", "the segment header is damaged" },
        { "an empty segment in the place of the first", "FIRST", "the segment header is damaged" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_no_store_is_refused_by_every_tool_and_by_the_broker_and_nothing_is_changed(string kind, string words)
    {
        using var store = new StoreFolder(seed: 1, steps: 300);
        var first = Spoil(store, kind);
        var before = Contents(store.Path);
        Action[] uses = [.. Readers(store), () => StoreRepair.Repair(store.Path), () => store.Open().Dispose()];

        Assert.All(uses, use =>
        {
            var refusal = Assert.ThrowsAny<Exception>(use);
            Assert.True(refusal is StoreFormatException or IOException, refusal.ToString());
            Assert.Contains(words.Replace("FIRST", first, StringComparison.Ordinal), refusal.Message, StringComparison.Ordinal);
            Assert.Contains("Nothing has been changed", refusal.Message, StringComparison.Ordinal);
        });

        Assert.Equal(before, Contents(store.Path));
        Assert.False(Directory.Exists(store.Other()));
    }

    [Fact]
    public void Segments_without_the_file_that_makes_them_a_store_are_none()
    {
        using var store = new StoreFolder(seed: 1, steps: 300);
        File.Delete(Path.Combine(store.Path, Store));
        var before = Contents(store.Path);

        Assert.All(
            [.. Readers(store), () => StoreRepair.Repair(store.Path)],
            use => Assert.Contains($"There is no store in {store.Path}: it has no file STORE.", Assert.Throws<StoreToolException>(use).Message));
        Assert.Contains("but no file STORE: the directory holds a part of a store only. Put the file STORE of a backup", Assert.Throws<StoreFormatException>(() => store.Open()).Message);
        Assert.Contains("holds a store already", Assert.Throws<StoreToolException>(() => Import(store.Path)).Message);
        Assert.Equal(before, Contents(store.Path));
    }

    [Theory]
    [MemberData(nameof(Damaged))]
    public void A_segment_that_does_not_belong_there_is_damage_with_its_name_and_repaired(string kind, string file, string words)
    {
        using var store = new StoreFolder(seed: 2);
        var sound = StoreInspector.Inspect(store.Path, cancellationToken: TestContext.Current.CancellationToken);
        var first = Spoil(store, kind);
        file = file == "FIRST" ? first : file;
        var before = Contents(store.Path);

        var found = StoreInspector.Inspect(store.Path, cancellationToken: TestContext.Current.CancellationToken);
        var refusal = Assert.Throws<StoreDamagedException>(() => OpenUnlessDamaged(store.Path));

        var range = found.Damage.First(range => range.File == file);
        Assert.Contains(words, range.ToString());
        Assert.Contains(file, refusal.Message);
        Assert.Equal(before, Contents(store.Path));
        Assert.Contains($"quarantine-{file}", StoreRepair.Repair(store.Path).Quarantine);
        var repaired = StoreInspector.Inspect(store.Path, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(repaired.IsSound);
        if (file != first)
        {
            Assert.Equal((sound.Sessions, sound.Queued, sound.Retained, sound.Wills), (repaired.Sessions, repaired.Queued, repaired.Retained, repaired.Wills));
        }
    }

    [Fact]
    public void What_is_no_file_of_a_store_is_left_alone()
    {
        using var store = new StoreFolder(seed: 3);
        string[] names = ["notes.txt", "hot-1.seg", "HOT-0000000000000001.seg", "hot-zzzzzzzzzzzzzzzz.seg", "pool-01.seg", ".hidden", "export.ndjson"];
        Array.ForEach(names, name => File.WriteAllText(Path.Combine(store.Path, name), $"mine: {name}"));
        Directory.CreateDirectory(Path.Combine(store.Path, "lost+found"));
        File.CreateSymbolicLink(Path.Combine(store.Path, "link"), "/nowhere/at/all");

        Assert.True(StoreInspector.Inspect(store.Path, cancellationToken: TestContext.Current.CancellationToken).IsSound);
        StoreBackup.Back(store.Path, store.Other(), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(store.Dump, store.DumpOf(store.Path));
        StoreRepair.Repair(store.Path);
        Assert.All(names, name => Assert.Equal($"mine: {name}", File.ReadAllText(Path.Combine(store.Path, name))));
        Assert.True(Directory.Exists(Path.Combine(store.Path, "lost+found")));
        Assert.Equal("/nowhere/at/all", new FileInfo(Path.Combine(store.Path, "link")).LinkTarget);
        Assert.DoesNotContain(Directory.GetFileSystemEntries(store.Other()), path => names.Contains(Path.GetFileName(path)));
    }

    [Fact]
    public void A_file_in_place_of_the_directory_is_named()
    {
        using var store = new StoreFolder(seed: 4, steps: 10);
        File.WriteAllText(store.Other("file"), "mine");
        var file = store.Other("file");
        Action[] uses =
        [
            () => StoreInspector.Inspect(file),
            () => StoreRepair.Repair(file),
            () => StoreBackup.Back(file, store.Other()),
            () => StoreBackup.Back(store.Path, file),
            () => StoreBackup.Restore(store.Path, file),
            () => Import(file),
            () => store.Open(file),
        ];

        Assert.All(uses, use => Assert.Contains(file, Assert.ThrowsAny<Exception>(use).Message));
        Assert.Equal("mine", File.ReadAllText(file));
    }

    private static Action[] Readers(StoreFolder store) =>
    [
        () => StoreInspector.Inspect(store.Path),
        () => StoreDumper.Dump(store.Path, new StoreDumpFilter(null, null), _ => { }, CancellationToken.None),
        () => store.Export(),
        () => StoreBackup.Back(store.Path, store.Other()),
        () => StoreBackup.Restore(store.Path, store.Other()),
    ];

    private static void OpenUnlessDamaged(string directory)
    {
        var options = new JournalOptions { ShardCount = 2, NewStoreId = Guid.NewGuid(), StopOnDamage = true };
        Journal.Open(new DiskFs(directory), options, 0, JournalHarness.UtcOffsetMs).Dispose();
    }

    private static void Import(string directory)
    {
        using var input = new MemoryStream();
        StoreImporter.Import(input, "input", directory);
    }

    /// <summary>Does to a store what the words say.</summary>
    /// <returns>The name of its first hot segment.</returns>
    private static string Spoil(StoreFolder store, string kind)
    {
        var main = Path.Combine(store.Path, Store);
        var first = Directory.GetFiles(store.Path, "hot-*").Order(StringComparer.Ordinal).First();
        var odd = Path.Combine(store.Path, "hot-00000000000000ff.seg");
        var text = File.ReadAllText(main);
        Action spoil = kind switch
        {
            "STORE is garbage" => () => File.WriteAllBytes(main, [0, 255, 1, 254, 7]),
            "STORE is empty" => () => File.WriteAllText(main, ""),
            "STORE is cut short" => () => File.WriteAllText(main, text[..(text.Length / 2)]),
            "STORE is a number" => () => File.WriteAllText(main, "7"),
            "STORE has no id" => () => File.WriteAllText(main, "{\"format\": 1}"),
            "STORE is of format 0" => () => File.WriteAllText(main, text.Replace("\"format\": 1", "\"format\": 0", StringComparison.Ordinal)),
            "STORE is of format 7" => () => File.WriteAllText(main, text.Replace("\"format\": 1", "\"format\": 7", StringComparison.Ordinal)),
            "STORE is a directory" => () => Directory.CreateDirectory(Moved(main)),
            "STORE is a link" => () => File.CreateSymbolicLink(main, Aside(main)),
            "a segment is a link" => () => File.CreateSymbolicLink(first, Aside(first)),
            "a segment is a link to nothing" => () => File.CreateSymbolicLink(Moved(first), "/nowhere/at/all"),
            "a segment is a directory" => () => Directory.CreateDirectory(odd),
            "the pool has a link" => () => File.CreateSymbolicLink(Path.Combine(store.Path, "pool-77.seg"), main),
            "the probe is a directory" => () => Directory.CreateDirectory(Path.Combine(store.Path, "probe.tmp")),
            "a segment of another store" => () => CopyOfAnother(odd),
            "a segment twice" => () => File.Copy(first, odd),
            "a hot segment among the cold" => () => File.Copy(first, Path.Combine(store.Path, "cold-00000000000000ff.seg")),
            "an empty segment at the end" => () => File.WriteAllText(odd, ""),
            "an empty segment in the place of the first" => () => File.WriteAllText(first, ""),
            _ => throw new ArgumentException(kind, nameof(kind)),
        };
        spoil();
        return Path.GetFileName(first);
    }

    /// <summary>Puts a file into another directory.</summary>
    /// <returns>Where it is now.</returns>
    private static string Aside(string path)
    {
        var aside = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(path))!, "aside");
        File.Move(path, aside);
        return aside;
    }

    private static string Moved(string path)
    {
        Aside(path);
        return path;
    }

    private static void CopyOfAnother(string path)
    {
        using var other = new StoreFolder(seed: 9, steps: 50);
        File.Delete(Path.Combine(other.Path, Store));
        Array.ForEach(Directory.GetFiles(other.Path, "*.seg"), File.Delete);
        OpenUnlessDamaged(other.Path);              // with an id of its own
        File.Copy(Directory.GetFiles(other.Path, "hot-*")[0], path);
    }

    private static List<string> Contents(string directory) =>
        [.. StoreFolder.Fingerprint(directory).Split('\n').Skip(1), .. Directory.GetDirectories(directory), .. new DirectoryInfo(directory).GetFiles().Select(file => $"{file.Name} {file.LinkTarget}").Where(line => !line.StartsWith(StoreLock.FileName, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
