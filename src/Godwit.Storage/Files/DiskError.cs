using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Godwit.Storage.Files;

/// <summary>What the system's error numbers mean.</summary>
internal static class DiskError
{
    private const int Eio = 5;
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

    /// <summary>Something could not be written, as opposed to a call that this file system does not have.</summary>
    /// <param name="error">errno.</param>
    public static bool IsOfWriting(int error) => error == Eio || IsFull(error);

    /// <summary>Another process has the file for itself.</summary>
    public static bool IsLocked(IOException exception) =>
        (exception.HResult & 0xFFFF) == (OperatingSystem.IsWindows() ? WindowsSharingViolation : OperatingSystem.IsMacOS() ? EwouldblockMac : EwouldblockLinux);

    /// <summary>Throws what the last call into the system left in errno.</summary>
    public static void ThrowIf([DoesNotReturnIf(true)] bool failed, string call, string path)
    {
        if (failed)
        {
            throw Of(call, path, Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>A call that has failed, in words.</summary>
    /// <param name="call">Its name.</param>
    /// <param name="path">The file.</param>
    /// <param name="error">errno.</param>
    public static IOException Of(string call, string path, int error)
    {
        var message = $"{call} {path}: {Marshal.GetPInvokeErrorMessage(error)} ({error})";
        return IsFull(error) ? new StoreFullException(message) : new IOException(message, error);
    }
}
