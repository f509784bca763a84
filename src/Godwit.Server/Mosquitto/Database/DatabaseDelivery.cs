using Godwit.Protocol;

namespace Godwit.Server.Mosquitto.Database;

/// <summary>A message on its way to a client, or from one.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="PacketId">0: none, of QoS 0.</param>
/// <param name="QoS">Towards this client.</param>
/// <param name="State">How far the exchange is.</param>
/// <param name="Retain">RETAIN as the client sees it.</param>
/// <param name="IsOutgoing">Towards the client.</param>
/// <param name="Identifiers">Subscription Identifiers.</param>
internal sealed record DatabaseDelivery(long MessageId, ushort PacketId, QoS QoS, DatabaseState State, bool Retain, bool IsOutgoing, uint[] Identifiers);
