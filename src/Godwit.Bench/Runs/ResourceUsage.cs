using System.Globalization;
using Godwit.Bench.Sockets;

namespace Godwit.Bench.Runs;

/// <summary>What the broker, this process and the machine have used so far; Linux only, 0 elsewhere.</summary>
/// <param name="BrokerCpu">CPU time of the broker's process in seconds, to the nanosecond.</param>
/// <param name="BrokerUser">Its part in user mode, in seconds, to 10 ms.</param>
/// <param name="BrokerSystem">Its part in the kernel, in seconds, to 10 ms.</param>
/// <param name="ResidentKb">Memory of the broker's process now.</param>
/// <param name="PeakKb">Its largest so far.</param>
/// <param name="Threads">Its threads.</param>
/// <param name="OwnCpu">CPU time of this process in seconds.</param>
/// <param name="HostBusy">CPU time of all processes of the machine in seconds.</param>
/// <param name="KernelSlabKb">The kernel's own tables.</param>
public sealed record ResourceUsage(
    double BrokerCpu,
    double BrokerUser,
    double BrokerSystem,
    long ResidentKb,
    long PeakKb,
    long Threads,
    double OwnCpu,
    double HostBusy,
    long KernelSlabKb)
{
    private const double TicksPerSecond = 100;      // USER_HZ, the unit of /proc on every common architecture

    /// <summary>Reads everything now.</summary>
    /// <param name="brokerPid">0: no broker.</param>
    internal static ResourceUsage Sample(int brokerPid)
    {
        var own = Environment.CpuUsage.TotalTime.TotalSeconds;
        if (!OperatingSystem.IsLinux())
        {
            return new ResourceUsage(0, 0, 0, 0, 0, 0, own, 0, 0);
        }

        var host = Read("/proc/stat").Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var busy = host.Length < 9 ? 0 : (Number(host[1]) + Number(host[2]) + Number(host[3]) + Number(host[6]) + Number(host[7]) + Number(host[8])) / TicksPerSecond;
        var slab = FieldKb(Read("/proc/meminfo"), "Slab:");
        if (brokerPid == 0)
        {
            return new ResourceUsage(0, 0, 0, 0, 0, 0, own, busy, slab);
        }

        var stat = Read($"/proc/{brokerPid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var status = Read($"/proc/{brokerPid}/status");
        return new ResourceUsage(
            CpuOf(brokerPid),
            fields.Length > 12 ? Number(fields[11]) / TicksPerSecond : 0,
            fields.Length > 12 ? Number(fields[12]) / TicksPerSecond : 0,
            FieldKb(status, "VmRSS:"),
            FieldKb(status, "VmHWM:"),
            FieldKb(status, "Threads:"),
            own,
            busy,
            slab);
    }

    /// <summary>The largest memory so far is forgotten, where that is allowed.</summary>
    internal static void ResetPeak(int brokerPid)
    {
        const string ResetPeakMemory = "5";
        if (brokerPid == 0 || !OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            File.WriteAllText($"/proc/{brokerPid}/clear_refs", ResetPeakMemory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The process of somebody else: its peak then counts from its start.
        }
    }

    private static unsafe double CpuOf(int pid)
    {
        const int ScheduledTime = 2;                // the clock id of a process: its complement, shifted, and the kind of clock
        var time = stackalloc long[2];
        return Libc.ClockGetTime((~pid << 3) | ScheduledTime, time) == 0 ? time[0] + (time[1] / 1e9) : 0;
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static long FieldKb(string text, string name)
    {
        var at = text.IndexOf(name, StringComparison.Ordinal);
        return at < 0 ? 0 : (long)Number(text[(at + name.Length)..].Split('\n')[0].Trim().Split(' ')[0]);
    }

    private static double Number(string text) => double.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
