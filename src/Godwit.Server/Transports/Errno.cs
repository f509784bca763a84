using System.Runtime.InteropServices;

namespace Godwit.Server.Transports;

/// <summary>Linux error numbers that are told apart (the same on x64 and arm64).</summary>
internal static class Errno
{
    internal const int Interrupted = 4;             // EINTR
    internal const int TryAgain = 11;               // EAGAIN, EWOULDBLOCK
    internal const int OutOfMemory = 12;            // ENOMEM
    internal const int PermissionDenied = 13;       // EACCES
    internal const int TooManyFilesInSystem = 23;   // ENFILE
    internal const int TooManyFiles = 24;           // EMFILE
    internal const int AddressFamilyNotSupported = 97;  // EAFNOSUPPORT
    internal const int AddressInUse = 98;           // EADDRINUSE
    internal const int AddressNotAvailable = 99;    // EADDRNOTAVAIL
    internal const int NoBufferSpace = 105;         // ENOBUFS

    /// <summary>The error of the last call of this thread.</summary>
    internal static int Last => Marshal.GetLastPInvokeError();

    /// <summary>Nothing is wrong: the call would have had to wait, or a signal came.</summary>
    internal static bool IsTransient(int error) => error is TryAgain or Interrupted;

    /// <summary>The process or the system has no file descriptor or memory to give just now.</summary>
    internal static bool IsExhausted(int error) => error is TooManyFiles or TooManyFilesInSystem or NoBufferSpace or OutOfMemory;

    /// <summary>The system's words for an error.</summary>
    internal static string Describe(int error) => Marshal.GetPInvokeErrorMessage(error);
}
