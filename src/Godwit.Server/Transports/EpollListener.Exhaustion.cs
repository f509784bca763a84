namespace Godwit.Server.Transports;

/// <summary>
/// What happens when the process has hardly any file descriptor left. Some are kept for the process itself: a reload reads files, and the runtime
/// cannot start a thread without a descriptor and ends the process then. Descriptors are given out lowest first, so the number of a new one says
/// how many there are.
/// </summary>
internal sealed unsafe partial class EpollListener
{
    /// <summary>Descriptors that connections do not get.</summary>
    private const int KeptFds = 32;

    /// <summary>Of a low limit not more than this part of it is kept.</summary>
    private const int KeptPart = 8;

    /// <summary>Rest before it is looked whether there are some again, in milliseconds.</summary>
    private const int ExhaustedPauseMs = 100;

    /// <summary>From one line about it to the next.</summary>
    private const int ExhaustedLineMs = 10_000;

    private readonly int _connectionFdsEnd = ConnectionFdsEnd();
    private long _acceptAgainMs = long.MaxValue;
    private long _exhaustedLineMs = long.MinValue;

    private static int ConnectionFdsEnd()
    {
        var limits = stackalloc ulong[2];       // rlimit: the soft limit, then the hard one
        if (Libc.GetRLimit(Libc.RLimitNoFile, limits) < 0 || limits[0] > int.MaxValue)
        {
            return int.MaxValue;
        }

        var limit = (int)limits[0];
        return limit - Math.Min(KeptFds, limit / KeptPart);
    }

    private void PauseAccepting(int error)
    {
        WatchSockets(isWatched: false);
        _acceptAgainMs = _nowMs + ExhaustedPauseMs;
        if (_nowMs >= _exhaustedLineMs)
        {
            _exhaustedLineMs = _nowMs + ExhaustedLineMs;
            _log.CannotAccept(Errno.Describe(error));
        }
    }

    private void AcceptAgain()
    {
        if (_nowMs < _acceptAgainMs)
        {
            return;
        }

        if (IsExhausted())
        {
            _acceptAgainMs = _nowMs + ExhaustedPauseMs;
            return;
        }

        _acceptAgainMs = long.MaxValue;
        WatchSockets(isWatched: true);
    }

    /// <summary>Asks for a descriptor to see its number.</summary>
    private bool IsExhausted()
    {
        var fd = Libc.EventFd(0, 0);
        if (fd >= 0)
        {
            _ = Libc.Close(fd);
        }

        return fd < 0 || fd >= _connectionFdsEnd;
    }

    private void WatchSockets(bool isWatched)
    {
        for (var i = 0; i < _sockets.Count; i++)
        {
            if (_sockets[i] is { } socket)
            {
                _ = isWatched ? _epoll.Add(socket.Fd, FirstSocketId - i, EpollFlags.In) : _epoll.Remove(socket.Fd);
            }
        }
    }
}
