namespace Godwit.Protocol;

/// <summary>The protocol level byte of CONNECT (3.1.1 §3.1.2.2, 5.0 §3.1.2.2).</summary>
public enum ProtocolVersion : byte
{
    /// <summary>MQTT 3.1: protocol name <c>MQIsdp</c>, level 3.</summary>
    Mqtt31 = 3,

    /// <summary>MQTT 3.1.1: protocol name <c>MQTT</c>, level 4.</summary>
    Mqtt311 = 4,

    /// <summary>MQTT 5.0: protocol name <c>MQTT</c>, level 5.</summary>
    Mqtt5 = 5,
}
