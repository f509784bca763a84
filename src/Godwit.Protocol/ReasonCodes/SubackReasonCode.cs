namespace Godwit.Protocol.ReasonCodes;

/// <summary>Reason codes of SUBACK, one a Topic Filter (5.0 §3.9.3, table 3-8). 3.1.1 has only the first three and 0x80; 3.1 only the first three.</summary>
public enum SubackReasonCode : byte
{
    /// <summary>Accepted; messages come with QoS 0.</summary>
    GrantedQoS0 = 0x00,

    /// <summary>Accepted; messages come with QoS 1 at most.</summary>
    GrantedQoS1 = 0x01,

    /// <summary>Accepted; messages come with QoS 2 at most.</summary>
    GrantedQoS2 = 0x02,

    /// <summary>Refused; in 3.1.1 the only failure code, in 5.0 the one without a reason.</summary>
    UnspecifiedError = 0x80,

    /// <summary>Valid, but the server does not accept it.</summary>
    ImplementationSpecificError = 0x83,

    /// <summary>The client may not subscribe to this.</summary>
    NotAuthorized = 0x87,

    /// <summary>The Topic Filter is well formed but not allowed for this client.</summary>
    TopicFilterInvalid = 0x8F,

    /// <summary>The Packet Identifier is in use.</summary>
    PacketIdentifierInUse = 0x91,

    /// <summary>A limit of the server is reached.</summary>
    QuotaExceeded = 0x97,

    /// <summary>The server has no Shared Subscriptions.</summary>
    SharedSubscriptionsNotSupported = 0x9E,

    /// <summary>The server has no Subscription Identifiers.</summary>
    SubscriptionIdentifiersNotSupported = 0xA1,

    /// <summary>The server has no wildcard subscriptions.</summary>
    WildcardSubscriptionsNotSupported = 0xA2,
}
