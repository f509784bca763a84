using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Testing.Running;

namespace Godwit.Interop.Scenarios;

/// <summary>What every scenario has: the broker, the client it is about, and mosquitto's tools at the other end.</summary>
/// <typeparam name="TClient">The client under test.</typeparam>
public abstract class Scenario<TClient> : IClassFixture<TClient>
    where TClient : class, IClientProgram, IVersions
{
    protected Scenario(IBrokerUnderTest broker, TClient client)
    {
        Broker = broker.Address;
        Client = client;
        client.SkipIfMissing();
        Other.SkipIfMissing();
    }

#pragma warning disable CA1000 // Theory data must be static, and each client has its own.
    /// <summary>The protocol versions the client speaks.</summary>
    public static IEnumerable<TheoryDataRow<MqttVersion>> EachVersion => TClient.Versions.Select(version => new TheoryDataRow<MqttVersion>(version));

    /// <summary>Each version with each QoS.</summary>
    public static IEnumerable<TheoryDataRow<MqttVersion, int>> EachVersionAndQoS =>
        from version in TClient.Versions
        from qos in Enumerable.Range(0, 3)
        select new TheoryDataRow<MqttVersion, int>(version, qos);
#pragma warning restore CA1000

    /// <summary>Where the broker listens.</summary>
    protected BrokerAddress Broker { get; }

    /// <summary>The client under test.</summary>
    protected TClient Client { get; }

    /// <summary>The other end: it shows every field of a message and can set it.</summary>
    protected MosquittoTools Other { get; } = new();

    /// <summary>Subscribes mosquitto_sub at QoS 2 in 5.0, which loses nothing of what the broker has.</summary>
    protected Task<IReceiver> WatchAsync(params string[] filters) => Other.SubscribeAsync(Broker, Request(MqttVersion.Mqtt5, filters));

    /// <summary>Subscribes the client under test.</summary>
    protected Task<IReceiver> SubscribeAsync(SubscribeRequest request) => Client.SubscribeAsync(Broker, request);

    /// <summary>Publishes with the client under test.</summary>
    protected Task PublishAsync(PublishRequest request) => Client.PublishAsync(Broker, request);

    /// <summary>Publishes with mosquitto_pub.</summary>
    protected Task OtherPublishesAsync(MqttVersion version, string topic, string text, int qos = 0, bool retain = false) =>
        Other.PublishAsync(Broker, PublishRequest.Of(version, topic, text, qos, retain));

    /// <summary>A clean session of its own client id at QoS 2.</summary>
    protected static SubscribeRequest Request(MqttVersion version, params string[] filters) => new()
    {
        Version = version,
        Filters = filters,
        QoS = 2,
        ClientId = Unique.Name("client"),
    };
}
