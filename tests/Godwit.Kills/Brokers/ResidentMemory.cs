using System.Globalization;

namespace Godwit.Kills.Brokers;

/// <summary>Memory of a process that is in RAM, in bytes.</summary>
internal static class ResidentMemory
{
    public static long Now(int processId) => Read(processId, "VmRSS:");

    /// <summary>The most that ever was.</summary>
    public static long Peak(int processId) => Read(processId, "VmHWM:");

    private static long Read(int processId, string name)
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status")).First(line => line.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(line.AsSpan(name.Length, line.Length - name.Length - " kB".Length), CultureInfo.InvariantCulture);
    }
}
