using System.Collections.Concurrent;
using System.Globalization;

namespace Godwit.Server.Logging;

/// <summary>
/// Writes lines on a thread of its own, so that a slow terminal or a full pipe never delays a shard. When lines come faster than
/// they can be written, the newest are dropped and counted, and the count is written once there is room.
/// </summary>
public sealed class LogWriter : IDisposable
{
    /// <summary>Lines waiting to be written; beyond it the newest is dropped.</summary>
    public const int LinesMax = 8_192;

    private const int FlushMs = 1_000;

    private readonly BlockingCollection<string> _lines = new(LinesMax);
    private readonly TextWriter _target;
    private readonly Thread _thread;
    private long _dropped;

    /// <summary>Starts the thread.</summary>
    /// <param name="target">Used by the writer's thread only; not closed.</param>
    public LogWriter(TextWriter target)
    {
        _target = target;
        _thread = new Thread(Run) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <summary>Lines dropped so far.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Adds a line; never waits.</summary>
    /// <param name="line">Without a line break at its end.</param>
    public void Write(string line)
    {
        try
        {
            if (!_lines.IsAddingCompleted && _lines.TryAdd(line))
            {
                return;
            }
        }
        catch (InvalidOperationException)
        {
            // Ended between the question and the answer.
        }

        Interlocked.Increment(ref _dropped);
    }

    /// <summary>Writes what is waiting, for at most a second.</summary>
    public void Dispose()
    {
        _lines.CompleteAdding();
        _thread.Join(FlushMs);
    }

    private void Run()
    {
        var reported = 0L;
        try
        {
            foreach (var line in _lines.GetConsumingEnumerable())
            {
                var dropped = Dropped;
                if (dropped > reported)
                {
                    _target.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{dropped - reported} log lines dropped: the log is read too slowly"));
                    reported = dropped;
                }

                _target.WriteLine(line);
                if (_lines.Count == 0)
                {
                    _target.Flush();
                }
            }

            _target.Flush();
        }
        catch (IOException)
        {
            _lines.CompleteAdding();            // nobody reads the log any more; the broker goes on without
        }
    }
}
