using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Interop.Scenarios;

namespace Godwit.Interop.Tests;

/// <summary>Every scenario with <see cref="GodwitTools"/>.</summary>
public sealed class Godwit_tools(BrokerUnderTest broker, GodwitTools client) : ClientScenarios<GodwitTools>(broker, client);
