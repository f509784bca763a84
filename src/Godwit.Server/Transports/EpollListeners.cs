using System.Net;
using Godwit.Broker;
using Godwit.Server.Logging;

namespace Godwit.Server.Transports;

/// <summary>Listening sockets that one <see cref="EpollListener"/> serves.</summary>
internal sealed class EpollListeners(BrokerCore core, IReadOnlyList<EpollShardLoop> loops, ConnectionLog log, Action<Exception> broken)
    : IListeners
{
    private readonly List<ListeningSocket> _sockets = [];
    private readonly TaskCompletionSource _quiet = new();
    private EpollListener? _listener;

    public IReadOnlyList<IPEndPoint> EndPoints => [.. _sockets.Select(socket => socket.EndPoint)];

    public Task Quiet => _quiet.Task;

    public Task<IPEndPoint> OpenAsync(IPEndPoint endPoint)
    {
        var socket = ListeningSocket.Open(endPoint);
        _sockets.Add(socket);
        return Task.FromResult(socket.EndPoint);
    }

    public void Start()
    {
        _listener = new EpollListener(core, new ConnectionIds(), loops, _sockets, log, broken);
        _listener.Start();
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
