using Godwit.Protocol;

namespace Godwit.Server.Mosquitto.Database;

/// <summary>A message of a <c>mosquitto.db</c>.</summary>
/// <param name="Id">Its number there.</param>
/// <param name="ExpiresAt">Seconds since 1970; 0: never.</param>
/// <param name="Publisher">Client identifier; empty: unknown.</param>
/// <param name="PublisherUserName">Empty: none.</param>
/// <param name="Topic">UTF-8, with the mount point.</param>
/// <param name="Payload">May be empty.</param>
/// <param name="Properties">Encoded as in PUBLISH, without their length.</param>
/// <param name="QoS">It was published with.</param>
/// <param name="Retain">RETAIN of the PUBLISH.</param>
internal sealed record DatabaseMessage(
    long Id, long ExpiresAt, string Publisher, string PublisherUserName, byte[] Topic, byte[] Payload, byte[] Properties, QoS QoS, bool Retain);
