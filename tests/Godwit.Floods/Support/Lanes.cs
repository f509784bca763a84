namespace Godwit.Floods.Support;

/// <summary>Work that blocks, many times over, on a few threads of its own.</summary>
internal static class Lanes
{
    /// <summary>Runs an action with each number from 0, and fails with the first failure.</summary>
    public static void Run(int laneCount, int count, Action<int> action)
    {
        var next = -1;
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        void Work()
        {
            try
            {
                for (var number = Interlocked.Increment(ref next); number < count && failures.IsEmpty; number = Interlocked.Increment(ref next))
                {
                    action(number);
                }
            }
#pragma warning disable CA1031 // Thrown below, where the test sees it.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                failures.Enqueue(failure);
            }
        }

        var lanes = Enumerable.Range(0, laneCount).Select(_ => new Thread(Work) { IsBackground = true }).ToList();
        lanes.ForEach(lane => lane.Start());
        lanes.ForEach(lane => lane.Join());
        if (failures.TryPeek(out var first))
        {
            throw new InvalidOperationException("a lane failed", first);
        }
    }
}
