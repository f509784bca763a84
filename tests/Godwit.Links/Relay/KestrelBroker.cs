using Godwit.Testing.Brokers;

namespace Godwit.Links.Relay;

/// <summary><c>godwit serve --transport kestrel</c>, for what must hold on both transports.</summary>
public sealed class KestrelBroker : IBrokerUnderTest, IAsyncLifetime
{
    private BrokerProcess? _process;

    /// <inheritdoc/>
    public BrokerAddress Address => _process!.Address;

    public async ValueTask InitializeAsync() => _process = await BrokerProcess.StartAsync("--transport", "kestrel");

    public ValueTask DisposeAsync() => _process!.DisposeAsync();
}
