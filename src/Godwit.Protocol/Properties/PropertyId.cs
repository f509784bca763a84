namespace Godwit.Protocol.Properties;

/// <summary>Property identifiers (5.0 §2.2.2.2, table 2-4). All fit one byte.</summary>
public enum PropertyId : byte
{
    /// <summary>Byte 0 or 1: the payload is UTF-8 text.</summary>
    PayloadFormatIndicator = 0x01,

    /// <summary>Four Byte Integer, seconds.</summary>
    MessageExpiryInterval = 0x02,

    /// <summary>UTF-8 string.</summary>
    ContentType = 0x03,

    /// <summary>UTF-8 string, a Topic Name.</summary>
    ResponseTopic = 0x08,

    /// <summary>Binary data.</summary>
    CorrelationData = 0x09,

    /// <summary>Variable Byte Integer, 1 to 268,435,455.</summary>
    SubscriptionIdentifier = 0x0B,

    /// <summary>Four Byte Integer, seconds; 0xFFFFFFFF never expires.</summary>
    SessionExpiryInterval = 0x11,

    /// <summary>UTF-8 string.</summary>
    AssignedClientIdentifier = 0x12,

    /// <summary>Two Byte Integer, seconds.</summary>
    ServerKeepAlive = 0x13,

    /// <summary>UTF-8 string.</summary>
    AuthenticationMethod = 0x15,

    /// <summary>Binary data.</summary>
    AuthenticationData = 0x16,

    /// <summary>Byte 0 or 1.</summary>
    RequestProblemInformation = 0x17,

    /// <summary>Four Byte Integer, seconds.</summary>
    WillDelayInterval = 0x18,

    /// <summary>Byte 0 or 1.</summary>
    RequestResponseInformation = 0x19,

    /// <summary>UTF-8 string.</summary>
    ResponseInformation = 0x1A,

    /// <summary>UTF-8 string.</summary>
    ServerReference = 0x1C,

    /// <summary>UTF-8 string for people.</summary>
    ReasonString = 0x1F,

    /// <summary>Two Byte Integer, 1 to 65,535.</summary>
    ReceiveMaximum = 0x21,

    /// <summary>Two Byte Integer.</summary>
    TopicAliasMaximum = 0x22,

    /// <summary>Two Byte Integer, 1 to 65,535.</summary>
    TopicAlias = 0x23,

    /// <summary>Byte 0 or 1.</summary>
    MaximumQoS = 0x24,

    /// <summary>Byte 0 or 1.</summary>
    RetainAvailable = 0x25,

    /// <summary>UTF-8 string pair; may appear many times, order kept.</summary>
    UserProperty = 0x26,

    /// <summary>Four Byte Integer, bytes, at least 1.</summary>
    MaximumPacketSize = 0x27,

    /// <summary>Byte 0 or 1.</summary>
    WildcardSubscriptionAvailable = 0x28,

    /// <summary>Byte 0 or 1.</summary>
    SubscriptionIdentifierAvailable = 0x29,

    /// <summary>Byte 0 or 1.</summary>
    SharedSubscriptionAvailable = 0x2A,
}
