using System.Net.Sockets;

namespace Godwit.Server.Transports;

/// <summary>A listening Unix socket.</summary>
internal static class UnixSocket
{
    /// <summary>Binds. A socket file that nobody listens on is what a broker that was killed has left: it is replaced.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="mode">Permissions, set before anybody can connect; null: those that the umask leaves.</param>
    /// <exception cref="SocketException">The path cannot be bound, or another program listens there.</exception>
    internal static Socket Bind(string path, UnixFileMode? mode)
    {
        var socket = TryBind(path) ?? (IsDead(path) ? Rebind(path) : throw new SocketException((int)SocketError.AddressAlreadyInUse));
        if (mode is { } permissions && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, permissions);
        }

        return socket;
    }

    private static Socket? TryBind(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            return socket;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket Rebind(string path)
    {
        File.Delete(path);
        return TryBind(path) ?? throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }

    /// <summary>It is a socket, and nobody listens on it. A file of another kind is left alone.</summary>
    private static bool IsDead(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return false;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionRefused && new FileInfo(path) is { Exists: true, Length: 0 };
        }
    }
}
