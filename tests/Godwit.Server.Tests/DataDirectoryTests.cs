using System.Runtime.Versioning;
using Godwit.Server.Hosting;
using Godwit.Storage.Tools;

namespace Godwit.Server.Tests;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), "godwit-" + Guid.NewGuid().ToString("N"));

    [Fact]
    public void It_is_created_with_its_parents_for_the_owner_alone()
    {
        var path = Path.Combine(_root, "var", "godwit");

        using var directory = DataDirectory.Open(path);

        Assert.False(directory.IsOpenToOthers);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        }
    }

    [Fact, UnsupportedOSPlatform("windows"), Spec("Hostile-53")]
    public async Task A_directory_that_others_may_enter_is_told_at_every_start_and_one_of_the_owner_alone_is_not()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        foreach (var (mode, isTold) in (IEnumerable<(UnixFileMode, bool)>)[((UnixFileMode)0b111_000_000, false), ((UnixFileMode)0b111_101_000, true), ((UnixFileMode)0b111_000_001, true)])
        {
            Directory.CreateDirectory(_root);
            File.SetUnixFileMode(_root, mode);
            using var loggers = new Listen.LogKeeper();
            var options = new ServerOptions { Port = 0, DataDirectory = _root, Durability = Storage.DurabilityMode.Sync };

            await (await GodwitServer.StartAsync(options, loggers)).DisposeAsync();

            Assert.Equal(isTold, loggers.Lines.Any(line => line.Contains(_root, StringComparison.Ordinal) && line.Contains("chmod 700", StringComparison.Ordinal)));
            const UnixFileMode Others = (UnixFileMode)0b000_111_111;
            Assert.All(Directory.EnumerateFiles(_root), file => Assert.True(File.GetUnixFileMode(file) is var found && (found & Others) == 0, $"{file} is {found}"));
        }
    }

    [Fact, UnsupportedOSPlatform("windows"), Spec("Hostile-53")]
    public void Whoever_wants_a_private_directory_only_does_not_start_in_one_that_others_may_enter()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        Directory.CreateDirectory(_root);
        File.SetUnixFileMode(_root, (UnixFileMode)0b111_000_001);

        var exception = Assert.Throws<ServerStartException>(() => DataDirectory.Open(_root, isPrivateOnly: true));

        Assert.Contains($"chmod 700 {_root}", exception.Message);
        Assert.Empty(Directory.EnumerateFiles(_root));
        File.SetUnixFileMode(_root, (UnixFileMode)0b111_000_000);
        DataDirectory.Open(_root, isPrivateOnly: true).Dispose();
    }

    [Fact]
    public void A_second_broker_is_refused_with_the_process_of_the_first()
    {
        using var first = DataDirectory.Open(_root);

        var exception = Assert.Throws<ServerStartException>(() => DataDirectory.Open(_root));

        Assert.Equal(3, exception.ExitCode);
        Assert.Contains($"process {Environment.ProcessId}", exception.Message);
    }

    [Fact]
    public void It_is_free_again_when_the_first_broker_ends()
    {
        DataDirectory.Open(_root).Dispose();

        DataDirectory.Open(_root).Dispose();
    }

    [Fact]
    public async Task A_tool_that_asks_whether_a_broker_runs_keeps_no_broker_out()
    {
        Directory.CreateDirectory(_root);
        File.WriteAllText(Path.Combine(_root, StoreLock.FileName), "");
        using var stop = new CancellationTokenSource();
        var asking = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                StoreLock.IsHeld(_root);
            }
        }, TestContext.Current.CancellationToken);

        for (var i = 0; i < 3_000; i++)
        {
            DataDirectory.Open(_root).Dispose();
        }

        await stop.CancelAsync();
        await asking;
    }

    [Fact]
    public void A_lock_that_is_a_link_is_refused_and_what_it_points_to_is_left_alone()
    {
        Directory.CreateDirectory(_root);
        var other = Path.Combine(_root, "other");
        File.WriteAllText(other, "mine");
        File.CreateSymbolicLink(Path.Combine(_root, StoreLock.FileName), other);

        var exception = Assert.Throws<ServerStartException>(() => DataDirectory.Open(_root));

        Assert.Equal(3, exception.ExitCode);
        Assert.Contains($"{Path.Combine(_root, StoreLock.FileName)} has to be a plain file", exception.Message);
        Assert.Equal("mine", File.ReadAllText(other));
    }

    [Fact]
    public void A_file_in_its_place_is_an_error_with_the_path()
    {
        Directory.CreateDirectory(_root);
        var path = Path.Combine(_root, "file");
        File.WriteAllText(path, "");

        var exception = Assert.Throws<ServerStartException>(() => DataDirectory.Open(path));

        Assert.Equal(3, exception.ExitCode);
        Assert.Contains(path, exception.Message);
    }

    public void Dispose()
    {
        if (Directory.Exists(_root))
        {
            Directory.Delete(_root, recursive: true);
        }
    }
}
