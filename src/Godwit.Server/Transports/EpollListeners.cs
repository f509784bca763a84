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

    public Task Quiet => _quiet.Task;

    public Task<EndPoint> OpenAsync(EndPoint endPoint, Entrance entrance)
    {
        var socket = ListeningSocket.Open((IPEndPoint)endPoint, entrance);
        _sockets.Add(socket);
        return Task.FromResult<EndPoint>(socket.EndPoint);
    }

    public void Start()
    {
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
