using Godwit.Testing.Brokers;

namespace Godwit.Links.Tests;

/// <summary>The default transport.</summary>
public sealed class Byte_by_byte(BrokerUnderTest broker) : ByteByByteScenarios(broker);
