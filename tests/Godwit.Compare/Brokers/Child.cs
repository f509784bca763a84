using System.Diagnostics;
using System.Text;

namespace Godwit.Compare.Brokers;

/// <summary>A process that this one started and ends by its id. What it prints is read all the time, so that it never waits for us.</summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private Child(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Of the operating system.</summary>
    public int Id => _process.Id;

    /// <summary>It is no more.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts a program.</summary>
    /// <param name="file">A path.</param>
    /// <param name="arguments">Passed one by one, without a shell.</param>
    public static Child Start(string file, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        return new Child(Process.Start(start) ?? throw new InvalidOperationException($"'{file}' did not start"));
    }

    /// <summary>Runs a program to its end, or ends it when its time is over.</summary>
    /// <returns>Its standard output, and the last line of its standard error.</returns>
    public static async Task<(string Output, string Error)> RunAsync(string file, IEnumerable<string> arguments, TimeSpan limit, CancellationToken ct)
    {
        await using var child = Start(file, arguments);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(limit);
        try
        {
            await child._process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return ("", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"did not end within {limit.TotalSeconds:0} s"));
        }

        return (await child._output, LastLine(await child._errors));
    }

    /// <summary>The last that it said on standard error; only after its end.</summary>
    public async Task<string> LastWordsAsync() => LastLine(await _errors);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        await Task.WhenAll(_output, _errors);
        _process.Dispose();
    }

    private static string LastLine(string text) => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";
}
