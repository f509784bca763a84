using Godwit.Server.Transports;

namespace Godwit.Server.Storage;

/// <summary>For threads whose work can wait. .NET's thread priorities do nothing on Linux, where each thread has a nice value.</summary>
internal static class BackgroundPriority
{
    private const int PrioProcess = 0;
    private const int Nicest = 19;

    /// <summary>The calling thread, which is nobody else's, gets what the others leave. There is no way back.</summary>
    internal static void Enter()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Libc.SetPriority(PrioProcess, who: 0, Nicest);      // who 0 is the calling thread
        }
    }
}
