using System.Diagnostics;
using System.Globalization;
using Godwit.Bench.Plans;
using Godwit.Bench.Runs;

namespace Godwit.Cli.Benches;

/// <summary>
/// How far a run is, on standard error: on a terminal a picture of a few lines, painted anew every second; elsewhere a line every
/// ten seconds.
/// </summary>
internal sealed class BenchView : IDisposable
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(10);

    private readonly BenchPlan _plan;
    private readonly bool _isQuiet;
    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private readonly bool _hasColour = !Console.IsErrorRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
    private long _lastLine = Stopwatch.GetTimestamp();
    private int _painted;

    internal BenchView(BenchPlan plan, bool isQuiet)
    {
        _plan = plan;
        _isQuiet = isQuiet;
    }

    /// <summary>Takes the picture away.</summary>
    public void Dispose() => Erase();

    /// <summary>Shows how far the run is.</summary>
    internal void Show(BenchProgress progress)
    {
        if (_isQuiet)
        {
            return;
        }

        if (_isTerminal)
        {
            var lines = BenchPicture.Of(_plan, progress, Console.WindowWidth, _hasColour);
            Erase();
            Console.Error.Write(string.Join('\n', lines) + "\n");
            _painted = lines.Count;
        }
        else if (Stopwatch.GetElapsedTime(_lastLine) >= PlainInterval)
        {
            _lastLine = Stopwatch.GetTimestamp();
            Console.Error.WriteLine(BenchPicture.Line(progress));
        }
    }

    private void Erase()
    {
        if (_painted > 0)
        {
            // Up to the first line of the picture, and everything behind it away.
            Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\e[{_painted}A\e[J"));
            _painted = 0;
        }
    }
}
