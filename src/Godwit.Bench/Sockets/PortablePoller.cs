using System.Net;
using System.Net.Sockets;

namespace Godwit.Bench.Sockets;

/// <summary>
/// The sockets of one worker on any system, by select: every wait costs time in proportion to the number of sockets, which is good
/// enough for some hundred.
/// </summary>
internal sealed class PortablePoller(int clients) : ISocketPoller
{
    private const int SliceMs = 1;      // nothing ends a select from outside, so it never waits longer
    private const long NsPerMs = 1_000_000;

    private readonly Socket?[] _sockets = new Socket?[clients];
    private readonly bool[] _isConnecting = new bool[clients];
    private readonly bool[] _isWritingWatched = new bool[clients];
    private readonly Dictionary<Socket, int> _clients = [];
    private readonly List<Socket> _reading = [];
    private readonly List<Socket> _writing = [];
    private readonly List<Socket> _failing = [];
    private readonly Dictionary<int, SocketEvents> _found = [];

    public long NowNs => MonotonicTime.NowNs;

    public string? Open(int client, IPEndPoint remote, IPAddress? local)
    {
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        _sockets[client] = socket;
        _clients[socket] = client;
        _isConnecting[client] = true;
        try
        {
            if (local is not null)
            {
                socket.Bind(new IPEndPoint(local, 0));
            }

            socket.Connect(remote);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            return null;
        }
        catch (SocketException exception)
        {
            return exception.Message;
        }

        return null;
    }

    public string? FinishOpen(int client)
    {
        _isConnecting[client] = false;
        var error = (SocketError)(int)_sockets[client]!.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        return error == SocketError.Success ? null : new SocketException((int)error).Message;
    }

    public int Receive(int client, Span<byte> buffer)
    {
        var count = _sockets[client]!.Receive(buffer, SocketFlags.None, out var error);
        return error == SocketError.Success ? count : error is SocketError.WouldBlock or SocketError.Interrupted ? -1 : 0;
    }

    public int Send(int client, ReadOnlySpan<byte> bytes)
    {
        var count = _sockets[client]!.Send(bytes, SocketFlags.None, out var error);
        return error == SocketError.Success ? count : error is SocketError.WouldBlock or SocketError.Interrupted ? 0 : -1;
    }

    public void WatchWriting(int client, bool isWatched) => _isWritingWatched[client] = isWatched;

    public void Close(int client)
    {
        if (_sockets[client] is { } socket)
        {
            _clients.Remove(socket);
            _sockets[client] = null;
            _isWritingWatched[client] = _isConnecting[client] = false;
            socket.Dispose();
        }
    }

    public int Wait(Span<SocketEvent> events, long timeoutNs)
    {
        Collect();
        var timeout = TimeSpan.FromMilliseconds(Math.Min(SliceMs, (double)timeoutNs / NsPerMs));
        if (_reading.Count == 0)
        {
            Thread.Sleep(timeout);
            return 0;
        }

        Socket.Select(_reading, _writing.Count > 0 ? _writing : null, _failing.Count > 0 ? _failing : null, timeout);
        _found.Clear();
        Note(_reading, SocketEvents.Readable);
        Note(_writing, SocketEvents.Writable);
        Note(_failing, SocketEvents.Writable);
        var count = 0;
        foreach (var (client, what) in _found)
        {
            if (count == events.Length)
            {
                break;
            }

            events[count++] = new SocketEvent(client, what);
        }

        return count;
    }

    public void Wake()
    {
        // A wait lasts a millisecond at most.
    }

    public void Dispose()
    {
        for (var client = 0; client < _sockets.Length; client++)
        {
            Close(client);
        }
    }

    private void Collect()
    {
        _reading.Clear();
        _writing.Clear();
        _failing.Clear();
        foreach (var (socket, client) in _clients)
        {
            _reading.Add(socket);
            if (_isWritingWatched[client] || _isConnecting[client])
            {
                _writing.Add(socket);
            }

            if (_isConnecting[client])
            {
                _failing.Add(socket);       // Windows reports a refused connection here
            }
        }
    }

    private void Note(List<Socket> sockets, SocketEvents what)
    {
        foreach (var socket in sockets)
        {
            if (_clients.TryGetValue(socket, out var client))
            {
                _found[client] = _found.GetValueOrDefault(client) | what;
            }
        }
    }
}
