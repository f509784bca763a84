using System.Diagnostics;

namespace Godwit.Bench.Sockets;

/// <summary>Nanoseconds of the clock that never goes back. On Linux all processes of a machine have the same, so that one may subscribe to what another publishes.</summary>
internal static class MonotonicTime
{
    private static readonly double NsPerTick = 1e9 / Stopwatch.Frequency;

    internal static long NowNs => Stopwatch.Frequency == 1_000_000_000 ? Stopwatch.GetTimestamp() : (long)(Stopwatch.GetTimestamp() * NsPerTick);
}
