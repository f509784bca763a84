using Godwit.Interop.Brokers;
using Godwit.Interop.Clients;
using Godwit.Interop.Scenarios;

namespace Godwit.Interop.Tests;

/// <summary>What MQTT 5.0 adds, with <see cref="MqttJs"/>.</summary>
public sealed class MQTT_js_in_MQTT_5(BrokerUnderTest broker, MqttJs client) : LibraryScenarios<MqttJs>(broker, client);
