using System.Diagnostics;
using System.Text;

namespace Godwit.Cli.Tests.Support;

/// <summary>The program <c>godwit</c> as a process of its own.</summary>
internal sealed class GodwitProcess : IDisposable
{
    /// <summary>A process needs longer to start than a broker to answer, above all when many are started at once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly string _stateHome = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "godwit-cli-" + Guid.NewGuid().ToString("N"));
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private GodwitProcess(string fileName, IEnumerable<string> args)
    {
        var start = new ProcessStartInfo(fileName, args)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["XDG_STATE_HOME"] = _stateHome;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "godwit.exe" : "godwit");

    public int Id => _process.Id;

    public string Output => Read(_output);

    public string Errors => Read(_errors);

    /// <summary>The port of the first listener of <c>godwit serve</c>.</summary>
    public int Port => int.Parse(Output.Split('\n')[0].Split("127.0.0.1:")[1].Split(' ')[0]);

    public static GodwitProcess Start(params string[] args) => new(Path, args);

    /// <summary>Runs it by a shell line in which <c>$0</c> is the program.</summary>
    public static GodwitProcess StartByShell(string line) => new("/bin/sh", ["-c", line, Path]);

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] args)
    {
        using var godwit = Start(args);
        var exitCode = await godwit.ExitAsync();
        return (exitCode, godwit.Output, godwit.Errors);
    }

    /// <summary>Starts <c>godwit serve</c> and waits for its table.</summary>
    public static async Task<GodwitProcess> ServeAsync(params string[] args)
    {
        var godwit = Start(["serve", "-p", "0", .. args]);
        await godwit.PrintsAsync("mqtt  127.0.0.1:");
        return godwit;
    }

    /// <summary>Waits for a text on standard output or standard error.</summary>
    public async Task PrintsAsync(string text)
    {
        var started = Stopwatch.GetTimestamp();
        while (!Output.Contains(text) && !Errors.Contains(text))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience && !_process.HasExited, $"'{text}' was not printed. stdout: {Output} stderr: {Errors}");
            await Task.Delay(5);
        }
    }

    /// <summary>Writes to its standard input, which stays open.</summary>
    public async Task TypeAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync();
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("/bin/kill", ["-s", name, $"{Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Ends it with SIGTERM: everything that it prints has arrived.</summary>
    public async Task<int> StopAsync()
    {
        Signal("TERM");
        return await ExitAsync();
    }

    public async Task<int> ExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        if (Directory.Exists(_stateHome))
        {
            Directory.Delete(_stateHome, recursive: true);
        }
    }

    private static void Append(StringBuilder target, string? line)
    {
        lock (target)
        {
            if (line is not null)
            {
                target.Append(line).Append('\n');
            }
        }
    }

    private static string Read(StringBuilder source)
    {
        lock (source)
        {
            return source.ToString();
        }
    }
}
