namespace Godwit.Protocol.Delivery;

/// <summary>What the receiver of a QoS 2 PUBLISH does (5.0 §4.3.3).</summary>
public enum InboundOutcome : byte
{
    /// <summary>A new message: take it, answer PUBREC.</summary>
    New,

    /// <summary>The same packet id before its PUBREL: answer PUBREC, do not take the message again. [MQTT-4.3.3-10] [MQTT3-4.3.3-2]</summary>
    Duplicate,

    /// <summary>More exchanges than the Receive Maximum. [MQTT-3.3.4-7]</summary>
    ReceiveMaximumExceeded,
}
