using Godwit.Broker.Shards;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Transports;

/// <summary>
/// Runs one shard on Linux: an epoll that watches the sockets of the shard's clients, and one buffer that all of them are read
/// into. A turn is one epoll_wait, one recv for each client that sent something, the shard's work, and one send for each client
/// that gets something.
/// </summary>
internal sealed unsafe class EpollShardLoop : ShardLoop
{
    /// <summary>Bytes read from one client in one turn.</summary>
    private const int ReadSize = 64 * 1024;

    /// <summary>Events handled in one turn.</summary>
    private const int EventsMax = 512;

    /// <summary>Id of the wake-up event; connections count from 1.</summary>
    private const long WakeId = 0;

    private readonly Epoll _epoll = new();
    private readonly EpollEvents _events = new(EventsMax);
    private readonly WakeSignal _wakeSignal;
    private readonly ClosingSockets _closing;
    private readonly ConnectionTable _connections = new();
    private readonly byte[] _buffer = GC.AllocateArray<byte>(ReadSize, pinned: true);
    private readonly List<EpollConnection> _unwatched = [];
    private List<EpollConnection> _listed = [];
    private List<EpollConnection> _listedBefore = [];
    private int _eventCount;

    internal EpollShardLoop(Shard shard, ILogger logger, Action<Exception> broken)
        : base(shard, logger, broken)
    {
        _wakeSignal = new WakeSignal(_epoll, WakeId);
        _closing = new ClosingSockets(_epoll);
        Taken = Attach;
    }

    /// <summary>For <see cref="ConnectionOpened"/>; made once.</summary>
    internal Action<Connection> Taken { get; }

    protected override long OwnDeadlineMs => _unwatched.Count > 0 ? 0 : _closing.NextDeadlineMs;

    protected override bool HasSockets => _connections.Count > 0 || _closing.Count > 0;

    internal override void Wake() => _wakeSignal.Wake();

    /// <summary>Puts a connection on the list of those whose registration may have to change. Inside a turn.</summary>
    internal void LookAgain(EpollConnection connection)
    {
        if (!connection.IsListed)
        {
            connection.IsListed = true;
            _listed.Add(connection);
        }
    }

    /// <summary>The shard has ended the connection. All that was sent is with the kernel.</summary>
    internal void Close(EpollConnection connection)
    {
        if (connection.IsDetached)
        {
            return;
        }

        Detach(connection);
        _closing.Begin(connection.Fd, connection.Id, connection.Registered, NowMs);
    }

    protected override void Wait(int timeoutMs)
    {
        if (timeoutMs != 0 && !_wakeSignal.TrySleep())
        {
            timeoutMs = 0;
        }

        _eventCount = _epoll.Wait(_events, timeoutMs);
        _wakeSignal.StayAwake();
    }

    protected override void HandleInput()
    {
        foreach (var connection in _unwatched)
        {
            if (!connection.IsDetached)
            {
                Lose(connection);
            }
        }

        _unwatched.Clear();
        for (var i = 0; i < _eventCount; i++)
        {
            var id = _events.Id(i);
            if (_connections.Find(id) is { } connection)
            {
                HandleGuarded(connection, _events.Flags(i));
            }
            else if (id != WakeId)
            {
                _closing.OnEvent(id, _events.Flags(i));
            }
        }
    }

    protected override void FinishTurn(bool isAnotherTurnDue)
    {
        _closing.Expire(NowMs);
        (_listed, _listedBefore) = (_listedBefore, _listed);
        foreach (var connection in _listedBefore)
        {
            connection.IsListed = false;
            if (!connection.IsDetached)
            {
                Reconsider(connection, isAnotherTurnDue);
            }
        }

        _listedBefore.Clear();
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }

        foreach (var connection in _connections.All)
        {
            _ = Libc.Close(connection.Fd);
        }

        _connections.Clear();
        _closing.CloseAll();
        _wakeSignal.Dispose();
        _epoll.Dispose();
    }

    private void Attach(Connection connection)
    {
        var socket = (EpollConnection)connection;
        socket.Loop = this;
        _connections.Add(socket);
        if (_epoll.Add(socket.Fd, socket.Id, EpollFlags.Reading))
        {
            socket.Registered = EpollFlags.Reading;
            return;
        }

        socket.IsBroken = true;
        _unwatched.Add(socket);
    }

    private void HandleGuarded(EpollConnection connection, EpollFlags flags)
    {
        var isLost = false;
        try
        {
            isLost = !Handle(connection, flags);
        }
#pragma warning disable CA1031 // One connection's handler: the fault costs that connection and no other.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFault(connection, fault);
            if (!connection.IsDetached)
            {
                Close(connection);
                Shard.Lost(connection);
            }
        }

        if (isLost)
        {
            Lose(connection);
        }
    }

    /// <summary>Handles one event of one connection.</summary>
    /// <returns>False: the peer has closed the connection, or it is broken.</returns>
    private bool Handle(EpollConnection connection, EpollFlags flags)
    {
        if (connection.IsFull && (flags & (EpollFlags.Out | EpollFlags.Gone)) != 0)
        {
            connection.IsFull = false;
            LookAgain(connection);
            Shard.Writable(connection);
        }

        var isReadable = (flags & (EpollFlags.Reading | EpollFlags.Gone)) != 0;
        if (!isReadable || connection.IsDetached || IsReadingPaused)
        {
            return true;                            // what is not read now is reported again: level-triggered
        }

        if (connection.WantsInput)
        {
            return Read(connection);
        }

        connection.IsHeld = true;
        LookAgain(connection);
        return true;
    }

    private bool Read(EpollConnection connection)
    {
        nint count;
        fixed (byte* start = _buffer)
        {
            count = Libc.Recv(connection.Fd, start, ReadSize, 0);
        }

        if (count > 0)
        {
            Shard.Received(connection, _buffer.AsSpan(0, (int)count));
            return true;
        }

        return count < 0 && Errno.IsTransient(Errno.Last);
    }

    private void Lose(EpollConnection connection)
    {
        Detach(connection);
        connection.IsBroken = true;
        _ = Libc.Close(connection.Fd);              // this takes it out of the epoll, too
        Shard.Lost(connection);
    }

    private void Detach(EpollConnection connection)
    {
        connection.IsDetached = true;
        connection.Entrance.Leave();
        _connections.Remove(connection);
    }

    /// <summary>
    /// Registers the socket for what the shard wants now. A held one stays registered while another turn is due, because its
    /// input is mostly wanted again one turn later; before the loop blocks it is taken out, or it would be reported endlessly.
    /// </summary>
    private void Reconsider(EpollConnection connection, bool isAnotherTurnDue)
    {
        if (connection.IsHeld)
        {
            connection.IsHeld = !connection.WantsInput;
        }

        if (connection.IsHeld)
        {
            LookAgain(connection);
            if (isAnotherTurnDue)
            {
                return;
            }
        }

        var wanted = connection.IsFull ? EpollFlags.Out : EpollFlags.None;
        if (!connection.IsHeld)
        {
            wanted |= EpollFlags.Reading;
        }

        if (wanted != connection.Registered && !Register(connection, wanted))
        {
            connection.IsBroken = true;
            _unwatched.Add(connection);
        }
    }

    private bool Register(EpollConnection connection, EpollFlags wanted)
    {
        var before = connection.Registered;
        connection.Registered = wanted;
        if (wanted == EpollFlags.None)
        {
            return _epoll.Remove(connection.Fd);
        }

        return before == EpollFlags.None
            ? _epoll.Add(connection.Fd, connection.Id, wanted)
            : _epoll.Modify(connection.Fd, connection.Id, wanted);
    }
}
