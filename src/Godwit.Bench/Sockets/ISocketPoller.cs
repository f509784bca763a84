using System.Net;

namespace Godwit.Bench.Sockets;

/// <summary>
/// The non-blocking sockets of one worker, and what the worker waits for. A socket has the number of its client. All but
/// <see cref="Wake"/> is called by the worker's thread. The clock belongs here because waiting is what lets time pass: a test
/// has both in its hand.
/// </summary>
internal interface ISocketPoller : IDisposable
{
    /// <summary>Monotonic time in nanoseconds.</summary>
    long NowNs { get; }

    /// <summary>Begins to connect; <see cref="SocketEvents.Writable"/> then says that it has ended.</summary>
    /// <param name="client">Has no socket.</param>
    /// <param name="remote">The broker.</param>
    /// <param name="local">Null: the system's choice.</param>
    /// <returns>Null, or what went wrong.</returns>
    string? Open(int client, IPEndPoint remote, IPAddress? local);

    /// <summary>Says how connecting ended.</summary>
    /// <returns>Null: the connection stands. Else what went wrong.</returns>
    string? FinishOpen(int client);

    /// <summary>Reads what has come.</summary>
    /// <returns>Bytes; 0: the peer has closed or the connection is broken; -1: nothing has come.</returns>
    int Receive(int client, Span<byte> buffer);

    /// <summary>Sends as much as fits.</summary>
    /// <returns>Bytes taken, also 0; -1: the connection is broken.</returns>
    int Send(int client, ReadOnlySpan<byte> bytes);

    /// <summary>Also waits, or no longer waits, until something can be sent.</summary>
    void WatchWriting(int client, bool isWatched);

    /// <summary>Closes the socket, if there is one.</summary>
    void Close(int client);

    /// <summary>Waits for events.</summary>
    /// <param name="events">Receives them.</param>
    /// <param name="timeoutNs">0 does not wait.</param>
    /// <returns>How many; 0 when the time is over or <see cref="Wake"/> was called.</returns>
    int Wait(Span<SocketEvent> events, long timeoutNs);

    /// <summary>Ends a wait; any thread.</summary>
    void Wake();
}
