using System.Net;
using Godwit.Server.Listeners;

namespace Godwit.Server.Transports;

/// <summary>The listening half of a transport.</summary>
internal interface IListeners : IDisposable
{
    /// <summary>Ends when, after <see cref="StopAsync"/> was called, no connection will be posted to a shard any more.</summary>
    Task Quiet { get; }

    /// <summary>Binds one address; port 0 takes a free one.</summary>
    /// <param name="endPoint">An IP address with a port, or a Unix socket.</param>
    /// <param name="entrance">The listener that it belongs to.</param>
    /// <returns>What was really bound.</returns>
    /// <exception cref="ListenException">The address cannot be bound.</exception>
    Task<EndPoint> OpenAsync(EndPoint endPoint, Entrance entrance);

    /// <summary>Begins to serve what was bound; the shards run.</summary>
    void Start();

    /// <summary>Stops listening, closes what has not sent CONNECT, and waits for the rest; then cuts off what is left.</summary>
    Task StopAsync(TimeSpan timeout);
}
