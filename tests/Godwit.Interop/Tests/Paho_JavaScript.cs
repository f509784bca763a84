using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Interop.Scenarios;

namespace Godwit.Interop.Tests;

/// <summary>Every scenario with <see cref="PahoJs"/>.</summary>
public sealed class Paho_JavaScript(BrokerUnderTest broker, PahoJs client) : ClientScenarios<PahoJs>(broker, client);
