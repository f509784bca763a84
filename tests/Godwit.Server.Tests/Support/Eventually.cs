using System.Diagnostics;

namespace Godwit.Server.Tests.Support;

/// <summary>Waits for a condition, at most 3 seconds.</summary>
internal static class Eventually
{
    public static async Task IsTrueAsync(Func<bool> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < RawClient.Patience, $"did not happen within 3 s: {what}");
            await Task.Delay(5);
        }
    }

    public static Task EndsAsync(Task task) => task.WaitAsync(RawClient.Patience);
}
