namespace Godwit.Protocol.ReasonCodes;

/// <summary>Reason codes of UNSUBACK, one a Topic Filter (5.0 §3.11.3, table 3-9).</summary>
public enum UnsubackReasonCode : byte
{
    /// <summary>The subscription is deleted.</summary>
    Success = 0x00,

    /// <summary>The client had no subscription with this Topic Filter.</summary>
    NoSubscriptionExisted = 0x11,

    /// <summary>Refused; the server does not say why.</summary>
    UnspecifiedError = 0x80,

    /// <summary>Valid, but the server does not accept it.</summary>
    ImplementationSpecificError = 0x83,

    /// <summary>The client may not unsubscribe.</summary>
    NotAuthorized = 0x87,

    /// <summary>The Topic Filter is well formed but not allowed for this client.</summary>
    TopicFilterInvalid = 0x8F,

    /// <summary>The Packet Identifier is in use.</summary>
    PacketIdentifierInUse = 0x91,
}
