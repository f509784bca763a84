using System.ComponentModel;

namespace Godwit.Server.Transports;

/// <summary>
/// An epoll instance, level-triggered. The data of an event is the id of a connection and never a file descriptor, which the
/// kernel gives to the next connection as soon as it is closed.
/// </summary>
internal sealed unsafe class Epoll : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int Adding = 1;
    private const int Removing = 2;
    private const int Modifying = 3;

    private int _fd;

    /// <summary>Makes an instance that watches nothing.</summary>
    /// <exception cref="Win32Exception">The system has no file descriptor left.</exception>
    internal Epoll()
    {
        _fd = Libc.EpollCreate1(CloseOnExec);
        if (_fd < 0)
        {
            throw new Win32Exception(Errno.Last, "epoll_create1: " + Errno.Describe(Errno.Last));
        }
    }

    /// <summary>Watches a descriptor, or watches it for something else.</summary>
    /// <returns>False when the kernel refuses (out of memory or watches).</returns>
    internal bool Add(int fd, long id, EpollFlags flags) => Control(Adding, fd, id, flags);

    /// <inheritdoc cref="Add"/>
    internal bool Modify(int fd, long id, EpollFlags flags) => Control(Modifying, fd, id, flags);

    /// <summary>Forgets a descriptor; one that is closed is forgotten by itself.</summary>
    internal bool Remove(int fd) => Control(Removing, fd, 0, EpollFlags.None);

    /// <summary>Waits for events.</summary>
    /// <param name="events">Receives them.</param>
    /// <param name="timeoutMs">0 does not wait, -1 waits without limit.</param>
    /// <returns>How many; 0 when the time is over or a signal came.</returns>
    internal int Wait(EpollEvents events, int timeoutMs)
    {
        var count = Libc.EpollWait(_fd, events.Pointer, events.Capacity, timeoutMs);
        if (count >= 0)
        {
            return count;
        }

        var error = Errno.Last;
        return error == Errno.Interrupted ? 0 : throw new Win32Exception(error, "epoll_wait: " + Errno.Describe(error));
    }

    public void Dispose()
    {
        if (_fd >= 0)
        {
            _ = Libc.Close(_fd);
            _fd = -1;
        }
    }

    private bool Control(int operation, int fd, long id, EpollFlags flags)
    {
        var epollEvent = stackalloc byte[EpollEvents.EventSize];
        EpollEvents.Write(epollEvent, flags, id);
        return Libc.EpollCtl(_fd, operation, fd, epollEvent) == 0;
    }
}
