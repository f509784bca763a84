using Godwit.Server.Listeners;

namespace Godwit.Server.Transports;

/// <summary>A connection of the epoll listener that is not with a shard yet.</summary>
internal struct PendingConnection
{
    internal int Fd;
    internal PeerAddress Peer;
    internal Entrance Entrance;
    internal ConnectBuffer Received;

    /// <summary>Set while somebody is asked who the client is: its CONNECT is complete, and it is not read.</summary>
    internal PendingQuestion? Question;
}
