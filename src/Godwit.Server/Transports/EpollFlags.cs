namespace Godwit.Server.Transports;

/// <summary>Event bits of epoll (epoll_ctl(2)).</summary>
[Flags]
internal enum EpollFlags : uint
{
    None = 0,

    /// <summary>EPOLLIN: bytes, or the end of the stream, can be read.</summary>
    In = 0x001,

    /// <summary>EPOLLOUT: the send buffer has room.</summary>
    Out = 0x004,

    /// <summary>EPOLLERR: the connection broke. Always reported.</summary>
    Error = 0x008,

    /// <summary>EPOLLHUP: both directions are shut. Always reported.</summary>
    HangUp = 0x010,

    /// <summary>EPOLLRDHUP: the peer has shut its sending side.</summary>
    ReadHangUp = 0x2000,

    /// <summary>EPOLLET: report only a change. Used for the eventfd, which then needs no read.</summary>
    EdgeTriggered = 0x8000_0000,

    /// <summary>What a connection that is read waits for.</summary>
    Reading = In | ReadHangUp,

    /// <summary>The connection is gone in both directions.</summary>
    Gone = Error | HangUp,
}
