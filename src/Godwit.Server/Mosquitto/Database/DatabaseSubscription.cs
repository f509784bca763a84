using Godwit.Protocol;

namespace Godwit.Server.Mosquitto.Database;

/// <summary>A subscription of a <c>mosquitto.db</c>.</summary>
/// <param name="Filter">UTF-8, with the mount point.</param>
/// <param name="QoS">Granted.</param>
/// <param name="NoLocal">As in SUBSCRIBE.</param>
/// <param name="RetainAsPublished">As in SUBSCRIBE.</param>
/// <param name="Identifier">Subscription Identifier; 0: none.</param>
internal sealed record DatabaseSubscription(byte[] Filter, QoS QoS, bool NoLocal, bool RetainAsPublished, uint Identifier);
