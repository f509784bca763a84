namespace Godwit.Protocol;

/// <summary>
/// Why a packet is refused. Every malformed or forbidden input maps to exactly one member; <see cref="PacketErrors"/> gives
/// for each the reason code on the wire, words for a log line and the normative statement.
/// </summary>
public enum PacketError : byte
{
    /// <summary>The packet is well formed.</summary>
    None = 0,

    /// <summary>A Variable Byte Integer has a fifth byte (§1.5.5).</summary>
    VariableByteIntegerTooLong,

    /// <summary>A Variable Byte Integer uses more bytes than necessary (5.0 only).</summary>
    VariableByteIntegerNotMinimal,

    /// <summary>Packet type 0, or 15 before 5.0.</summary>
    ReservedPacketType,

    /// <summary>The low nibble of the first byte is not the required value.</summary>
    ReservedFlags,

    /// <summary>The packet is larger than the receiver's Maximum Packet Size.</summary>
    PacketTooLarge,

    /// <summary>A field ends behind the end of the packet.</summary>
    FieldTruncated,

    /// <summary>Bytes are left after the last field.</summary>
    TrailingBytes,

    /// <summary>A string is not well-formed UTF-8 (surrogates, overlong forms, above U+10FFFF, cut sequences).</summary>
    StringIllFormed,

    /// <summary>A string contains U+0000.</summary>
    StringHasNull,

    /// <summary>The Packet Identifier is 0.</summary>
    PacketIdZero,

    /// <summary>The reason code is not one of this packet and direction.</summary>
    ReasonCodeInvalid,

    /// <summary>The property identifier does not exist.</summary>
    PropertyUnknown,

    /// <summary>The property does not belong to this packet.</summary>
    PropertyNotAllowed,

    /// <summary>A property that may appear once appears again.</summary>
    PropertyTwice,

    /// <summary>The value of a property is outside its range.</summary>
    PropertyValueInvalid,

    /// <summary>More User Properties than the receiver accepts.</summary>
    TooManyUserProperties,

    /// <summary>The protocol name of CONNECT is neither <c>MQTT</c> nor <c>MQIsdp</c>.</summary>
    ProtocolNameInvalid,

    /// <summary>The protocol level of CONNECT is not supported under this name.</summary>
    ProtocolVersionUnsupported,

    /// <summary>Bit 0 of the Connect Flags is set.</summary>
    ConnectReservedFlag,

    /// <summary>Will QoS is 3.</summary>
    WillQoSInvalid,

    /// <summary>Will QoS or Will Retain is set without Will Flag.</summary>
    WillFlagsWithoutWill,

    /// <summary>The Will Topic is empty or contains a wildcard.</summary>
    WillTopicInvalid,

    /// <summary>Password Flag without User Name Flag (3.x).</summary>
    PasswordWithoutUserName,

    /// <summary>The Client Identifier is empty where it must not be.</summary>
    ClientIdInvalid,

    /// <summary>Authentication Data without Authentication Method.</summary>
    AuthenticationDataWithoutMethod,

    /// <summary>AUTH without Authentication Method.</summary>
    AuthenticationMethodMissing,

    /// <summary>A server sent a Session Expiry Interval in DISCONNECT.</summary>
    SessionExpiryFromServer,

    /// <summary>PUBLISH with QoS 3.</summary>
    QoSInvalid,

    /// <summary>PUBLISH with DUP and QoS 0.</summary>
    DupOnQoS0,

    /// <summary>PUBLISH with an empty Topic Name and no Topic Alias.</summary>
    TopicNameEmpty,

    /// <summary>A Topic Name contains <c>+</c> or <c>#</c>.</summary>
    TopicNameHasWildcard,

    /// <summary>A Topic Name or Topic Filter exceeds a limit of the receiver (bytes, levels, wildcards).</summary>
    TopicNameRefused,

    /// <summary>A Response Topic is empty or contains a wildcard.</summary>
    ResponseTopicInvalid,

    /// <summary>A client sent a Subscription Identifier in PUBLISH.</summary>
    SubscriptionIdentifierFromClient,

    /// <summary>Topic Alias 0 or above the receiver's maximum.</summary>
    TopicAliasInvalid,

    /// <summary>An empty Topic Name with an alias that was never set on this connection.</summary>
    TopicAliasUnknown,

    /// <summary>SUBSCRIBE or UNSUBSCRIBE without a Topic Filter.</summary>
    NoTopicFilters,

    /// <summary>A Topic Filter is empty, or a wildcard stands where it must not.</summary>
    TopicFilterInvalid,

    /// <summary>Reserved bits of the subscription options are set.</summary>
    SubscriptionOptionsReserved,

    /// <summary>Requested QoS 3.</summary>
    SubscriptionQoSInvalid,

    /// <summary>Retain Handling 3.</summary>
    RetainHandlingInvalid,

    /// <summary>No Local on a Shared Subscription.</summary>
    NoLocalOnSharedSubscription,

    /// <summary>CONNACK flags other than Session Present are set.</summary>
    ConnackFlagsReserved,

    /// <summary>The first packet of a connection is not CONNECT.</summary>
    FirstPacketNotConnect,

    /// <summary>CONNECT was sent twice.</summary>
    SecondConnect,

    /// <summary>A packet type that only the other role sends.</summary>
    WrongDirection,

    /// <summary>AUTH, but no Authentication Method was agreed in CONNECT.</summary>
    AuthenticationNotNegotiated,

    /// <summary>AUTH with another Authentication Method than that of CONNECT.</summary>
    AuthenticationMethodChanged,

    /// <summary>AUTH that continues an exchange which is not under way, or begins one while another is.</summary>
    AuthenticationOutOfTurn,

    /// <summary>More unacknowledged QoS 1 and 2 PUBLISH packets than the receiver's Receive Maximum.</summary>
    ReceiveMaximumExceeded,

    /// <summary>DISCONNECT raises a Session Expiry Interval that CONNECT had set to 0.</summary>
    SessionExpiryRaised,

    /// <summary>PUBLISH with a QoS above the receiver's Maximum QoS.</summary>
    QoSNotSupported,

    /// <summary>PUBLISH with RETAIN although Retain Available is 0.</summary>
    RetainNotSupported,
}
