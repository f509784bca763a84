using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Interop.Scenarios;

namespace Godwit.Interop.Tests;

/// <summary>Every scenario with <see cref="MosquittoTools"/>.</summary>
public sealed class Mosquitto_tools(BrokerUnderTest broker, MosquittoTools client) : ClientScenarios<MosquittoTools>(broker, client);
