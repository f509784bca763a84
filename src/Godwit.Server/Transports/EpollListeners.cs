using System.Net;
using Godwit.Broker;
using Godwit.Server.Listeners;
using Godwit.Server.Logging;

namespace Godwit.Server.Transports;

/// <summary>Listening sockets that one <see cref="EpollListener"/> serves.</summary>
internal sealed class EpollListeners(
    BrokerCore core, ConnectionIds ids, IReadOnlyList<EpollShardLoop> loops, ConnectJudge judge, ConnectionLog log, Action<Exception> broken) : IListeners
{
    private readonly List<ListeningSocket> _sockets = [];
    private readonly TaskCompletionSource _quiet = new();
    private EpollListener? _listener;
    private bool _isStarted;

    public Task Quiet => _quiet.Task;

    public Task<EndPoint> OpenAsync(EndPoint endPoint, Entrance entrance)
    {
        var socket = ListeningSocket.Open((IPEndPoint)endPoint, entrance);
        _sockets.Add(socket);
        if (_listener is not null)
        {
            _listener.Add(socket);
        }
        else if (_isStarted)
        {
            Start();
        }

        return Task.FromResult<EndPoint>(socket.EndPoint);
    }

    public void StopAccepting(Entrance entrance)
    {
        _sockets.RemoveAll(socket => socket.Entrance == entrance);
        _listener?.StopAccepting(entrance);
    }

    public Task CloseAsync(Entrance entrance, TimeSpan timeout)
    {
        _sockets.RemoveAll(socket => socket.Entrance == entrance);
        _listener?.Remove(entrance);
        return Task.CompletedTask;
    }

    public void Start()
    {
        _isStarted = true;
        if (_sockets.Count > 0)
        {
            _listener = new EpollListener(core, ids, loops, _sockets, judge, log, broken);
            _listener.Start();
        }
    }

    public Task StopAsync(TimeSpan timeout)
    {
        _listener?.Stop();
        _quiet.TrySetResult();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _listener?.Dispose();
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }
    }
}
