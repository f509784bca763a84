using Godwit.Testing.Brokers;

namespace Godwit.Interop.Clients;

/// <summary>A real MQTT client, seen as what every one of them can do: subscribe and show, or publish and end.</summary>
public interface IClientProgram : IAsyncDisposable
{
    /// <summary>Skips the running test, with what to install, when the program is not there.</summary>
    void SkipIfMissing();

    /// <summary>Connects and subscribes; returns after SUBACK.</summary>
    Task<IReceiver> SubscribeAsync(BrokerAddress broker, SubscribeRequest request);

    /// <summary>Connects, publishes, waits for what the QoS level promises, disconnects.</summary>
    Task PublishAsync(BrokerAddress broker, PublishRequest request);
}
