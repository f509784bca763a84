using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Godwit.Cli.Tests.Support;

/// <summary>Debian's mosquitto on a free port, with the configuration lines of a test.</summary>
internal sealed class Mosquitto : IDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private Mosquitto(string folder, int port, string[] lines)
    {
        _folder = folder;
        Port = port;
        var user = Environment.IsPrivilegedProcess ? "user root\n" : "";
        File.WriteAllText(Path.Combine(folder, "conf"), $"listener {port} 127.0.0.1\n{user}persistence false\nlog_dest none\n{string.Join('\n', lines)}\n");
        _process = Process.Start(new ProcessStartInfo(Program, ["-c", Path.Combine(folder, "conf")]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
    }

    public int Port { get; private set; }

    private static string Program { get; } = Find("mosquitto");

    /// <summary>Starts it, or skips the test when it is not installed.</summary>
    public static async Task<Mosquitto> StartAsync(params string[] lines)
    {
        Assert.SkipUnless(File.Exists(Program) && File.Exists(Find("mosquitto_sub")), "mosquitto is not installed");
        var mosquitto = new Mosquitto(Directory.CreateTempSubdirectory("godwit-mosquitto-").FullName, FreePort(), lines);
        var started = Stopwatch.GetTimestamp();
        while (!await mosquitto.AcceptsAsync())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10), "mosquitto does not start");
        }

        return mosquitto;
    }

    /// <summary>Runs one of its tools to the end.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(string tool, params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(Find(tool), ["-p", $"{Port}", .. args]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        return (process.ExitCode, output);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Find(string program) =>
        new[] { "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin" }.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists) ?? "";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> AcceptsAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            await Task.Delay(10);
            return false;
        }
    }
}
