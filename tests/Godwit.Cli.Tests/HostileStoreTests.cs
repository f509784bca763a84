using Godwit.Cli.Tests.Support;

namespace Godwit.Cli.Tests;

/// <summary>What people see when a data directory is not as a broker left it: one line, the documented exit code, and nothing is changed.</summary>
public sealed class HostileStoreTests : IDisposable
{
    private static readonly string[] Readers = ["verify", "stats", "dump", "export", "repair"];

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "godwit-" + Guid.NewGuid().ToString("N"));

    public HostileStoreTests() => Directory.CreateDirectory(_folder);

    public static bool IsLinux => OperatingSystem.IsLinux();

    public static TheoryData<string, string> Kinds => new()
    {
        { "STORE is garbage", "the file STORE is damaged" },
        { "STORE is newer", "the store has format 2; this version reads 1 (file STORE). Use the version of godwit that wrote it" },
        { "STORE is a directory", "STORE is a directory where a store has a file. Move it away" },
        { "a segment is a link", ".seg is a symbolic link to " },
    };

    private string Data => Path.Combine(_folder, "data");

    [Theory(SkipUnless = nameof(IsLinux), Skip = "sends POSIX signals")]
    [MemberData(nameof(Kinds))]
    public async Task A_directory_that_cannot_be_used_is_refused_by_the_broker_and_the_tools(string kind, string words)
    {
        await MakeStoreAsync();
        Spoil(kind);
        var before = Contents();

        foreach (var name in Readers)
        {
            await RefusesAsync(3, words, "store", name, Data);
        }

        await RefusesAsync(3, words, "store", "backup", Data, Path.Combine(_folder, "other"));
        await RefusesAsync(3, words, "store", "restore", Data, Path.Combine(_folder, "other"));
        await RefusesAsync(3, words, "serve", "-p", "0", "--data", Data);

        Assert.Equal(before, Contents());
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "sends POSIX signals")]
    public async Task A_segment_that_does_not_belong_there_is_damage_for_the_tools_and_stops_a_broker_that_shall_stop()
    {
        await MakeStoreAsync();
        const string Odd = "hot-00000000000000ff.seg";
        File.WriteAllText(Path.Combine(Data, Odd), "");
        var before = Contents();

        var verify = await GodwitProcess.RunAsync("store", "verify", Data);
        await RefusesAsync(3, $"{Odd}: ", "serve", "-p", "0", "--data", Data, "--on-corruption", "stop");

        Assert.Equal(1, verify.ExitCode);
        Assert.Contains($"damaged: {Odd}: ", verify.Output);
        Assert.Equal(before, Contents());
        var repair = await GodwitProcess.RunAsync("store", "repair", Data);
        Assert.Equal(0, repair.ExitCode);
        Assert.Contains($"kept as it was found: quarantine-{Odd}", repair.Output);
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "sends POSIX signals")]
    public async Task A_file_in_place_of_the_directory_or_of_the_lock_is_named()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "mine");
        await MakeStoreAsync();
        File.Delete(Path.Combine(Data, "LOCK"));
        Directory.CreateDirectory(Path.Combine(Data, "LOCK"));

        await RefusesAsync(3, file, "serve", "-p", "0", "--data", file);
        await RefusesAsync(3, file, "store", "verify", file);
        await RefusesAsync(3, $"{file} is a file", "store", "restore", Data, file);
        await RefusesAsync(3, $"{file} is a file", "store", "import", "/dev/null", file);
        await RefusesAsync(3, $"{Data}/LOCK has to be a plain file", "serve", "-p", "0", "--data", Data);
        await RefusesAsync(3, $"{Data}/LOCK has to be a plain file", "store", "repair", Data);

        Assert.Equal("mine", File.ReadAllText(file));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task RefusesAsync(int exitCode, string words, params string[] args)
    {
        var (actual, output, errors) = await GodwitProcess.RunAsync(args);
        Assert.Contains(words, errors);
        Assert.Equal((exitCode, ""), (actual, output));
        Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private void Spoil(string kind)
    {
        var main = Path.Combine(Data, "STORE");
        switch (kind)
        {
            case "STORE is garbage":
                File.WriteAllText(main, "{");
                break;

            case "STORE is newer":
                File.WriteAllText(main, File.ReadAllText(main).Replace("\"format\": 1", "\"format\": 2"));
                break;

            case "STORE is a directory":
                File.Delete(main);
                Directory.CreateDirectory(main);
                break;

            default:
                var segment = Directory.GetFiles(Data, "hot-*").Order(StringComparer.Ordinal).First();
                File.Move(segment, Path.Combine(_folder, "aside"));
                File.CreateSymbolicLink(segment, Path.Combine(_folder, "aside"));
                break;
        }
    }

    /// <summary>Everything but the lock, which says who had it last.</summary>
    private List<string> Contents() =>
        [.. new DirectoryInfo(Data).GetFileSystemInfos().Where(entry => entry.Name != "LOCK").OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .Select(entry => $"{entry.Name} {entry.LinkTarget} {entry.LastWriteTimeUtc:O} {(entry is FileInfo file ? file.Length : 0)} {(entry.Name == "STORE" && entry is FileInfo ? File.ReadAllText(entry.FullName) : "")}")];

    private async Task MakeStoreAsync()
    {
        using var broker = await GodwitProcess.ServeAsync("--data", Data);
        broker.Signal("TERM");
        Assert.Equal(0, await broker.ExitAsync());
    }
}
