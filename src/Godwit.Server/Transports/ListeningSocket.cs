using System.Net;
using Godwit.Server.Listeners;

namespace Godwit.Server.Transports;

/// <summary>A socket that clients connect to: bound, listening, not blocking.</summary>
internal sealed unsafe class ListeningSocket : IDisposable
{
    /// <summary>Connections that the kernel completes before they are accepted.</summary>
    internal const int Backlog = 4_096;

    private int _fd;

    private ListeningSocket(int fd, Entrance entrance) => (_fd, Entrance) = (fd, entrance);

    internal int Fd => _fd;

    /// <summary>The listener that it belongs to.</summary>
    internal Entrance Entrance { get; }

    /// <summary>The address with the port that was really bound.</summary>
    internal IPEndPoint EndPoint { get; private init; } = new(IPAddress.None, 0);

    /// <summary>Binds and listens.</summary>
    /// <param name="endPoint">Port 0 takes a free one. An IPv6 address takes no IPv4 connections: each family has its own socket.</param>
    /// <param name="entrance">The listener that it belongs to.</param>
    /// <exception cref="ListenException">The address cannot be bound.</exception>
    internal static ListeningSocket Open(IPEndPoint endPoint, Entrance entrance)
    {
        var fd = Libc.Socket(
            SocketAddress.Family(endPoint.Address),
            Libc.SockStream | Libc.SockNonBlock | Libc.SockCloseOnExec,
            Libc.IpProtoTcp);
        if (fd < 0)
        {
            throw Failure(endPoint, Errno.Last);
        }

        Libc.SetOption(fd, Libc.SolSocket, Libc.SoReuseAddr, 1);    // a restart need not wait for the connections of the last run
        if (SocketAddress.Family(endPoint.Address) == Libc.AfInet6)
        {
            Libc.SetOption(fd, Libc.IpProtoIPv6, Libc.IPv6V6Only, 1);
        }

        var address = stackalloc byte[SocketAddress.SizeMax];
        var size = (uint)SocketAddress.Write(new Span<byte>(address, SocketAddress.SizeMax), endPoint);
        if (Libc.Bind(fd, address, size) < 0 || Libc.Listen(fd, Backlog) < 0 || Libc.GetSockName(fd, address, &size) < 0)
        {
            var error = Errno.Last;
            _ = Libc.Close(fd);
            throw Failure(endPoint, error);
        }

        return new ListeningSocket(fd, entrance) { EndPoint = SocketAddress.Read(new ReadOnlySpan<byte>(address, SocketAddress.SizeMax)) };
    }

    public void Dispose()
    {
        if (_fd >= 0)
        {
            _ = Libc.Close(_fd);
            _fd = -1;
        }
    }

    private static ListenException Failure(IPEndPoint endPoint, int error) => new(
        $"{endPoint}: {Errno.Describe(error)}",
        isAddressMissing: error is Errno.AddressFamilyNotSupported or Errno.AddressNotAvailable,
        isAddressInUse: error == Errno.AddressInUse);
}
