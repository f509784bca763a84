using System.Net;
using Godwit.Broker;
using Godwit.Server.Listeners;
using Godwit.Server.Logging;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Transports;

/// <summary>One <see cref="KestrelListener"/> for each address, with one handler for all.</summary>
internal sealed class KestrelListeners(
    BrokerCore core, ConnectionIds ids, IReadOnlyList<ShardLoop> loops, ConnectJudge judge, ConnectionLog log, ILoggerFactory loggers) : IListeners
{
    private readonly KestrelHandler _handler = new(core, ids, loops, judge, log);
    private readonly List<KestrelListener> _listeners = [];
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Quiet => _quiet.Task;

    public async Task<EndPoint> OpenAsync(EndPoint endPoint, Entrance entrance)
    {
        var listener = await KestrelListener.OpenAsync(endPoint, entrance, _handler, log, loggers).ConfigureAwait(false);
        _listeners.Add(listener);
        return listener.EndPoint;
    }

    public void StopAccepting(Entrance entrance)
    {
        foreach (var listener in _listeners.Where(listener => listener.Entrance == entrance))
        {
            listener.StopAccepting();
        }
    }

    public async Task CloseAsync(Entrance entrance, TimeSpan timeout)
    {
        using var patience = new CancellationTokenSource(timeout);
        var closed = _listeners.FindAll(listener => listener.Entrance == entrance);
        await Task.WhenAll(closed.Select(listener => listener.StopAsync(patience.Token))).ConfigureAwait(false);
        _listeners.RemoveAll(closed.Contains);
        closed.ForEach(listener => listener.Dispose());
    }

    public void Start()
    {
        // Kestrel serves from the moment it is bound; what it posts waits in the mailboxes until the shards run.
    }

    public async Task StopAsync(TimeSpan timeout)
    {
        using var patience = new CancellationTokenSource(timeout);
        var stopped = Task.WhenAll(_listeners.Select(listener => listener.StopAsync(patience.Token)));
        await _handler.StopAsync().ConfigureAwait(false);
        _quiet.TrySetResult();
        await stopped.ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var listener in _listeners)
        {
            listener.Dispose();
        }

        _handler.Dispose();
    }
}
