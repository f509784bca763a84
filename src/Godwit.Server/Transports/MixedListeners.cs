using System.Net;
using Godwit.Server.Listeners;

namespace Godwit.Server.Transports;

/// <summary>Plain TCP by epoll, and beside it everything else by Kestrel, in one broker.</summary>
internal sealed class MixedListeners(EpollListeners plain, KestrelListeners other) : IListeners
{
    public Task Quiet => Task.WhenAll(plain.Quiet, other.Quiet);

    public Task<EndPoint> OpenAsync(EndPoint endPoint, Entrance entrance) =>
        entrance.IsPlain ? plain.OpenAsync(endPoint, entrance) : other.OpenAsync(endPoint, entrance);

    public void StopAccepting(Entrance entrance)
    {
        plain.StopAccepting(entrance);
        other.StopAccepting(entrance);
    }

    public Task CloseAsync(Entrance entrance, TimeSpan timeout) =>
        Task.WhenAll(plain.CloseAsync(entrance, timeout), other.CloseAsync(entrance, timeout));

    public void Start()
    {
        plain.Start();
        other.Start();
    }

    public Task StopAsync(TimeSpan timeout) => Task.WhenAll(plain.StopAsync(timeout), other.StopAsync(timeout));

    public void Dispose()
    {
        plain.Dispose();
        other.Dispose();
    }
}
