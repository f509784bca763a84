namespace Godwit.Protocol.Packets;

/// <summary>When a subscription is sent the retained messages (5.0 §3.8.3.1). The value 3 is never held: readers refuse it.</summary>
public enum RetainHandling : byte
{
    /// <summary>At every SUBSCRIBE; the only behaviour in 3.x.</summary>
    SendAtSubscribe = 0,

    /// <summary>Only when the subscription did not exist before.</summary>
    SendIfNew = 1,

    /// <summary>Never at SUBSCRIBE.</summary>
    DoNotSend = 2,
}
