using System.Runtime.InteropServices;

namespace Godwit.Bench.Sockets;

/// <summary>
/// The system calls of <see cref="EpollPoller"/> and of the reports on Linux. Each returns -1 on failure; the cause is in
/// <see cref="Marshal.GetLastPInvokeError"/>.
/// </summary>
internal static unsafe partial class Libc
{
    internal const int AfInet = 2;
    internal const int AfInet6 = 10;
    internal const int SockStream = 1;
    internal const int SockNonBlock = 0x800;
    internal const int SockCloseOnExec = 0x80000;
    internal const int SolSocket = 1;
    internal const int SoError = 4;
    internal const int IpProtoIp = 0;
    internal const int IpBindAddressNoPort = 24;
    internal const int IpProtoTcp = 6;
    internal const int TcpNoDelay = 1;
    internal const int MsgNoSignal = 0x4000;
    internal const int CloseOnExec = 0x80000;
    internal const int NonBlocking = 0x800;
    internal const int EpollAdd = 1;
    internal const int EpollModify = 3;
    internal const uint EpollIn = 0x001;
    internal const uint EpollOut = 0x004;
    internal const uint EpollError = 0x008;
    internal const uint EpollHangUp = 0x010;
    internal const uint EpollEdgeTriggered = 0x8000_0000;
    internal const int Interrupted = 4;         // EINTR
    internal const int TryAgain = 11;           // EAGAIN
    internal const int InProgress = 115;        // EINPROGRESS
    internal const int TimerSlackOption = 29;   // PR_SET_TIMERSLACK
    internal const int OpenFilesResource = 7;   // RLIMIT_NOFILE

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int domain, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(int fd, byte* address, uint addressSize);

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    internal static partial int Connect(int fd, byte* address, uint addressSize);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetSockOpt(int fd, int level, int name, int* value, uint valueSize);

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    internal static partial int GetSockOpt(int fd, int level, int name, int* value, uint* valueSize);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Recv(int fd, byte* buffer, nuint size, int flags);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    internal static partial nint Send(int fd, byte* buffer, nuint size, int flags);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int fd);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventFd(uint initialValue, int flags);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int fd, byte* buffer, nuint size);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int EpollCreate1(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollCtl(int epoll, int operation, int fd, byte* epollEvent);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    internal static partial int EpollWait(int epoll, byte* events, int eventsMax, int timeoutMs);

    /// <summary>As epoll_wait with a timeout of two longs: seconds and nanoseconds. Linux 5.11 and glibc 2.35.</summary>
    [LibraryImport(Library, EntryPoint = "epoll_pwait2", SetLastError = true)]
    internal static partial int EpollPWait2(int epoll, byte* events, int eventsMax, long* timeout, nint signals);

    [LibraryImport(Library, EntryPoint = "prctl", SetLastError = true)]
    internal static partial int PrCtl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    /// <summary>The limit is two unsigned longs: soft and hard.</summary>
    [LibraryImport(Library, EntryPoint = "getrlimit", SetLastError = true)]
    internal static partial int GetRLimit(int resource, ulong* limit);

    [LibraryImport(Library, EntryPoint = "setrlimit", SetLastError = true)]
    internal static partial int SetRLimit(int resource, ulong* limit);

    /// <summary>The time is two longs: seconds and nanoseconds.</summary>
    [LibraryImport(Library, EntryPoint = "clock_gettime", SetLastError = true)]
    internal static partial int ClockGetTime(int clock, long* time);

    /// <summary>Sets an integer option; a socket that does not know it works without.</summary>
    internal static int SetOption(int fd, int level, int name, int value) => SetSockOpt(fd, level, name, &value, sizeof(int));

    /// <summary>The error of the last call of this thread.</summary>
    internal static int LastError => Marshal.GetLastPInvokeError();

    /// <summary>The system's words for an error.</summary>
    internal static string Describe(int error) => Marshal.GetPInvokeErrorMessage(error);
}
