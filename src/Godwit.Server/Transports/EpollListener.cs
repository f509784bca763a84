using System.Runtime.InteropServices;
using Godwit.Broker;
using Godwit.Broker.Shards;
using Godwit.Server.Listeners;
using Godwit.Server.Logging;

namespace Godwit.Server.Transports;

/// <summary>
/// Accepts connections and holds each until its CONNECT is complete, with a limit of time, size and number. Then the socket goes
/// to the shard of its client identifier. One thread for all listening sockets.
/// </summary>
internal sealed unsafe partial class EpollListener : IDisposable
{
    private const int ReadSize = 64 * 1024;
    private const int EventsMax = 256;

    /// <summary>Connections accepted from one socket before others have their turn.</summary>
    private const int AcceptsMax = 64;

    /// <summary>Ids of listening sockets count down from here; 0 is the wake-up event, connections count from 1.</summary>
    private const long FirstSocketId = -1;

    private const long WakeId = 0;

    private readonly BrokerCore _core;
    private readonly ConnectionIds _ids;
    private readonly IReadOnlyList<EpollShardLoop> _loops;
    private readonly ConnectJudge _judge;
    private readonly ConnectionLog _log;
    private readonly Action<Exception> _broken;
    private readonly List<ListeningSocket?> _sockets;       // by number; null where one was closed, because an event may still name it
    private readonly Epoll _epoll = new();
    private readonly EpollEvents _events = new(EventsMax);
    private readonly WakeSignal _wakeSignal;
    private readonly ClosingSockets _closing;
    private readonly Dictionary<long, PendingConnection> _pending = [];
    private readonly Queue<(long Id, long DeadlineMs)> _deadlines = new();
    private readonly byte[] _buffer = GC.AllocateArray<byte>(ReadSize, pinned: true);
    private readonly Thread _thread;
    private long _heldBytes;        // of incomplete CONNECTs
    private long _nowMs;
    private volatile bool _isStopping;

    internal EpollListener(
        BrokerCore core,
        ConnectionIds ids,
        IReadOnlyList<EpollShardLoop> loops,
        IReadOnlyList<ListeningSocket> sockets,
        ConnectJudge judge,
        ConnectionLog log,
        Action<Exception> broken)
    {
        (_core, _ids, _loops, _sockets, _judge, _log, _broken) = (core, ids, loops, [.. sockets], judge, log, broken);
        _wakeSignal = new WakeSignal(_epoll, WakeId);
        _closing = new ClosingSockets(_epoll);
        _thread = new Thread(Run) { IsBackground = true, Name = "listener" };
    }

    internal void Start()
    {
        WatchSockets(isWatched: true);
        _thread.Start();
    }

    /// <summary>Stops accepting and closes what is still half open; nothing is posted after it returns.</summary>
    internal void Stop()
    {
        _isStopping = true;
        _wakeSignal.Wake();
        _thread.Join();
        Dispose();
    }

    public void Dispose()
    {
        foreach (var socket in _sockets)
        {
            socket?.Dispose();
        }

        foreach (var pending in _pending.Values)
        {
            Drop(pending);
        }

        _pending.Clear();
        _closing.CloseAll();
        _wakeSignal.Dispose();
        _epoll.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_isStopping)
            {
                var timeoutMs = _wakeSignal.TrySleep() ? TimeoutMs() : 0;
                var count = _epoll.Wait(_events, timeoutMs);
                _wakeSignal.StayAwake();
                _nowMs = MonotonicClock.NowMs;
                for (var i = 0; i < count; i++)
                {
                    Handle(_events.Id(i), _events.Flags(i));
                }

                TakeAnswers();
                TakeCommands();
                ExpirePending();
                _closing.Expire(_nowMs);
                AcceptAgain();
            }
        }
