namespace Godwit.Links.Namespaces;

/// <summary>A modem of 9.6 kbit/s, with the small packets that such links have.</summary>
public sealed class SlowLink() : NamespaceLink(new LinkProfile { BitsPerSecond = 9_600, Mtu = 576 });
