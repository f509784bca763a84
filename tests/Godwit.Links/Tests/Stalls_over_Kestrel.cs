using Godwit.Links.Relay;

namespace Godwit.Links.Tests;

/// <summary>The other transport.</summary>
public sealed class Stalls_over_Kestrel(KestrelBroker broker) : StallScenarios(broker);
