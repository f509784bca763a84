using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Interop.Scenarios;

namespace Godwit.Interop.Tests;

/// <summary>Every scenario with <see cref="PahoCTools"/>.</summary>
public sealed class Paho_C(BrokerUnderTest broker, PahoCTools client) : ClientScenarios<PahoCTools>(broker, client);
