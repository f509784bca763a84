using System.Diagnostics;

namespace Godwit.Kills.Brokers;

/// <summary>Processor time that a process has used, in user code and in the kernel, of all its threads.</summary>
internal static class ProcessorTime
{
    public static TimeSpan Of(int processId)
    {
        using var process = Process.GetProcessById(processId);
        return process.TotalProcessorTime;
    }
}
