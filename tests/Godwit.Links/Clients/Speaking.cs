using Godwit.Interop.Clients;
using Godwit.Testing.Brokers;

namespace Godwit.Links.Clients;

/// <summary>A client that speaks one version only: the tests of a class run one after another, and on a slow link they take their time.</summary>
/// <typeparam name="TClient">The client.</typeparam>
/// <typeparam name="TVersion">Its version.</typeparam>
public sealed class Speaking<TClient, TVersion> : IClientProgram, IVersions
    where TClient : class, IClientProgram, new()
    where TVersion : IVersions
{
    private readonly TClient _client = new();

#pragma warning disable CA1000 // Theory data must be static, and each client has its own.
    /// <inheritdoc/>
    public static IReadOnlyList<MqttVersion> Versions => TVersion.Versions;
#pragma warning restore CA1000

    /// <inheritdoc/>
    public void SkipIfMissing() => _client.SkipIfMissing();

    /// <inheritdoc/>
    public Task<IReceiver> SubscribeAsync(BrokerAddress broker, SubscribeRequest request) => _client.SubscribeAsync(broker, request);

    /// <inheritdoc/>
    public Task PublishAsync(BrokerAddress broker, PublishRequest request) => _client.PublishAsync(broker, request);

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
