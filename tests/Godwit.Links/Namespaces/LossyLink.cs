namespace Godwit.Links.Namespaces;

/// <summary>Five packets of a hundred are lost.</summary>
public sealed class LossyLink() : NamespaceLink(new LinkProfile { PercentLost = 5 });
