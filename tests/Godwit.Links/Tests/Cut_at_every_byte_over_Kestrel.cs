using Godwit.Links.Relay;

namespace Godwit.Links.Tests;

/// <summary>The other transport.</summary>
public sealed class Cut_at_every_byte_over_Kestrel(KestrelBroker broker) : CutScenarios(broker);
