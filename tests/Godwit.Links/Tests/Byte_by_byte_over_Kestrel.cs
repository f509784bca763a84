using Godwit.Links.Relay;

namespace Godwit.Links.Tests;

/// <summary>The other transport.</summary>
public sealed class Byte_by_byte_over_Kestrel(KestrelBroker broker) : ByteByByteScenarios(broker);
