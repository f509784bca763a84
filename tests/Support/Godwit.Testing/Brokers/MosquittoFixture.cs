namespace Godwit.Testing.Brokers;

/// <summary>One Debian mosquitto for the tests of a class; started by the first test, so that a missing one skips the tests.</summary>
public sealed class MosquittoFixture : IAsyncDisposable
{
    private MosquittoProcess? _open;
    private MosquittoProcess? _closed;

    /// <summary>A broker that lets everybody in.</summary>
    public async Task<BrokerAddress> OpenAsync() => (_open ??= await MosquittoProcess.StartAsync()).Address;

    /// <summary>A broker that refuses every CONNECT as not authorised.</summary>
    public async Task<BrokerAddress> ClosedAsync() => (_closed ??= await MosquittoProcess.StartAsync(allowAnonymous: false)).Address;

    public async ValueTask DisposeAsync()
    {
        foreach (var broker in new[] { _open, _closed })
        {
            if (broker is not null)
            {
                await broker.DisposeAsync();
            }
        }
    }
}
