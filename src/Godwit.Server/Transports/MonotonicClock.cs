using System.Diagnostics;

namespace Godwit.Server.Transports;

/// <summary>Milliseconds since some moment in the past; never goes back.</summary>
internal static class MonotonicClock
{
    internal static long NowMs => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000);
}
