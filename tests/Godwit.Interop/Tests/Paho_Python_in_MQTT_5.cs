using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Interop.Scenarios;

namespace Godwit.Interop.Tests;

/// <summary>What MQTT 5.0 adds, with <see cref="PahoPython"/>.</summary>
public sealed class Paho_Python_in_MQTT_5(BrokerUnderTest broker, PahoPython client) : LibraryScenarios<PahoPython>(broker, client);
