using System.Globalization;

namespace Godwit.Server.Protection;

/// <summary>How much memory this process uses. What the collector keeps free for the next load does not count: it is given back first.</summary>
internal static class MemoryMeter
{
    private const string StatPath = "/proc/self/statm";
    private const string MemoryPath = "/proc/meminfo";
    private const double LimitPart = 0.75;

    /// <summary>Three quarters of what the machine, or the container, has for this process. Of a container the collector says that part already.</summary>
    internal static long DefaultLimitBytes => Math.Min(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, (long)(MachineBytes() * LimitPart));

    /// <summary>Bytes in use.</summary>
    internal static long UsedBytes()
    {
        var heap = GC.GetTotalMemory(forceFullCollection: false);
        var spare = Math.Max(0, GC.GetGCMemoryInfo().TotalCommittedBytes - heap);
        return Math.Max(heap, ResidentBytes() - spare);
    }

    private static long MachineBytes()
    {
        if (!OperatingSystem.IsLinux())
        {
            return GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        }

        var line = File.ReadLines(MemoryPath).First(line => line.StartsWith("MemTotal:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>What the system counts for this process, without what it can read again from files; 0 where it does not say.</summary>
    private static long ResidentBytes()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Environment.WorkingSet;
        }

        try
        {
            var fields = File.ReadAllText(StatPath).Split(' ');
            var pages = long.Parse(fields[1], CultureInfo.InvariantCulture) - long.Parse(fields[2], CultureInfo.InvariantCulture);
            return pages * Environment.SystemPageSize;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
