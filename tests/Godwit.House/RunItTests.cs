using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Godwit.House.Readme;

namespace Godwit.House;

/// <summary>Every command of docs/run-it.md is run, with the real <c>./godwit</c>, and prints what the page says.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class RunItTests : IDisposable
{
    private static readonly string Page = Repository.Read("docs/run-it.md").Text;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("godwit-run-it-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_listener_for_the_LAN_works_as_written() => await Follow("A LAN listener in ten lines");

    [Fact]
    public async Task The_move_from_Mosquitto_works_as_written() => await Follow("Move from Mosquitto");

    [Fact]
    public async Task A_backup_is_made_and_restored_as_written() => await Follow("Back up");

    [Fact]
    public void The_LAN_listener_has_at_most_ten_lines() =>
        Assert.InRange(Page.Split("lan.json <<'END'\n")[1].Split("\nEND\n")[0].Split('\n').Length, 1, 10);

    /// <summary>Below a folder of the test's own; in the place of sudo and systemctl stand programs that do as they would.</summary>
    [Fact]
    public async Task Three_commands_install_a_service_that_becomes_ready()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "systemd is Linux's");
        var step = Assert.Single(ReadmeSection.Read(Page, "Install as a service"));
        Assert.Equal(3, step.Text.TrimEnd().Split('\n').Length);
        var root = _folder.CreateSubdirectory("root").FullName;
        var tools = _folder.CreateSubdirectory("tools").FullName;
        WriteTool(Path.Combine(tools, "sudo"), "exec \"$@\"");
        WriteTool(Path.Combine(tools, "systemctl"), $"[[ \"$*\" == 'enable --now godwit' && -f {root}/usr/lib/systemd/system/godwit.service ]]");

        var told = await RunAsync("bash", ["-e", "-c", step.Text], ("DESTDIR", root), ("PATH", $"{tools}:{Environment.GetEnvironmentVariable("PATH")}"));

        Assert.Contains("install: /etc/godwit/godwit.json", told);
        Assert.Contains("ExecStart=/usr/bin/godwit serve -c /etc/godwit/godwit.json", await File.ReadAllTextAsync($"{root}/usr/lib/systemd/system/godwit.service", TestContext.Current.CancellationToken));
        Assert.True(OperatingSystem.IsWindows() || (File.GetUnixFileMode($"{root}/etc/godwit/godwit.json") & UnixFileMode.OtherRead) == UnixFileMode.None);
        await BecomesReady(root);
    }

    private async Task Follow(string heading)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the page is written for a Unix shell");
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "godwit"), Path.Combine(Repository.Root, "godwit"));
        await using var reader = new Reader(_folder.FullName);
        await reader.Follow(ReadmeSection.Read(Page, heading));
    }

    private async Task BecomesReady(string root)
    {
        var notify = Path.Combine(_folder.FullName, "notify");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(notify));
        manager.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        var start = Start($"{root}/usr/bin/godwit", ["serve", "-c", $"{root}/etc/godwit/godwit.json", "-p", "0", "--data", Path.Combine(_folder.FullName, "state")], ("NOTIFY_SOCKET", notify));
        using var broker = Process.Start(start)!;
        var output = broker.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = broker.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[1024];

        var state = Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer));

        Assert.StartsWith("READY=1\n", state);
        using var kill = Process.Start("kill", ["-TERM", $"{broker.Id}"]);
        Assert.StartsWith("STOPPING=1\n", Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer)));
        await broker.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(broker.ExitCode == 0, await output + await errors);
    }

    private static void WriteTool(string path, string line)
    {
        File.WriteAllText(path, $"#!/usr/bin/env bash\n{line}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static async Task<string> RunAsync(string program, string[] arguments, params (string Name, string Value)[] variables)
    {
        using var process = Process.Start(Start(program, arguments, variables))!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        var told = await output + await errors;
        Assert.True(process.ExitCode == 0, told);
        return told;
    }

    private static ProcessStartInfo Start(string program, string[] arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Repository.Root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
