namespace Godwit.Simulation.Runs;

/// <summary>Many seeds, side by side: they have nothing to do with each other.</summary>
public static class Campaign
{
    /// <summary>Runs seeds one after another on each of some threads.</summary>
    /// <param name="firstSeed">The others follow.</param>
    /// <param name="count">How many.</param>
    /// <param name="threads">How many at a time.</param>
    /// <param name="done">Gets each result, one at a time, in the order in which they end.</param>
    /// <param name="duration">As in <see cref="Simulator.Run"/>.</param>
    /// <param name="cancellationToken">No further seed is begun.</param>
    public static Task RunAsync(
        long firstSeed,
        int count,
        int threads,
        Action<SimulationResult> done,
        TimeSpan? duration = null,
        CancellationToken cancellationToken = default)
    {
        var next = -1L;
        var gate = new Lock();
        return Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        void Work()
        {
            while (!cancellationToken.IsCancellationRequested && Interlocked.Increment(ref next) is var index && index < count)
            {
                var result = Simulator.Run(firstSeed + index, duration);
                lock (gate)
                {
                    done(result);
                }
            }
        }
    }
}
