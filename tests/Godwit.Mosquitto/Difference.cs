namespace Godwit.Mosquitto;

/// <summary>Something that clients of the two brokers see differently.</summary>
/// <param name="Example">The example.</param>
/// <param name="Name">Of the observation.</param>
/// <param name="Mosquitto">What clients of Debian's mosquitto see.</param>
/// <param name="Godwit">What ours see.</param>
/// <param name="Why">Why that is right.</param>
internal sealed record Difference(string Example, string Name, string Mosquitto, string Godwit, string Why);
