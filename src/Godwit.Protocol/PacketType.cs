namespace Godwit.Protocol;

/// <summary>MQTT Control Packet type, the high nibble of the first byte (5.0 §2.1.2).</summary>
public enum PacketType : byte
{
    /// <summary>Forbidden.</summary>
    Reserved = 0,

    /// <summary>Connection request, client to server.</summary>
    Connect = 1,

    /// <summary>Connect acknowledgment, server to client.</summary>
    Connack = 2,

    /// <summary>Publish message, both directions.</summary>
    Publish = 3,

    /// <summary>Publish acknowledgment (QoS 1), both directions.</summary>
    Puback = 4,

    /// <summary>Publish received (QoS 2 part 1), both directions.</summary>
    Pubrec = 5,

    /// <summary>Publish release (QoS 2 part 2), both directions.</summary>
    Pubrel = 6,

    /// <summary>Publish complete (QoS 2 part 3), both directions.</summary>
    Pubcomp = 7,

    /// <summary>Subscribe request, client to server.</summary>
    Subscribe = 8,

    /// <summary>Subscribe acknowledgment, server to client.</summary>
    Suback = 9,

    /// <summary>Unsubscribe request, client to server.</summary>
    Unsubscribe = 10,

    /// <summary>Unsubscribe acknowledgment, server to client.</summary>
    Unsuback = 11,

    /// <summary>Ping request, client to server.</summary>
    Pingreq = 12,

    /// <summary>Ping response, server to client.</summary>
    Pingresp = 13,

    /// <summary>Disconnect notification: client to server; in 5.0 both directions.</summary>
    Disconnect = 14,

    /// <summary>Authentication exchange, 5.0 only, both directions.</summary>
    Auth = 15,
}
