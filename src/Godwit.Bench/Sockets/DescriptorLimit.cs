namespace Godwit.Bench.Sockets;

/// <summary>How many file descriptors this process may have.</summary>
internal static unsafe class DescriptorLimit
{
    /// <summary>What the runtime, the loops and the reports need besides connections.</summary>
    internal const int Reserve = 100;

    /// <summary>Raises the limit as far as the system allows.</summary>
    /// <returns>The limit; long.MaxValue where there is none that can be asked for.</returns>
    internal static long Raise()
    {
        if (!OperatingSystem.IsLinux())
        {
            return long.MaxValue;
        }

        var limit = stackalloc ulong[2];        // soft, hard
        if (Libc.GetRLimit(Libc.OpenFilesResource, limit) < 0)
        {
            return long.MaxValue;
        }

        var soft = limit[0];
        limit[0] = limit[1];
        var isRaised = soft == limit[1] || Libc.SetRLimit(Libc.OpenFilesResource, limit) == 0;
        return (long)Math.Min(isRaised ? limit[1] : soft, long.MaxValue);
    }
}
