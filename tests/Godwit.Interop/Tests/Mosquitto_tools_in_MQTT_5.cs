using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Interop.Scenarios;

namespace Godwit.Interop.Tests;

/// <summary>What MQTT 5.0 adds, with <see cref="MosquittoTools"/>.</summary>
public sealed class Mosquitto_tools_in_MQTT_5(BrokerUnderTest broker, MosquittoTools client) : Mqtt5Scenarios<MosquittoTools>(broker, client);
