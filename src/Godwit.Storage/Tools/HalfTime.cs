using System.Diagnostics;

namespace Godwit.Storage.Tools;

/// <summary>
/// Work that rests as long as it has worked takes at most half of the disk and of a processor from those who wait for a flush. A lower priority
/// would not do instead: a thread that does not get to run holds up the garbage collector, which waits for all, and pages that others read.
/// </summary>
/// <param name="restMsMin">Least rest, milliseconds, 1 to 100: where work comes in small pieces, waking up costs others more than the work.</param>
public struct HalfTime(int restMsMin = 1)
{
    private const int RestMsMax = 100;

    private long _begun = Stopwatch.GetTimestamp();

    /// <summary>How long to rest now, milliseconds, at most 100: as long as it is since <see cref="Begin"/>, or since the last rest was over.</summary>
    public int RestMs()
    {
        var restMs = (int)Math.Clamp(Math.Ceiling(Stopwatch.GetElapsedTime(_begun).TotalMilliseconds), restMsMin, RestMsMax);
        _begun = Stopwatch.GetTimestamp() + (restMs * Stopwatch.Frequency / 1_000);
        return restMs;
    }

    /// <summary>The rest is over.</summary>
    public void Begin() => _begun = Stopwatch.GetTimestamp();
}
