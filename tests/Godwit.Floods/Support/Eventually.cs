using System.Diagnostics;

namespace Godwit.Floods.Support;

/// <summary>Waits for a condition, at most <see cref="FloodClient.Patience"/>.</summary>
internal static class Eventually
{
    public static void IsTrue(Func<bool> condition, Func<string> what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < FloodClient.Patience, what());
            Thread.Sleep(5);
        }
    }
}
