using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Interop.Clients;

/// <summary>A client library behind a script; one process serves all tests of a class, and a further one each test that kills it.</summary>
public abstract class AgentProgram : IAsyncDisposable
{
    private readonly SemaphoreSlim _once = new(1);
    private AgentHost? _shared;

    /// <summary>Skips the running test when the runtime or the library is missing.</summary>
    public abstract void SkipIfMissing();

    /// <summary>Connects and, when there are filters, subscribes.</summary>
    public async Task<IConnection> ConnectAsync(BrokerAddress broker, SubscribeRequest request)
    {
        SkipIfMissing();
        var ownsHost = request.IsKilled;
        var host = ownsHost ? await StartAsync(broker.Via) : await SharedAsync(broker.Via);
        var connection = new AgentConnection(host, ownsHost);
        try
        {
            await connection.OpenAsync(broker, request);
            return connection;
        }
        catch when (ownsHost)
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc cref="IClientProgram.SubscribeAsync"/>
    public async Task<IReceiver> SubscribeAsync(BrokerAddress broker, SubscribeRequest request) => await ConnectAsync(broker, request);

    /// <inheritdoc cref="IClientProgram.PublishAsync"/>
    public async Task PublishAsync(BrokerAddress broker, PublishRequest request)
    {
        var publisher = new SubscribeRequest
        {
            Version = request.Version,
            Filters = [],
            QoS = 0,
            ClientId = Unique.Name("publisher"),
            Will = request.Will,
        };
        await using var connection = await ConnectAsync(broker, publisher);
        await connection.PublishAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        if (_shared is not null)
        {
            await _shared.DisposeAsync();
        }

        _once.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts a process of the script.</summary>
    /// <param name="via">The way to the broker, the same for all tests of a class; see <see cref="BrokerAddress.Via"/>.</param>
    protected abstract Task<AgentHost> StartAsync(IReadOnlyList<string> via);

    private async Task<AgentHost> SharedAsync(IReadOnlyList<string> via)
    {
        await _once.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _shared ??= await StartAsync(via);
        }
        finally
        {
            _once.Release();
        }
    }
}
