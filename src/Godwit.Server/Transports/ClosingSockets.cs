namespace Godwit.Server.Transports;

/// <summary>
/// Sockets that are being closed so that the peer sees the last packet and not a reset: closing a socket with unread input makes
/// Linux send RST, which may overtake what was written. So sending is shut down, input is read and dropped, and the socket is
/// closed when the peer has closed its side, at the latest after <see cref="LingerMs"/>.
/// </summary>
/// <remarks>
/// After <see cref="DrainBytesMax"/> nothing more is read: the window of the peer fills up, and it has the rest of the time to
/// read its answer. Belongs to one loop and shares its epoll; all methods are called by that loop's thread.
/// </remarks>
internal sealed unsafe class ClosingSockets(Epoll epoll)
{
    /// <summary>Longest time a socket is kept, in milliseconds.</summary>
    internal const int LingerMs = 1_000;

    /// <summary>Input read and dropped from one socket.</summary>
    internal const int DrainBytesMax = 64 * 1024;

    /// <summary>Sockets kept at once; beyond it the oldest is closed at once.</summary>
    internal const int CountMax = 4_096;

    private const int ScratchSize = 16 * 1024;

    private readonly Dictionary<long, ClosingSocket> _sockets = [];
    private readonly Queue<(long Id, long DeadlineMs)> _deadlines = new();
    private readonly byte[] _scratch = GC.AllocateArray<byte>(ScratchSize, pinned: true);

    internal int Count => _sockets.Count;

    /// <summary>When <see cref="Expire"/> has something to do; long.MaxValue when nothing is closing.</summary>
    internal long NextDeadlineMs => _deadlines.TryPeek(out var first) ? first.DeadlineMs : long.MaxValue;

    /// <summary>Takes a socket over. Everything to be sent has been given to the kernel.</summary>
    /// <param name="fd">Closed by this object from now on.</param>
    /// <param name="id">The connection's id; its events go to <see cref="OnEvent"/>.</param>
    /// <param name="registered">What the socket is registered for in the epoll; None: it is not there.</param>
    /// <param name="nowMs">The time.</param>
    internal void Begin(int fd, long id, EpollFlags registered, long nowMs)
    {
        var socket = new ClosingSocket { Fd = fd };
        if (Libc.Shutdown(fd, Libc.ShutWr) < 0 || !Drain(ref socket))
        {
            _ = Libc.Close(fd);
            return;
        }

        var wanted = Wanted(socket.DrainedBytes);
        if (registered == EpollFlags.None ? !epoll.Add(fd, id, wanted) : registered != wanted && !epoll.Modify(fd, id, wanted))
        {
            _ = Libc.Close(fd);
            return;
        }

        while (_sockets.Count >= CountMax)
        {
            CloseOldest();
        }

        socket.Registered = wanted;
        _sockets.Add(id, socket);
        _deadlines.Enqueue((id, nowMs + LingerMs));
    }

    /// <summary>An event for a connection that the loop does not know (any more); one for an unknown id is dropped.</summary>
    internal void OnEvent(long id, EpollFlags flags)
    {
        if (!_sockets.TryGetValue(id, out var socket))
        {
            return;
        }

        var isGone = (flags & EpollFlags.Gone) != 0 && socket.DrainedBytes >= DrainBytesMax;
        if (isGone || !Drain(ref socket))
        {
            _sockets.Remove(id);
            _ = Libc.Close(socket.Fd);
            return;
        }

        var wanted = Wanted(socket.DrainedBytes);
        if (wanted != socket.Registered)
        {
            socket.Registered = wanted;
            epoll.Modify(socket.Fd, id, wanted);
        }

        _sockets[id] = socket;
    }

    /// <summary>Closes the sockets whose time is over.</summary>
    internal void Expire(long nowMs)
    {
        while (_deadlines.TryPeek(out var first) && (first.DeadlineMs <= nowMs || !_sockets.ContainsKey(first.Id)))
        {
            CloseOldest();
        }
    }

    /// <summary>Closes all sockets now.</summary>
    internal void CloseAll()
    {
        while (_deadlines.Count > 0)
        {
            CloseOldest();
        }
    }

    private static EpollFlags Wanted(int drainedBytes) =>
        drainedBytes < DrainBytesMax ? EpollFlags.Reading : EpollFlags.None;

    private void CloseOldest()
    {
        if (_sockets.Remove(_deadlines.Dequeue().Id, out var socket))
        {
            _ = Libc.Close(socket.Fd);
        }
    }

    /// <summary>Reads and drops what has arrived.</summary>
    /// <returns>False: the peer has closed its side, or the connection is broken.</returns>
    private bool Drain(ref ClosingSocket socket)
    {
        while (socket.DrainedBytes < DrainBytesMax)
        {
            nint count;
            fixed (byte* scratch = _scratch)
            {
                count = Libc.Recv(socket.Fd, scratch, ScratchSize, 0);
            }

            if (count <= 0)
            {
                return count < 0 && Errno.IsTransient(Errno.Last);
            }

            socket.DrainedBytes += (int)count;
        }

        return true;
    }

    private struct ClosingSocket
    {
        internal int Fd;
        internal int DrainedBytes;
        internal EpollFlags Registered;
    }
}
