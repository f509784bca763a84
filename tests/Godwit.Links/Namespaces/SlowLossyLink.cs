namespace Godwit.Links.Namespaces;

/// <summary>A weak radio link: 64 kbit/s, and five packets of a hundred are lost.</summary>
public sealed class SlowLossyLink() : NamespaceLink(new LinkProfile { BitsPerSecond = 64_000, PercentLost = 5, Mtu = 576 });
