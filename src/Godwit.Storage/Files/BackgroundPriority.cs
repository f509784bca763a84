using System.Runtime.InteropServices;

namespace Godwit.Storage.Files;

/// <summary>
/// For threads whose work can wait: they get the time and the disk that the others leave. .NET's thread priorities do nothing on Linux, where
/// each thread has a nice value and a class for its input and output. Elsewhere <see cref="ThreadPriority.Lowest"/> has to do.
/// </summary>
public static class BackgroundPriority
{
    private const int PrioProcess = 0;
    private const int IoPrioProcess = 1;
    private const int Nicest = 19;
    private const int IoPrioIdle = 3 << 13;

    /// <summary>Lowers the calling thread, which must be nobody else's: there is no way back. Threads that it starts begin as low.</summary>
    public static void Enter()
    {
        if (!OperatingSystem.IsLinux())
        {
            Thread.CurrentThread.Priority = ThreadPriority.Lowest;
            return;
        }

        // 0 is the calling thread. There is no function for ioprio_set, only the call, whose number is not the same everywhere.
        _ = Libc.SetPriority(PrioProcess, who: 0, Nicest);
        nint? ioPrioSet = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 251,
            Architecture.Arm64 => 30,
            _ => null,
        };
        if (ioPrioSet is { } number)
        {
            _ = Libc.SystemCall(number, IoPrioProcess, 0, IoPrioIdle);
        }
    }
}
