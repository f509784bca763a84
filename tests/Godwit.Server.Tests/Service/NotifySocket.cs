using System.Net.Sockets;
using System.Text;

namespace Godwit.Server.Tests.Service;

/// <summary>A service manager's end of the notification socket.</summary>
internal sealed class NotifySocket : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    /// <summary>Binds the socket.</summary>
    /// <param name="name">As NOTIFY_SOCKET has it: a path, or @ and a name.</param>
    internal NotifySocket(string name)
    {
        _socket.Bind(new UnixDomainSocketEndPoint(name.StartsWith('@') ? '\0' + name[1..] : name));
        _socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
    }

    /// <summary>What arrives next, waited for.</summary>
    internal string Receive()
    {
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, _socket.Receive(buffer));
    }

    /// <summary>Whether something arrives within a time.</summary>
    internal bool Arrives(TimeSpan time) => _socket.Poll(time, SelectMode.SelectRead);

    public void Dispose() => _socket.Dispose();
}
