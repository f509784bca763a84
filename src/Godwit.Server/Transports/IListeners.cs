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

    /// <summary>Stops listening there; who is connected, or about to be, stays. <see cref="OpenAsync"/> listens again.</summary>
    /// <param name="entrance">The listener.</param>
    void StopAccepting(Entrance entrance);

    /// <summary>
    /// Stops listening there while the others go on, and cuts off who has not sent CONNECT. Those who have are told to go before, on their shards, and
    /// waited for.
    /// </summary>
    /// <param name="entrance">The listener.</param>
    /// <param name="timeout">How long they are waited for; then they are cut off.</param>
    Task CloseAsync(Entrance entrance, TimeSpan timeout);

    /// <summary>Begins to serve what was bound; the shards run.</summary>
    void Start();

    /// <summary>Stops listening, closes what has not sent CONNECT, and waits for the rest; then cuts off what is left.</summary>
    Task StopAsync(TimeSpan timeout);
}
