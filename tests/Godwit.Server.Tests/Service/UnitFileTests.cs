using System.Diagnostics;

namespace Godwit.Server.Tests.Service;

public sealed class UnitFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("godwit-unit-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Systemd_understands_every_line_of_the_unit()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "systemd-analyze is not installed");
        var unit = Path.Combine(_folder.FullName, "godwit.service");
        var text = await File.ReadAllTextAsync(Path.Combine(Packaging(), "godwit.service"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(unit, text.Replace("/usr/bin/godwit", "/bin/true", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var complaints = await RunAsync("systemd-analyze", "verify", unit);

        // Before version 253 the second Type is not known, and the first holds.
        Assert.DoesNotContain(complaints.Split('\n'), line => line.Length > 0 && !line.EndsWith("Failed to parse service type, ignoring: notify-reload", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_unit_gives_the_broker_little_to_do_harm_with()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "systemd-analyze is not installed");

        var judgement = await RunAsync("systemd-analyze", "security", "--offline=true", "--threshold=25", Path.Combine(Packaging(), "godwit.service"));

        Assert.Contains("OK", judgement.Split("Overall exposure level")[1]);
    }

    [Fact]
    public void The_accounts_and_folders_are_those_of_the_unit()
    {
        var unit = File.ReadAllText(Path.Combine(Packaging(), "godwit.service"));
        Assert.Contains("\nUser=godwit\n", unit);
        Assert.StartsWith("u godwit ", File.ReadAllLines(Path.Combine(Packaging(), "sysusers.d", "godwit.conf"))[^1]);
        Assert.Contains("d /var/lib/godwit 0700 godwit godwit -", File.ReadAllText(Path.Combine(Packaging(), "tmpfiles.d", "godwit.conf")));
    }

    private static string Packaging()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Godwit.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, "packaging");
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return await output + await errors;
    }
}
