namespace Godwit.Storage.Journals;

/// <summary>
/// Turns the host's monotonic milliseconds into UTC milliseconds since 1970, which the disk holds, and back. The two run side by side from
/// the opening of the store on: a system clock that jumps later moves no deadline. <see cref="long.MaxValue"/> is never on both sides.
/// </summary>
public sealed class WallClock
{
    private readonly long _offsetMs;

    /// <summary>Decides what time it is.</summary>
    /// <param name="nowMs">The host's monotonic clock.</param>
    /// <param name="utcNowMs">The system clock.</param>
    /// <param name="lastHeartbeatUtcMs">The latest time in the store; 0: there is none.</param>
    /// <param name="aheadMaxMs">A system clock further ahead of the store than this is not believed.</param>
    public WallClock(long nowMs, long utcNowMs, long lastHeartbeatUtcMs, long aheadMaxMs)
    {
        var wall = utcNowMs;
        if (lastHeartbeatUtcMs > 0 && utcNowMs < lastHeartbeatUtcMs)
        {
            wall = lastHeartbeatUtcMs;
            Correction = $"the system clock went back by {lastHeartbeatUtcMs - utcNowMs} ms: no time has passed since the store was last written";
        }
        else if (lastHeartbeatUtcMs > 0 && utcNowMs - lastHeartbeatUtcMs > aheadMaxMs)
        {
            wall = lastHeartbeatUtcMs + aheadMaxMs;
            Correction = $"the system clock is {utcNowMs - lastHeartbeatUtcMs} ms ahead of the store: {aheadMaxMs} ms are taken to have passed";
        }

        _offsetMs = wall - nowMs;
    }

    /// <summary>What was done about the system clock, in words; null: nothing.</summary>
    public string? Correction { get; }

    /// <summary>UTC of a monotonic time.</summary>
    public long ToUtc(long ms) => ms == long.MaxValue ? ms : Shift(ms, _offsetMs);

    /// <summary>Monotonic time of a UTC time; negative when it was before the host's clock began.</summary>
    public long FromUtc(long utcMs) => utcMs == long.MaxValue ? utcMs : Shift(utcMs, -_offsetMs);

    // A deadline that is very far away stays that, and does not become never or the past.
    private static long Shift(long ms, long offset) => (long)Int128.Clamp((Int128)ms + offset, long.MinValue, long.MaxValue - 1);
}
