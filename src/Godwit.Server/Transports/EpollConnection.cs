using System.Net;
using Godwit.Broker.Shards;
using Godwit.Server.Listeners;

namespace Godwit.Server.Transports;

/// <summary>
/// The connection of one client with its socket. Made by the listener, which owns it until it is posted; from then on only its shard's loop
/// touches it. It holds no buffer: what the kernel does not take stays with the session.
/// </summary>
internal sealed unsafe class EpollConnection : Connection
{
    private readonly PeerAddress _peer;

    /// <summary>Made when CONNECT is complete.</summary>
    /// <param name="fd">Its socket, non-blocking.</param>
    /// <param name="id">Unique in the process.</param>
    /// <param name="peer">Where the client is.</param>
    /// <param name="handshake">What TryRead said.</param>
    internal EpollConnection(int fd, long id, in PeerAddress peer, in HandshakeResult handshake)
        : base(id, handshake) => (Fd, _peer) = (fd, peer);

    /// <inheritdoc/>
    public override string RemoteAddress => _peer.ToString();

    /// <summary>Where the client is.</summary>
    internal IPAddress Address => _peer.Address;

    internal int Fd { get; }

    /// <summary>Where it came in, and where it is counted.</summary>
    internal required Entrance Entrance { get; init; }

    /// <summary>Set when the loop takes the connection over.</summary>
    internal EpollShardLoop? Loop { get; set; }

    /// <summary>What the socket is registered for in the loop's epoll; None: it is not there.</summary>
    internal EpollFlags Registered { get; set; }

    /// <summary>The last Send took less than all: the shard waits for Writable.</summary>
    internal bool IsFull { get; set; }

    /// <summary>Input came although the shard does not want any: it is left in the kernel.</summary>
    internal bool IsHeld { get; set; }

    /// <summary>The loop looks at it again at the end of the turn.</summary>
    internal bool IsListed { get; set; }

    /// <summary>Sending failed: what is sent is dropped, and the loss is reported when the input that arrived before is handled.</summary>
    internal bool IsBroken { get; set; }

    /// <summary>Close was called, or the loss reported: the shard hears nothing more of it.</summary>
    internal bool IsDetached { get; set; }

    /// <inheritdoc/>
    protected override int Send(ReadOnlySpan<byte> bytes)
    {
        if (IsBroken)
        {
            return bytes.Length;
        }

        nint sent;
        fixed (byte* start = bytes)
        {
            sent = Libc.Send(Fd, start, (nuint)bytes.Length, Libc.MsgNoSignal);
        }

        if (sent == bytes.Length)
        {
            return bytes.Length;
        }

        if (sent < 0 && !Errno.IsTransient(Errno.Last))
        {
            IsBroken = true;
            _ = Libc.Shutdown(Fd, Libc.ShutRdWr);   // input that has arrived stays readable; behind it the loop finds the end
            return bytes.Length;
        }

        IsFull = true;
        Loop?.LookAgain(this);
        return (int)Math.Max(sent, 0);
    }

    /// <inheritdoc/>
    protected override void CloseTransport() => Loop?.Close(this);
}
