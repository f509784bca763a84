using System.Globalization;
using Godwit.Kills.Brokers;

namespace Godwit.Kills.Soak;

/// <summary>How the process is at a moment.</summary>
/// <param name="Seconds">Since the load began.</param>
/// <param name="MemoryMB">Resident, in MB of 2^20 bytes.</param>
/// <param name="Handles">Files and sockets.</param>
/// <param name="Threads">Threads.</param>
internal sealed record SoakSample(double Seconds, double MemoryMB, int Handles, int Threads)
{
    private const double Megabyte = 1 << 20;

    /// <summary>Looks now.</summary>
    public static SoakSample Take(int processId, double seconds)
    {
        var directory = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/");
        return new SoakSample(
            seconds,
            ResidentMemory.Now(processId) / Megabyte,
            Directory.EnumerateFileSystemEntries(directory + "fd").Count(),
            Directory.EnumerateDirectories(directory + "task").Count());
    }
}
