using System.Globalization;

namespace Godwit.Compare.Idle;

/// <summary>What each thread of a process has used so far (Linux).</summary>
/// <param name="CpuNs">CPU time.</param>
/// <param name="Wakes">How often it has slept and gone on.</param>
/// <param name="Name">Of the thread.</param>
internal sealed record ThreadTimes(long CpuNs, long Wakes, string Name)
{
    /// <summary>Reads all threads now.</summary>
    /// <param name="processId">A running process.</param>
    /// <returns>By number of the thread.</returns>
    public static IReadOnlyDictionary<string, ThreadTimes> Read(int processId)
    {
        Dictionary<string, ThreadTimes> threads = new(StringComparer.Ordinal);
        foreach (var directory in Directory.GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task")))
        {
            try
            {
                var cpu = File.ReadAllText(Path.Combine(directory, "schedstat")).Split(' ')[0];
                var wakes = File.ReadLines(Path.Combine(directory, "status")).First(line => line.StartsWith("voluntary", StringComparison.Ordinal)).Split('\t')[^1];
                var name = File.ReadAllText(Path.Combine(directory, "comm")).Trim();
                threads.Add(directory, new ThreadTimes(long.Parse(cpu, CultureInfo.InvariantCulture), long.Parse(wakes, CultureInfo.InvariantCulture), name));
            }
            catch (IOException)
            {
                // The thread has just ended.
            }
        }

        return threads;
    }

    /// <summary>What was used between two readings, by name of the thread; only who has done anything, the busiest first.</summary>
    public static IReadOnlyList<ThreadTimes> Between(IReadOnlyDictionary<string, ThreadTimes> before, IReadOnlyDictionary<string, ThreadTimes> after) =>
        [.. after
            .Select(thread => before.TryGetValue(thread.Key, out var then)
                ? new ThreadTimes(thread.Value.CpuNs - then.CpuNs, thread.Value.Wakes - then.Wakes, thread.Value.Name)
                : thread.Value)
            .GroupBy(thread => thread.Name, (name, threads) => threads.Aggregate(new ThreadTimes(0, 0, name), (sum, one) => new ThreadTimes(sum.CpuNs + one.CpuNs, sum.Wakes + one.Wakes, name)))
            .Where(thread => thread.CpuNs > 0)
            .OrderByDescending(thread => thread.CpuNs)];
}
