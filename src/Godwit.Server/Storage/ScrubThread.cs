using Godwit.Server.Logging;
using Godwit.Server.Transports;
using Godwit.Storage.Scrubs;
using Godwit.Storage.Segments;
using Godwit.Storage.Tools;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Storage;

/// <summary>Reads the sealed segments of a running broker again, on a thread of its own that rests as long as it works. Shares nothing with the journal's thread.</summary>
internal sealed class ScrubThread : IDisposable
{
    private readonly ManualResetEventSlim _stop = new();
    private readonly Scrubber? _scrubber;
    private readonly Thread _thread;
    private readonly ILogger _logger;
    private readonly int _knownCount;

    /// <summary>Starts nothing yet.</summary>
    /// <param name="directory">The data directory, with the store in it.</param>
    /// <param name="settings">How fast and how often; a rate of 0 is never.</param>
    /// <param name="storeId">The store.</param>
    /// <param name="known">What the opening has found damaged.</param>
    /// <param name="logger">The broker's log.</param>
    internal ScrubThread(string directory, StoreSettings settings, Guid storeId, IReadOnlyList<DamagedRange> known, ILogger logger)
    {
        (_logger, _knownCount) = (logger, known.Count);
        _thread = new Thread(Run) { IsBackground = true, Name = "scrub" };
        if (settings.ScrubBytesPerSecond > 0)
        {
            _scrubber = Scrubber.Of(directory, new ScrubOptions
            {
                StoreId = storeId,
                BytesPerSecond = settings.ScrubBytesPerSecond,
                IntervalMs = settings.ScrubIntervalHours * 3_600_000L,
                DelayMs = settings.ScrubDelaySeconds * 1_000L,
                Known = known,
                OnDamage = range => ServerLog.ScrubDamage(_logger, directory, range.ToString()),
                OnRound = Report,
            });
        }
    }

    /// <summary>Damaged ranges that the opening or a scrub has found. Any thread may ask.</summary>
    internal int DamageCount => _knownCount + (_scrubber?.FoundCount ?? 0);

    internal void Start()
    {
        if (_scrubber is not null)
        {
            _thread.Start();
        }
    }

    /// <summary>Ends the thread.</summary>
    internal void Stop()
    {
        _stop.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }
    }

    public void Dispose()
    {
        _scrubber?.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        var pace = new HalfTime();
        try
        {
            while (!_stop.IsSet)
            {
                var nowMs = MonotonicClock.NowMs;
                var waitMs = Math.Max(_scrubber!.Step(nowMs) - nowMs, pace.RestMs());
                _stop.Wait((int)Math.Min(waitMs, int.MaxValue));
                pace.Begin();
            }
        }
#pragma warning disable CA1031 // The one handler of this thread: the broker does not need it.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            ServerLog.ScrubBroken(_logger, fault);
        }
    }

    private void Report(ScrubRound round)
    {
        if (round.Segments + round.Unread > 0)
        {
            ServerLog.ScrubRound(_logger, round.Segments, round.Bytes, round.TookMs, round.Damaged, round.Unread);
        }
    }
}
