namespace Godwit.Protocol.Delivery;

/// <summary>What became of a message in the queue before it came there.</summary>
public enum QueuedState : byte
{
    /// <summary>It was never sent.</summary>
    Unsent,

    /// <summary>It may have been sent in an earlier life: it goes out with DUP. [MQTT-3.3.1-1]</summary>
    Sent,

    /// <summary>PUBREC had come: PUBREL goes out, never the PUBLISH again. [MQTT-4.3.3-6]</summary>
    Received,
}
