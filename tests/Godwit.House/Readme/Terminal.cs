using System.Diagnostics;
using System.Globalization;

namespace Godwit.House.Readme;

/// <summary>One terminal of a reader: at most one program runs in it.</summary>
public sealed class Terminal(int number, string folder, string stateHome) : IAsyncDisposable
{
    /// <summary>A first use of <c>./godwit</c> builds it.</summary>
    private static readonly TimeSpan BuildPatience = TimeSpan.FromMinutes(5);

    /// <summary>Anything else.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private Process? _process;
    private string _commands = "";
    private int _seen;

    /// <summary>What came on the standard output since the last commands.</summary>
    public LineLog Output { get; private set; } = new();

    /// <summary>What came on either stream since the last commands.</summary>
    public LineLog Everything { get; private set; } = new();

    /// <summary>Lines of the standard output that no step has mentioned.</summary>
    public IReadOnlyList<string> Unseen => [.. Output.Lines.Skip(_seen)];

    /// <summary>Types commands; what still runs gets Ctrl-C first.</summary>
    /// <param name="commands">For bash.</param>
    /// <param name="runOn">One command, which runs until Ctrl-C.</param>
    public async Task Start(string commands, bool runOn)
    {
        await Interrupt();
        (_commands, _seen, Output, Everything) = (commands, 0, new LineLog(), new LineLog());
        var start = new ProcessStartInfo("bash", ["-c", runOn ? "exec " + commands : commands])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["XDG_STATE_HOME"] = stateHome;
        var (output, everything) = (Output, Everything);
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) =>
        {
            output.Add(line.Data);
            everything.Add(line.Data);
        };
        _process.ErrorDataReceived += (_, line) => everything.Add(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits for the end of the commands; the last of them must have succeeded.</summary>
    public async Task Finish()
    {
        Assert.True(await HasEnded(BuildPatience), Told("does not end"));
        Assert.True(_process!.ExitCode == 0, Told($"ends with exit code {_process.ExitCode}"));
    }

    /// <summary>Takes the next lines of the standard output, as soon as they are there.</summary>
    public async Task<IReadOnlyList<string>> Take(int count)
    {
        await Output.WaitUntil(lines => lines.Count >= _seen + count, Patience);
        var taken = Unseen.Take(count).ToList();
        _seen += taken.Count;
        return taken;
    }

    /// <summary>Waits for a line on either stream; the program may have to be built first.</summary>
    public async Task WaitFor(Func<string, bool> isIt, string what) =>
        Assert.True(await Everything.WaitUntil(lines => lines.Any(isIt), BuildPatience), Told($"does not print {what}"));

    /// <summary>Waits for a line that another terminal prints because of this one.</summary>
    public async Task WaitFor(Terminal other, Func<string, bool> isIt, int count, string what) =>
        Assert.True(
            await other.Everything.WaitUntil(lines => lines.Count(isIt) >= count, Patience),
            Told($"does not lead to {what}") + "\n" + other.Told("is the other one"));

    /// <summary>Presses Ctrl-C, if something runs.</summary>
    public async Task Interrupt()
    {
        if (_process is { HasExited: false })
        {
            Assert.True(await Signal("INT"), Told("ignores Ctrl-C"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } && !await Signal("TERM"))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process?.Dispose();
    }

    private async Task<bool> Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        return await HasEnded(Patience);
    }

    private async Task<bool> HasEnded(TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience);
        try
        {
            await _process!.WaitForExitAsync(timeout.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private string Told(string what) => $"terminal {number}: '{_commands.Trim()}' {what}. It printed:\n{string.Join('\n', Everything.Lines)}";
}
