using System.Globalization;

namespace Godwit.Server.Protection;

/// <summary>How much memory this process uses. What the collector keeps free for the next load does not count: it is given back first.</summary>
internal static class MemoryMeter
{
    private const string StatPath = "/proc/self/statm";
    private const double LimitPart = 0.75;

    /// <summary>Three quarters of what the machine, or the container, has for this process.</summary>
    internal static long DefaultLimitBytes => (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * LimitPart);

    /// <summary>Bytes in use.</summary>
    internal static long UsedBytes()
    {
        var heap = GC.GetTotalMemory(forceFullCollection: false);
        var spare = Math.Max(0, GC.GetGCMemoryInfo().TotalCommittedBytes - heap);
        return Math.Max(heap, ResidentBytes() - spare);
    }

    /// <summary>What the system counts for this process; 0 where it does not say.</summary>
    private static long ResidentBytes()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Environment.WorkingSet;
        }

        try
        {
            var fields = File.ReadAllText(StatPath).Split(' ');
            return long.Parse(fields[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
