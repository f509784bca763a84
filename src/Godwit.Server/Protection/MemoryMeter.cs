using System.Globalization;

namespace Godwit.Server.Protection;

/// <summary>How much memory this process uses. What the collector keeps free for the next load does not count: it is given back first.</summary>
internal static class MemoryMeter
{
    private const string StatPath = "/proc/self/statm";
    private const string MemoryPath = "/proc/meminfo";
    private const double LimitPart = 0.75;

    /// <summary>Three quarters of what the machine, or the container, has for this process. Of a container the collector says that part already.</summary>
    internal static long DefaultLimitBytes => LimitOf(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, MachineBytes());

    /// <summary>Bytes in use.</summary>
    internal static long UsedBytes()
    {
        var heap = GC.GetTotalMemory(forceFullCollection: false);
        return UsedOf(heap, GC.GetGCMemoryInfo().TotalCommittedBytes, ResidentBytes());
    }

    /// <summary>The limit that holds without a setting.</summary>
    /// <param name="availableBytes">What the collector may have: in a container three quarters of its limit, else all of the machine.</param>
    /// <param name="machineBytes">What the machine has.</param>
    internal static long LimitOf(long availableBytes, long machineBytes) => Math.Min(availableBytes, (long)(machineBytes * LimitPart));

    /// <summary>What is in use.</summary>
    /// <param name="heapBytes">Objects of the managed heap.</param>
    /// <param name="committedBytes">What the collector has from the system.</param>
    /// <param name="residentBytes">What the system counts, without files.</param>
    internal static long UsedOf(long heapBytes, long committedBytes, long residentBytes) =>
        Math.Max(heapBytes, residentBytes - Math.Max(0, committedBytes - heapBytes));

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
