namespace Godwit.Protocol.Delivery;

/// <summary>Where one outgoing exchange stands (5.0 §4.3).</summary>
public enum OutboundState : byte
{
    /// <summary>Never sent: it waits in the queue and has no packet id yet.</summary>
    Queued,

    /// <summary>QoS 1 PUBLISH sent; PUBACK ends the exchange.</summary>
    AwaitingPuback,

    /// <summary>QoS 2 PUBLISH sent; PUBREC is next.</summary>
    AwaitingPubrec,

    /// <summary>PUBREL sent; PUBCOMP ends the exchange. The message is gone and never sent again. [MQTT-4.3.3-6]</summary>
    AwaitingPubcomp,

    /// <summary>SUBSCRIBE or UNSUBSCRIBE sent (client only); its answer ends the exchange.</summary>
    AwaitingResponse,

    /// <summary>Over: the packet id is free once all older exchanges are over too.</summary>
    Settled,
}
