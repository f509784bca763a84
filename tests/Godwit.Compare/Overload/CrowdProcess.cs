using System.Diagnostics;
using System.Globalization;

namespace Godwit.Compare.Overload;

/// <summary>The process of a <see cref="Crowd"/>.</summary>
internal sealed class CrowdProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;

    private CrowdProcess(Process process) => _process = process;

    /// <summary>Starts one.</summary>
    public static CrowdProcess Start(string kind, int port, int count)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["crowd", kind, port.ToString(CultureInfo.InvariantCulture), count.ToString(CultureInfo.InvariantCulture)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new CrowdProcess(Process.Start(start) ?? throw new InvalidOperationException("the crowd does not start"));
    }

    /// <summary>Waits for its next line, which begins with a word.</summary>
    /// <returns>The numbers behind the word.</returns>
    public async Task<IReadOnlyList<double>> HearAsync(string word, CancellationToken ct)
    {
        var line = await _process.StandardOutput.ReadLineAsync(ct).AsTask().WaitAsync(Patience, ct);
        return line?.Split(' ') is { } words && words[0] == word
            ? [.. words.Skip(1).Select(number => double.Parse(number, CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"the crowd said '{line}' where '{word}' was expected");
    }

    /// <summary>Lets it go on.</summary>
    public Task GoOnAsync() => _process.StandardInput.WriteLineAsync();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
