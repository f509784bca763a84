namespace Godwit.Storage.Tests;

/// <summary>What code allocates.</summary>
internal static class Allocations
{
    private const int Rounds = 5;

    /// <summary>
    /// The least bytes that a piece of work allocates in a few rounds: while the runtime replaces code by better code, it now and then
    /// allocates on the thread that runs it, but not in every round.
    /// </summary>
    public static long Least(Action work)
    {
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
