namespace Godwit.Protocol.Properties;

/// <summary>Where properties may stand: one bit a packet type, and one for the Will Properties inside CONNECT (5.0 table 2-4).</summary>
[Flags]
public enum PropertyOwner : uint
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary>Will Properties in the payload of CONNECT (§3.1.3.2).</summary>
    Will = 1 << 0,

    /// <summary>CONNECT.</summary>
    Connect = 1 << PacketType.Connect,

    /// <summary>CONNACK.</summary>
    Connack = 1 << PacketType.Connack,

    /// <summary>PUBLISH.</summary>
    Publish = 1 << PacketType.Publish,

    /// <summary>PUBACK.</summary>
    Puback = 1 << PacketType.Puback,

    /// <summary>PUBREC.</summary>
    Pubrec = 1 << PacketType.Pubrec,

    /// <summary>PUBREL.</summary>
    Pubrel = 1 << PacketType.Pubrel,

    /// <summary>PUBCOMP.</summary>
    Pubcomp = 1 << PacketType.Pubcomp,

    /// <summary>SUBSCRIBE.</summary>
    Subscribe = 1 << PacketType.Subscribe,

    /// <summary>SUBACK.</summary>
    Suback = 1 << PacketType.Suback,

    /// <summary>UNSUBSCRIBE.</summary>
    Unsubscribe = 1 << PacketType.Unsubscribe,

    /// <summary>UNSUBACK.</summary>
    Unsuback = 1 << PacketType.Unsuback,

    /// <summary>DISCONNECT.</summary>
    Disconnect = 1 << PacketType.Disconnect,

    /// <summary>AUTH.</summary>
    Auth = 1 << PacketType.Auth,

    /// <summary>Every packet that carries properties, and the will.</summary>
    All = Will | Connect | Connack | Publish | Acks | Subscribe | Suback | Unsubscribe | Unsuback | Disconnect | Auth,

    /// <summary>The four acknowledgements of PUBLISH.</summary>
    Acks = Puback | Pubrec | Pubrel | Pubcomp,
}