#pragma warning disable CA1031 // The one handler of this loop: without a listener the broker is of no use.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _broken(fault);
        }
    }

    private int TimeoutMs()
    {
        var deadlineMs = Math.Min(_closing.NextDeadlineMs, _acceptAgainMs);
        if (_deadlines.TryPeek(out var first))
        {
            deadlineMs = Math.Min(deadlineMs, first.DeadlineMs);
        }

        return deadlineMs == long.MaxValue ? -1 : (int)Math.Clamp(deadlineMs - MonotonicClock.NowMs, 0, int.MaxValue);
    }

    private void Handle(long id, EpollFlags flags)
    {
        if (id == WakeId)
        {
            return;
        }

        if (id <= FirstSocketId)
        {
            if (_sockets[(int)(FirstSocketId - id)] is { } socket)
            {
                Accept(socket);
            }

            return;
        }

        ref var pending = ref CollectionsMarshal.GetValueRefOrNullRef(_pending, id);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref pending))
        {
            _closing.OnEvent(id, flags);
            return;
        }

        if (Read(ref pending, id, isWatched: true))
        {
            Release(ref pending);
            _pending.Remove(id);
        }
    }

    private void Accept(ListeningSocket socket)
    {
        var address = stackalloc byte[SocketAddress.SizeMax];
        for (var i = 0; i < AcceptsMax; i++)
        {
            var size = (uint)SocketAddress.SizeMax;
            var fd = Libc.Accept4(socket.Fd, address, &size, Libc.SockNonBlock | Libc.SockCloseOnExec);
            if (fd < 0)
            {
                var error = Errno.Last;
                if (Errno.IsExhausted(error))
                {
                    PauseAccepting(error);
                }

                return;                 // also for a connection that broke while it waited: the next one is reported again
            }

            Libc.SetOption(fd, Libc.IpProtoTcp, Libc.TcpNoDelay, 1);
            var peer = new PeerAddress(new ReadOnlySpan<byte>(address, SocketAddress.SizeMax));
            if (_log.IsOn)
            {
                _log.Accepted(peer.ToString(), socket.EndPoint.Port);
            }

            Open(fd, peer, socket.Entrance);
            if (fd >= _connectionFdsEnd)
            {
                PauseAccepting(Errno.TooManyFiles);
                return;
            }
        }
    }

    private void Open(int fd, in PeerAddress peer, Entrance entrance)
    {
        var halfOpenMax = _core.Limits.HalfOpenMax;
        if (halfOpenMax > 0 && _pending.Count >= halfOpenMax)
        {
            _log.HalfOpenRefused(peer.ToString(), halfOpenMax);
            _ = Libc.Close(fd);
            return;
        }

        if (!MayEnter(peer, entrance))
        {
            _ = Libc.Close(fd);
            return;
        }

        var id = _ids.Next();
        var pending = new PendingConnection { Fd = fd, Peer = peer, Entrance = entrance };
        if (Read(ref pending, id, isWatched: false))
        {
            Release(ref pending);
            return;                     // CONNECT mostly has arrived before accept: no registration here at all
        }

        if (pending.Question is null && !_epoll.Add(fd, id, EpollFlags.Reading))
        {
            Release(ref pending);
            Drop(pending);
            return;
        }

        _pending.Add(id, pending);
        _deadlines.Enqueue((id, _nowMs + _core.Limits.ConnectTimeoutMs));
    }

    /// <summary>Reads once. One connection's fault costs that connection only.</summary>
    /// <returns>True: the connection is done here; closed, or handed over.</returns>
    private bool Read(ref PendingConnection pending, long id, bool isWatched)
    {
        nint count;
        fixed (byte* start = _buffer)
        {
            count = Libc.Recv(pending.Fd, start, ReadSize, 0);
        }

        if (count < 0 && Errno.IsTransient(Errno.Last))
        {
            return false;
        }

        if (count <= 0)
        {
            Drop(pending);
            return true;
        }

        try
        {
            return HandleBytes(ref pending, id, isWatched, _buffer.AsSpan(0, (int)count));
        }
#pragma warning disable CA1031 // One connection's handler.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _log.HandshakeFault(pending.Peer.ToString(), fault);
            Drop(pending);
            return true;
        }
    }

    private bool HandleBytes(ref PendingConnection pending, long id, bool isWatched, ReadOnlySpan<byte> received)
    {
        if (pending.Question is { } question)
        {
            return HandleAnswer(ref pending, question, received);
        }

        var input = received;
        if (pending.Received.Length > 0)
        {
            Hold(ref pending, received);
            input = pending.Received.Span;
        }

        var result = _core.Handshake.TryRead(input, pending.Entrance.Rules);
        switch (result.Status)
        {
            case HandshakeStatus.Incomplete:
                if (pending.Received.Length == 0)
                {
                    Hold(ref pending, received);
                }

                return IsTooMuchHeld(pending);

            case HandshakeStatus.Refused:
                if (_log.IsOn)
                {
                    _log.HandshakeRefused(pending.Peer.ToString(), result);
                }

                Refuse(pending, id, isWatched, result.Answer.Span);
                return true;

            default:
                return Admit(ref pending, id, isWatched, input, result);
        }
    }

    private void Hold(ref PendingConnection pending, ReadOnlySpan<byte> received)
    {
        _heldBytes -= pending.Received.Capacity;
        pending.Received.Append(received);
        _heldBytes += pending.Received.Capacity;
    }

    private void Release(ref PendingConnection pending)
    {
        _heldBytes -= pending.Received.Capacity;
        pending.Received.Release();
    }

    /// <summary>Incomplete CONNECTs hold too much: the one that has just grown is closed.</summary>
    private bool IsTooMuchHeld(PendingConnection pending)
    {
        var limit = _core.Limits.HalfOpenBytesMax;
        if (_heldBytes <= limit)
        {
            return false;
        }

        _log.HalfOpenBytesRefused(pending.Peer.ToString(), limit);
        Drop(pending);
        return true;
    }

    private void ExpirePending()
    {
        while (_deadlines.TryPeek(out var first) && (first.DeadlineMs <= _nowMs || !_pending.ContainsKey(first.Id)))
        {
            _deadlines.Dequeue();
            if (_pending.Remove(first.Id, out var pending))
            {
                Release(ref pending);
                _log.ConnectTimeout(pending.Peer.ToString());
                Drop(pending);
            }
        }
    }
}
