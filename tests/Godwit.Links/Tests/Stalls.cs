using Godwit.Testing.Brokers;

namespace Godwit.Links.Tests;

/// <summary>The default transport.</summary>
public sealed class Stalls(BrokerUnderTest broker) : StallScenarios(broker);
