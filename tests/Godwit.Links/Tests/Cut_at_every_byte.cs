using Godwit.Testing.Brokers;

namespace Godwit.Links.Tests;

/// <summary>The default transport.</summary>
public sealed class Cut_at_every_byte(BrokerUnderTest broker) : CutScenarios(broker);
