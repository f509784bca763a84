using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Interop.Scenarios;

namespace Godwit.Interop.Tests;

/// <summary>Every scenario with <see cref="MqttJs"/>.</summary>
public sealed class MQTT_js(BrokerUnderTest broker, MqttJs client) : ClientScenarios<MqttJs>(broker, client);
