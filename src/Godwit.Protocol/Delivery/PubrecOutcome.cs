namespace Godwit.Protocol.Delivery;

/// <summary>What the sender of a QoS 2 message does after PUBREC (5.0 §4.3.3).</summary>
public enum PubrecOutcome : byte
{
    /// <summary>Answer PUBREL with Success. [MQTT-4.3.3-4]</summary>
    SendPubrel,

    /// <summary>Nothing waits for this PUBREC: answer PUBREL with Packet Identifier not found (§3.6.2.1).</summary>
    SendPubrelNotFound,

    /// <summary>The receiver refused the message: the exchange is over, no PUBREL follows.</summary>
    Ended,
}
