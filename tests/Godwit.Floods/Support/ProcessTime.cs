using System.Globalization;

namespace Godwit.Floods.Support;

/// <summary>
/// Processor time of the broker, and time for which it was ready to run and something else ran: another test, or the flood itself,
/// which needs a processor too.
/// </summary>
internal readonly record struct ProcessTime(double RunNs, double WaitNs)
{
    /// <summary>What the kernel has counted so far (proc(5), schedstat); nothing where it does not count.</summary>
    public static ProcessTime Of(int processId)
    {
        var (run, wait) = (0.0, 0.0);
        foreach (var task in Directory.EnumerateDirectories($"/proc/{processId}/task"))
        {
            try
            {
                var numbers = File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ');
                run += double.Parse(numbers[0], CultureInfo.InvariantCulture);
                wait += double.Parse(numbers[1], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // A thread that has just ended, or a kernel that does not count.
            }
        }

        return new ProcessTime(run, wait);
    }

    /// <summary>How many times longer everything took than on a processor of its own; 1 or more.</summary>
    public double SlowdownSince(ProcessTime before)
    {
        var run = RunNs - before.RunNs;
        return run > 0 ? 1 + (Math.Max(0, WaitNs - before.WaitNs) / run) : 1;
    }
}
