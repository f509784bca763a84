namespace Godwit.Bench.Sockets;

/// <summary>What can happen to a socket.</summary>
[Flags]
internal enum SocketEvents
{
    None = 0,

    /// <summary>Bytes, the end or an error can be read.</summary>
    Readable = 1,

    /// <summary>Something can be sent, or connecting has ended.</summary>
    Writable = 2,
}
