using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Godwit.Storage.Files;

/// <summary>What the system's error numbers mean.</summary>
internal static class DiskError
{
    private const int Enospc = 28;
    private const int EdquotLinux = 122;
    private const int EdquotMac = 69;
    private const int EfbigUnix = 27;
    private const int EwouldblockLinux = 11;
    private const int EwouldblockMac = 35;
    private const int WindowsSharingViolation = 0x20;
    private const int WindowsHandleDiskFull = 0x27;
    private const int WindowsDiskFull = 0x70;

    /// <summary>The disk or the quota is used up.</summary>
    public static bool IsFull(IOException exception) => IsFull(exception.HResult & 0xFFFF);

    /// <summary>The disk or the quota is used up.</summary>
    /// <param name="error">errno, or a Win32 error.</param>
    public static bool IsFull(int error) => OperatingSystem.IsWindows()
        ? error is WindowsHandleDiskFull or WindowsDiskFull
        : error is Enospc or EfbigUnix || error == (OperatingSystem.IsMacOS() ? EdquotMac : EdquotLinux);

    /// <summary>Another process has the file for itself.</summary>
    public static bool IsLocked(IOException exception) =>
        (exception.HResult & 0xFFFF) == (OperatingSystem.IsWindows() ? WindowsSharingViolation : OperatingSystem.IsMacOS() ? EwouldblockMac : EwouldblockLinux);

    /// <summary>Throws what the last call into the system left in errno.</summary>
    public static void ThrowIf([DoesNotReturnIf(true)] bool failed, string call, string path)
    {
        if (!failed)
        {
            return;
        }

        var error = Marshal.GetLastPInvokeError();
        var message = $"{call} {path}: {Marshal.GetPInvokeErrorMessage(error)} ({error})";
        throw IsFull(error) ? new StoreFullException(message) : new IOException(message, error);
    }
}
