using System.Collections.Concurrent;
using System.Globalization;
using Godwit.Conformance.Wire;

namespace Godwit.Conformance.Running;

/// <summary>Runs the small cases of one check a few at a time, each on connections of its own.</summary>
public static class Cases
{
    private const int AtOnceMax = 8;
    private const int NamedMax = 12;

    /// <summary>Judges each case; when some fail, the check fails and names them. It is skipped when all cases are.</summary>
    /// <param name="cases">What differs.</param>
    /// <param name="nameOf">A case in words, e.g. <c>Topic Alias in SUBSCRIBE</c>.</param>
    /// <param name="judge">Throws when the broker deviates.</param>
    public static async Task EachAsync<T>(IEnumerable<T> cases, Func<T, string> nameOf, Func<T, Task> judge)
    {
        var failures = new ConcurrentDictionary<int, (string Name, CheckFailedException Failure)>();
        var skips = new ConcurrentQueue<CheckSkippedException>();
        var judged = 0;
        await Parallel.ForEachAsync(cases.Index(), new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax }, async (entry, _) =>
        {
            try
            {
                await judge(entry.Item);
                Interlocked.Increment(ref judged);
            }
            catch (CheckSkippedException skip)
            {
                skips.Enqueue(skip);
            }
            catch (CheckFailedException failure)
            {
                failures[entry.Index] = (nameOf(entry.Item), failure);
            }
        });

        if (failures.IsEmpty)
        {
            Probe.SkipUnless(judged > 0 || skips.IsEmpty, skips.FirstOrDefault()?.Message ?? "");
            return;
        }

        var sorted = failures.OrderBy(entry => entry.Key).Select(entry => entry.Value).ToList();
        var named = sorted.Take(NamedMax).Select(entry => $"{entry.Name}: {entry.Failure.Came}");
        var more = sorted.Count > NamedMax ? string.Create(CultureInfo.InvariantCulture, $"; and {sorted.Count - NamedMax} more") : "";
        throw new CheckFailedException(sorted[0].Failure.Expected, string.Join("; ", named) + more);
    }
}
