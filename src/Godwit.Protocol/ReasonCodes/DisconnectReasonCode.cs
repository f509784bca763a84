namespace Godwit.Protocol.ReasonCodes;

/// <summary>Reason codes of DISCONNECT (5.0 §3.14.2.1, table 3-10). Values from 0x80 on are errors.</summary>
public enum DisconnectReasonCode : byte
{
    /// <summary>Close normally; the will is not published.</summary>
    NormalDisconnection = 0x00,

    /// <summary>Client only: close, and publish the will.</summary>
    DisconnectWithWillMessage = 0x04,

    /// <summary>The sender does not say why.</summary>
    UnspecifiedError = 0x80,

    /// <summary>A packet cannot be parsed.</summary>
    MalformedPacket = 0x81,

    /// <summary>A packet is well formed but not allowed here.</summary>
    ProtocolError = 0x82,

    /// <summary>Valid, but this implementation cannot process it.</summary>
    ImplementationSpecificError = 0x83,

    /// <summary>Server only: not authorised.</summary>
    NotAuthorized = 0x87,

    /// <summary>Server only: busy.</summary>
    ServerBusy = 0x89,

    /// <summary>Server only: shutting down.</summary>
    ServerShuttingDown = 0x8B,

    /// <summary>Bad authentication method: the method differs from the one in CONNECT.</summary>
    BadAuthenticationMethod = 0x8C,

    /// <summary>Server only: nothing came for 1.5 times the Keep Alive.</summary>
    KeepAliveTimeout = 0x8D,

    /// <summary>Server only: another connection uses the same Client Identifier.</summary>
    SessionTakenOver = 0x8E,

    /// <summary>Server only: the Topic Filter is well formed but not accepted.</summary>
    TopicFilterInvalid = 0x8F,

    /// <summary>The Topic Name is well formed but not accepted.</summary>
    TopicNameInvalid = 0x90,

    /// <summary>More unacknowledged messages than the Receive Maximum.</summary>
    ReceiveMaximumExceeded = 0x93,

    /// <summary>A Topic Alias of 0 or above the maximum.</summary>
    TopicAliasInvalid = 0x94,

    /// <summary>The packet is larger than the Maximum Packet Size.</summary>
    PacketTooLarge = 0x95,

    /// <summary>Data comes too fast.</summary>
    MessageRateTooHigh = 0x96,

    /// <summary>A limit is reached.</summary>
    QuotaExceeded = 0x97,

    /// <summary>Closed by an administrator.</summary>
    AdministrativeAction = 0x98,

    /// <summary>The payload is not of the kind that the Payload Format Indicator names.</summary>
    PayloadFormatInvalid = 0x99,

    /// <summary>Server only: retained messages are not supported.</summary>
    RetainNotSupported = 0x9A,

    /// <summary>Server only: QoS above the Maximum QoS.</summary>
    QoSNotSupported = 0x9B,

    /// <summary>Server only: use another server for now.</summary>
    UseAnotherServer = 0x9C,

    /// <summary>Server only: use another server from now on.</summary>
    ServerMoved = 0x9D,

    /// <summary>Server only: shared subscriptions are not supported.</summary>
    SharedSubscriptionsNotSupported = 0x9E,

    /// <summary>Server only: connections come too fast.</summary>
    ConnectionRateExceeded = 0x9F,

    /// <summary>Server only: the longest connection time is over.</summary>
    MaximumConnectTime = 0xA0,

    /// <summary>Server only: Subscription Identifiers are not supported.</summary>
    SubscriptionIdentifiersNotSupported = 0xA1,

    /// <summary>Server only: wildcard subscriptions are not supported.</summary>
    WildcardSubscriptionsNotSupported = 0xA2,
}
