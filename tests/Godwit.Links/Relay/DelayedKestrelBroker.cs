namespace Godwit.Links.Relay;

/// <summary>The same delays in front of the other transport.</summary>
public sealed class DelayedKestrelBroker() : DelayedBroker(["--transport", "kestrel"]);
