using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Godwit.Testing.Running;

/// <summary>A program that this test started: its output by line, its exit code, and its end by its own process id.</summary>
public sealed partial class ProgramRun : IAsyncDisposable
{
    private const int SigTerm = 15;

    private static readonly ConcurrentDictionary<int, Process> Running = new();

    private readonly Process _process;
    private readonly Lock _lineLock = new();
    private readonly Action<string>? _onLine;
    private readonly string _commandLine;
    private readonly Task _readers;

    /// <summary>
    /// When the tests themselves are ended by a signal, what they started ends with them: SIGTERM alone ends a program of .NET without
    /// the event that the tests clean up in.
    /// </summary>
    private static readonly PosixSignalRegistration Termination =
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Environment.Exit(128 + SigTerm));

    static ProgramRun() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        Termination.Dispose();
        foreach (var process in Running.Values)
        {
            process.Kill();
        }
    };

    private ProgramRun(Process process, string commandLine, RunOptions options)
    {
        _process = process;
        ProcessId = process.Id;
        Running[ProcessId] = process;
        _commandLine = commandLine;
        _onLine = options.OnLine;
        _readers = Task.WhenAll(
            ReadAsync(process.StandardOutput, Output),
            ReadAsync(process.StandardError, Errors));
    }

    /// <summary>Standard output.</summary>
    public LineLog Output { get; } = new();

    /// <summary>Standard error.</summary>
    public LineLog Errors { get; } = new();

    /// <summary>Of the operating system.</summary>
    public int ProcessId { get; }

    /// <summary>True once the program has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Completes when the program has closed both outputs and every line of them is read.</summary>
    public Task OutputEnded => _readers;

    /// <summary>The exit code; only after the end. A program ended by signal n has 128 + n.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a program.</summary>
    /// <param name="file">A name on the PATH, or a path.</param>
    /// <param name="arguments">Passed one by one, without a shell.</param>
    /// <param name="options">Null for the defaults.</param>
    public static ProgramRun Start(string file, IEnumerable<string> arguments, RunOptions? options = null)
    {
        options ??= new RunOptions();
        string[] line = [.. options.Via, file, .. arguments];
        var start = new ProcessStartInfo(line[0])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = options.Encoding,
            StandardErrorEncoding = options.Encoding,
            WorkingDirectory = options.Directory,
        };
        foreach (var argument in line.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"'{file}' did not start");
        var run = new ProgramRun(process, string.Join(' ', line), options);
        if (options.Input is not null)
        {
            run.Feed(options.Input);
        }

        return run;
    }

    /// <summary>Writes one line to standard input.</summary>
    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for the <paramref name="count"/>-th matching line of standard output; fails with all that was printed.</summary>
    public async Task<string> LineAsync(Func<string, bool> matches, string what, int count = 1, TimeSpan? patience = null)
    {
        var line = await Output.FindAsync(matches, count, patience ?? Deadlines.Answer);
        Assert.True(line is not null, $"No {what} from {Transcript()}");

        return line;
    }

    /// <summary>Waits for the end of the program and of its output.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync(TimeSpan? patience = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(patience ?? Deadlines.Answer);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            await _readers.WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"Does not end: {Transcript()}");
        }

        return _process.ExitCode;
    }

    /// <summary>Asks the program to end (SIGTERM) and waits until it has.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, SigTerm);     // an error means that it has just ended
        }

        return await EndAsync();
    }

    /// <summary>Ends the program without a chance to say goodbye (SIGKILL).</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await EndAsync();
    }

    /// <summary>Command line, exit code and everything printed, for a failure message.</summary>
    public string Transcript()
    {
        var state = _process.HasExited ? $"exit code {_process.ExitCode}" : "still running";
        var lines = Output.Lines.Select(line => "  out: " + line).Concat(Errors.Lines.Select(line => "  err: " + line));

        return $"{_commandLine} ({state})\n{string.Join('\n', lines)}";
    }

    /// <summary>Ends the program if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        Running.TryRemove(ProcessId, out _);
        await Task.WhenAny(_readers, Task.Delay(Deadlines.Answer, CancellationToken.None));
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int pid, int signal);

    private void Feed(byte[] input)
    {
        try
        {
            _process.StandardInput.BaseStream.Write(input);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program did not want its input; its exit code says why.
        }
    }

    private async Task ReadAsync(StreamReader reader, LineLog log)
    {
        while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
        {
            log.Add(line);
            lock (_lineLock)
            {
                _onLine?.Invoke(line);
            }
        }

        log.End();
    }
}
