using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Interop.Scenarios;

namespace Godwit.Interop.Tests;

/// <summary>Every scenario with <see cref="PahoPython"/>.</summary>
public sealed class Paho_Python(BrokerUnderTest broker, PahoPython client) : ClientScenarios<PahoPython>(broker, client);
