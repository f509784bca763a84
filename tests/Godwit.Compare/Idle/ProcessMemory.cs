using System.Globalization;

namespace Godwit.Compare.Idle;

/// <summary>Memory and open files of a process, from <c>/proc</c> (Linux).</summary>
internal static class ProcessMemory
{
    /// <summary>Resident now, in MB of 2^20 bytes.</summary>
    public static double ResidentMb(int processId) => Field(processId, "VmRSS:") / 1024.0;

    /// <summary>The most that was ever resident.</summary>
    public static double PeakMb(int processId) => Field(processId, "VmHWM:") / 1024.0;

    /// <summary>Files and sockets that are open.</summary>
    public static int OpenFiles(int processId) => Directory.EnumerateFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd")).Count();

    /// <summary>What it is made of.</summary>
    public static IReadOnlyList<(string Group, long Kb)> Parts(int processId)
    {
        var directory = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}");
        var program = File.ResolveLinkTarget(Path.Combine(directory, "exe"), returnFinalTarget: false)!.FullName;
        return MemoryMap.Read(File.ReadAllText(Path.Combine(directory, "smaps")), Path.GetDirectoryName(program)!);
    }

    private static long Field(int processId, string name)
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status")).First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }
}
