namespace Godwit.Protocol.Delivery;

/// <summary>One packet that <see cref="OutboundDelivery{TMessage}"/> wants on the wire now.</summary>
/// <typeparam name="TMessage">The owner's message.</typeparam>
/// <param name="PacketId">1 to 65,535.</param>
/// <param name="QoS">1 or 2.</param>
/// <param name="Dup">The message went out before, on an earlier connection. [MQTT-3.3.1-1] [MQTT3-3.3.1-1]</param>
/// <param name="IsPubrel">Send PUBREL instead of PUBLISH; <paramref name="Message"/> is default.</param>
/// <param name="Message">The message; stays with the delivery until it is settled.</param>
public readonly record struct OutboundSend<TMessage>(ushort PacketId, QoS QoS, bool Dup, bool IsPubrel, TMessage Message);
