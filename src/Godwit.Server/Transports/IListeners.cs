using System.Net;

namespace Godwit.Server.Transports;

/// <summary>The listening half of a transport.</summary>
internal interface IListeners : IDisposable
{
    /// <summary>What is bound, in the order of <see cref="OpenAsync"/>.</summary>
    IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>Ends when, after <see cref="StopAsync"/> was called, no connection will be posted to a shard any more.</summary>
    Task Quiet { get; }

    /// <summary>Binds one address; port 0 takes a free one.</summary>
    /// <exception cref="ListenException">The address cannot be bound.</exception>
    Task<IPEndPoint> OpenAsync(IPEndPoint endPoint);

    /// <summary>Begins to serve what was bound; the shards run.</summary>
    void Start();

    /// <summary>Stops listening, closes what has not sent CONNECT, and waits for the rest; then cuts off what is left.</summary>
    Task StopAsync(TimeSpan timeout);
}
