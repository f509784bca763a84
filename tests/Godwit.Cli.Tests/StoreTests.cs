using System.Text;
using System.Text.Json.Nodes;
using Godwit.Cli.Tests.Support;

namespace Godwit.Cli.Tests;

/// <summary><c>godwit store</c> on the state of a real broker.</summary>
public sealed class StoreTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "godwit-" + Guid.NewGuid().ToString("N"));

    public static bool IsLinux => OperatingSystem.IsLinux();

    private string Data => Path.Combine(_folder, "data");

    private string Other => Path.Combine(_folder, "other");

    [Theory]
    [InlineData("verify")]
    [InlineData("stats")]
    [InlineData("dump")]
    [InlineData("export")]
    [InlineData("import")]
    [InlineData("backup")]
    [InlineData("restore")]
    [InlineData("repair")]
    public async Task Every_command_has_examples_and_says_its_exit_codes(string name)
    {
        var (exitCode, output, _) = await GodwitProcess.RunAsync("store", name, "--help");

        Assert.Equal(0, exitCode);
        Assert.Contains($"Examples:\n  godwit store {(name == "repair" ? "verify" : name)}", output);
        Assert.Contains("Exit codes: 0", output);
    }

    [Theory]
    [InlineData(1, "godwit store: 'verfy' is not a known command. Did you mean verify?", "verfy")]
    [InlineData(1, "Type 'godwit store backup --help'", "backup")]
    [InlineData(3, "Error: There is no directory /nowhere/at/all.", "verify", "/nowhere/at/all")]
    [InlineData(3, "is not a topic filter", "dump", "/tmp", "--topic", "a#")]
    public async Task A_mistake_is_one_clear_sentence(int exitCode, string words, params string[] args)
    {
        var (actual, output, errors) = await GodwitProcess.RunAsync(["store", .. args]);

        Assert.Contains(words, errors);
        Assert.Equal((exitCode, ""), (actual, output));
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "sends POSIX signals")]
    public async Task While_a_broker_runs_its_store_is_looked_at_and_not_touched()
    {
        using var broker = await ServeWithStateAsync();

        var verify = await GodwitProcess.RunAsync("store", "verify", Data);
        var stats = await GodwitProcess.RunAsync("store", "stats", Data, "--json");
        var dump = await GodwitProcess.RunAsync("store", "dump", Data, "--session", "watcher");

        Assert.Equal((0, 0, 0), (verify.ExitCode, stats.ExitCode, dump.ExitCode));
        Assert.Contains("A broker is running on this store", verify.Output);
        Assert.Contains("sound: every checksum is right", verify.Output);
        var json = JsonNode.Parse(stats.Output)!;
        Assert.Equal((1, 1, 1, 3), ((int)json["sessions"]!, (int)json["subscriptions"]!, (int)json["retained"]!, (int)json["queued"]!));
        Assert.Contains("clientId=\"watcher\"", dump.Output);
        Assert.Contains("payload=\"third\"", dump.Output);
        string[][] refused = [["export", Data], ["repair", Data], ["restore", Data, Other], ["import", "/dev/null", Data]];
        foreach (var args in refused)
        {
            var (exitCode, output, _) = await GodwitProcess.RunAsync(["store", .. args]);
            Assert.Equal((3, ""), (exitCode, output));
        }

        var export = await GodwitProcess.RunAsync("store", "export", Data);
        Assert.Contains($"{Data} is in use by a running broker, process {broker.Id}. Stop it first", export.Errors);
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "sends POSIX signals")]
    public async Task The_state_moves_through_an_export_and_a_backup_and_nothing_is_lost()
    {
        await MakeStateAsync();
        var file = Path.Combine(_folder, "state.ndjson");
        var restored = Path.Combine(_folder, "restored");

        var export = await GodwitProcess.RunAsync("store", "export", Data, file);
        var import = await GodwitProcess.RunAsync("store", "import", file, Other);
        var again = await GodwitProcess.RunAsync("store", "export", Other);
        var backup = await GodwitProcess.RunAsync("store", "backup", Other, Path.Combine(_folder, "backup"));
        var restore = await GodwitProcess.RunAsync("store", "restore", Path.Combine(_folder, "backup"), restored);

        Assert.Equal((0, 0, 0, 0, 0), (export.ExitCode, import.ExitCode, again.ExitCode, backup.ExitCode, restore.ExitCode));
        Assert.Equal(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), again.Output);
        Assert.Contains("1 sessions, 3 queued and 1 retained messages", restore.Output);
        Assert.Equal((3, "", $"Error: {restored} is not empty. Name a directory that is empty or does not exist.\n"), await GodwitProcess.RunAsync("store", "backup", Data, restored));
        using var broker = await GodwitProcess.ServeAsync("--data", restored);
        Assert.Equal((0, "first\nsecond\nthird\n", ""), await GodwitProcess.RunAsync(Sub(broker, "-i", "watcher", "-c", "-q", "1", "-t", "home/#", "-C", "3")));
        Assert.Equal((0, "on\n", ""), await GodwitProcess.RunAsync(Sub(broker, "-t", "lamp", "-C", "1")));
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "sends POSIX signals")]
    public async Task A_backup_under_load_holds_what_was_acknowledged_before_and_restores_to_a_prefix()
    {
        using var broker = await ServeWithStateAsync();
        using var publisher = GodwitProcess.Start("pub", "-p", $"{broker.Port}", "-q", "1", "-t", "home/x", "-l");
        using var stop = new CancellationTokenSource();
        var load = Task.Run(() => TypeNumbersAsync(publisher, stop.Token), TestContext.Current.CancellationToken);

        for (var round = 1; round <= 2; round++)
        {
            var backup = Path.Combine(_folder, $"backup-{round}");
            Assert.Equal((0, ""), await RunAsync("backup", Data, backup));

            Assert.Equal((0, ""), await RunAsync("verify", backup));
            var payloads = await PayloadsAsync(backup);
            Assert.Equal(["first", "second", "third", .. Enumerable.Range(1, payloads.Count - 3).Select(number => $"{number}")], payloads);
        }

        await stop.CancelAsync();
        await load;
        var restored = Path.Combine(_folder, "restored");
        Assert.Equal((0, ""), await RunAsync("restore", Path.Combine(_folder, "backup-2"), restored));
        Assert.True((await PayloadsAsync(restored)).Count > 3, "the load had not begun");
        using var second = await GodwitProcess.ServeAsync("--data", restored);
        Assert.Equal((0, "on\n", ""), await GodwitProcess.RunAsync(Sub(second, "-t", "lamp", "-C", "1")));
        Assert.Equal(["LOCK", "STORE"], Directory.GetFiles(Data).Select(Path.GetFileName).Where(name => !name!.EndsWith(".seg", StringComparison.Ordinal)).Order());
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "sends POSIX signals")]
    public async Task A_backup_that_the_broker_cannot_make_says_why()
    {
        using var broker = await ServeWithStateAsync();
        Directory.CreateDirectory(Other);
        await File.WriteAllTextAsync(Path.Combine(Other, "mine"), "", TestContext.Current.CancellationToken);

        var (exitCode, errors) = await RunAsync("backup", Data, Other);

        Assert.Equal((3, $"Error: The broker could not make the backup: {Other} is not empty. Name a directory that is empty or does not exist.\n"), (exitCode, errors));
        Assert.Equal((0, ""), await RunAsync("backup", Data, Path.Combine(_folder, "third")));
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "sends POSIX signals")]
    public async Task Damage_is_found_and_repaired()
    {
        await MakeStateAsync();
        var segment = Directory.GetFiles(Data, "hot-*").Order(StringComparer.Ordinal).First();
        Damage(segment, 4_096 + 45);

        var verify = await GodwitProcess.RunAsync("store", "verify", Data);
        var json = await GodwitProcess.RunAsync("store", "verify", Data, "--json");
        var refused = await GodwitProcess.RunAsync("store", "restore", Data, Other);
        var repair = await GodwitProcess.RunAsync("store", "repair", Data);
        var after = await GodwitProcess.RunAsync("store", "verify", Data);
        var again = await GodwitProcess.RunAsync("store", "repair", Data);

        Assert.Equal((1, 1, 3, 0, 0, 0), (verify.ExitCode, json.ExitCode, refused.ExitCode, repair.ExitCode, after.ExitCode, again.ExitCode));
        Assert.Contains($"damaged: {Path.GetFileName(segment)}: ", verify.Output);
        Assert.Equal(Path.GetFileName(segment), (string?)JsonNode.Parse(json.Output)!["damage"]![0]!["file"]);
        Assert.Contains($"kept as it was found: quarantine-{Path.GetFileName(segment)}", repair.Output);
        Assert.Contains("nothing to repair, nothing changed", again.Output);
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static string[] Sub(GodwitProcess broker, params string[] args) => ["sub", "-p", $"{broker.Port}", .. args];

    private static async Task PublishAsync(GodwitProcess broker, params string[] args) =>
        Assert.Equal((0, "", ""), await GodwitProcess.RunAsync(["pub", "-p", $"{broker.Port}", "-q", "1", .. args]));

    private static void Damage(string path, long offset)
    {
        using var file = File.Open(path, FileMode.Open);
        file.Position = offset;
        var value = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(value ^ 1));
    }

    private static async Task<(int ExitCode, string Errors)> RunAsync(params string[] args)
    {
        var (exitCode, _, errors) = await GodwitProcess.RunAsync(["store", .. args]);
        return (exitCode, errors);
    }

    private static async Task TypeNumbersAsync(GodwitProcess publisher, CancellationToken cancellationToken)
    {
        for (var number = 1; !cancellationToken.IsCancellationRequested; number++)
        {
            await publisher.TypeAsync($"{number}\n");
            await Task.Delay(1, CancellationToken.None);        // a pace, or what the tools have to read grows with the speed of the machine
        }
    }

    /// <summary>What stands in the queue of the only session, oldest first.</summary>
    private static async Task<List<string>> PayloadsAsync(string directory)
    {
        var export = await GodwitProcess.RunAsync("store", "export", directory);
        Assert.Equal(0, export.ExitCode);
        return [.. export.Output.TrimEnd().Split('\n')
            .Select(line => JsonNode.Parse(line)!)
            .Where(line => (string?)line["type"] == "message" && line["recipients"]!.AsArray().Count > 0)
            .OrderBy(line => (long)line["recipients"]![0]!["seq"]!)
            .Select(line => Encoding.UTF8.GetString(Convert.FromBase64String((string)line["payload"]!)))];
    }

    /// <summary>A session with three messages in its queue, and a retained message.</summary>
    private async Task<GodwitProcess> ServeWithStateAsync()
    {
        var broker = await GodwitProcess.ServeAsync("--data", Data, "-v");
        using (var watcher = GodwitProcess.Start(Sub(broker, "-i", "watcher", "-c", "-q", "1", "-t", "home/#")))
        {
            await broker.PrintsAsync("subscribe \"watcher\": \"home/#\" granted QoS 1");
            watcher.Signal("INT");
            await watcher.ExitAsync();
        }

        await PublishAsync(broker, "-t", "lamp", "-m", "on", "-r");

        foreach (var message in (string[])["first", "second", "third"])
        {
            await PublishAsync(broker, "-t", "home/x", "-m", message);
        }

        return broker;
    }

    private async Task MakeStateAsync()
    {
        using var broker = await ServeWithStateAsync();
        broker.Signal("TERM");
        Assert.Equal(0, await broker.ExitAsync());
    }
}
