using Godwit.Protocol.ReasonCodes;

namespace Godwit.Protocol;

/// <summary>What each <see cref="PacketError"/> means: its reason code, its words and its normative statement.</summary>
public static class PacketErrors
{
    private const DisconnectReasonCode Malformed = DisconnectReasonCode.MalformedPacket;
    private const DisconnectReasonCode Forbidden = DisconnectReasonCode.ProtocolError;

    private static readonly Row[] Table = Index(
    [
        new(PacketError.None, DisconnectReasonCode.NormalDisconnection, "no error", "", ""),
        new(PacketError.VariableByteIntegerTooLong, Malformed, "a variable byte integer is longer than four bytes", "MQTT-1.5.5-1", "3.1.1 2.2.3"),
        new(PacketError.VariableByteIntegerNotMinimal, Malformed, "a variable byte integer is longer than necessary", "MQTT-1.5.5-1", "3.1.1 2.2.3"),
        new(PacketError.ReservedPacketType, Malformed, "the packet type is reserved", "5.0 2.1.2", "3.1.1 2.2.1"),
        new(PacketError.ReservedFlags, Malformed, "the flags of the fixed header are not as required", "MQTT-2.1.3-1", "MQTT3-2.2.2-2"),
        new(PacketError.PacketTooLarge, DisconnectReasonCode.PacketTooLarge, "the packet is larger than the Maximum Packet Size", "MQTT-3.2.2-15", "a limit of this server"),
        new(PacketError.FieldTruncated, Malformed, "a field ends behind the end of the packet", "MQTT-4.13.1-1", "MQTT3-4.8.0-1"),
        new(PacketError.TrailingBytes, Malformed, "bytes are left after the last field", "MQTT-4.13.1-1", "MQTT3-4.8.0-1"),
        new(PacketError.StringIllFormed, Malformed, "a string is not well-formed UTF-8", "MQTT-1.5.4-1", "MQTT3-1.5.3-1"),
        new(PacketError.StringHasNull, Malformed, "a string contains U+0000", "MQTT-1.5.4-2", "MQTT3-1.5.3-2"),
        new(PacketError.PacketIdZero, Forbidden, "the packet identifier is 0", "MQTT-2.2.1-3", "MQTT3-2.3.1-1"),
        new(PacketError.ReasonCodeInvalid, Forbidden, "the reason code does not belong to this packet", "MQTT-3.14.2-1", "MQTT3-3.9.3-2"),
        new(PacketError.PropertyUnknown, Malformed, "a property identifier does not exist", "5.0 2.2.2.2", "5.0 2.2.2.2"),
        new(PacketError.PropertyNotAllowed, Malformed, "a property does not belong to this packet", "5.0 2.2.2.2", "5.0 2.2.2.2"),
        new(PacketError.PropertyTwice, Forbidden, "a property appears twice", "5.0 2.2.2.2", "5.0 2.2.2.2"),
        new(PacketError.PropertyValueInvalid, Forbidden, "a property has a value outside its range", "5.0 2.2.2.2", "5.0 2.2.2.2"),
        new(PacketError.TooManyUserProperties, DisconnectReasonCode.QuotaExceeded, "there are more user properties than the limit", "a limit of this server", "a limit of this server"),
        new(PacketError.ProtocolNameInvalid, DisconnectReasonCode.ProtocolError, "the protocol name is not MQTT", "MQTT-3.1.2-1", "MQTT3-3.1.2-1"),
        new(PacketError.ProtocolVersionUnsupported, Forbidden, "the protocol level is not supported", "MQTT-3.1.2-2", "MQTT3-3.1.2-2"),
        new(PacketError.ConnectReservedFlag, Malformed, "the reserved connect flag is set", "MQTT-3.1.2-3", "MQTT3-3.1.2-3"),
        new(PacketError.WillQoSInvalid, Malformed, "the Will QoS is 3", "MQTT-3.1.2-12", "MQTT3-3.1.2-14"),
        new(PacketError.WillFlagsWithoutWill, Malformed, "Will QoS or Will Retain is set without Will Flag", "MQTT-3.1.2-11", "MQTT3-3.1.2-11"),
        new(PacketError.WillTopicInvalid, DisconnectReasonCode.TopicNameInvalid, "the Will Topic is empty or contains a wildcard", "MQTT-3.1.3-11", "MQTT3-3.1.3-10"),
        new(PacketError.PasswordWithoutUserName, Malformed, "a password is sent without a user name", "5.0 3.1.2.9", "MQTT3-3.1.2-22"),
        new(PacketError.ClientIdInvalid, Forbidden, "the client identifier is not acceptable", "MQTT-3.1.3-8", "MQTT3-3.1.3-8"),
        new(PacketError.AuthenticationDataWithoutMethod, Forbidden, "authentication data is sent without a method", "5.0 3.1.2.11.10", "5.0 3.1.2.11.10"),
        new(PacketError.AuthenticationMethodMissing, Forbidden, "AUTH has no authentication method", "MQTT-4.12.0-5", "3.1.1 2.2.1"),
        new(PacketError.SessionExpiryFromServer, Forbidden, "a server sends a session expiry interval in DISCONNECT", "MQTT-3.14.2-2", "5.0 3.14.2.2.2"),
        new(PacketError.QoSInvalid, Malformed, "the QoS is 3", "MQTT-3.3.1-4", "MQTT3-3.3.1-4"),
        new(PacketError.DupOnQoS0, Malformed, "DUP is set on QoS 0", "MQTT-3.3.1-2", "MQTT3-3.3.1-2"),
        new(PacketError.TopicNameEmpty, Forbidden, "the topic name is empty", "MQTT-4.7.3-1", "MQTT3-4.7.3-1"),
        new(PacketError.TopicNameHasWildcard, DisconnectReasonCode.TopicNameInvalid, "the topic name contains a wildcard", "MQTT-3.3.2-2", "MQTT3-3.3.2-2"),
        new(PacketError.TopicNameRefused, DisconnectReasonCode.TopicNameInvalid, "the topic name exceeds a limit", "a limit of this server", "a limit of this server"),
        new(PacketError.ResponseTopicInvalid, Forbidden, "the response topic is empty or contains a wildcard", "MQTT-3.3.2-14", "MQTT-3.3.2-14"),
        new(PacketError.SubscriptionIdentifierFromClient, Forbidden, "a client sends a subscription identifier in PUBLISH", "MQTT-3.3.4-6", "MQTT-3.3.4-6"),
        new(PacketError.TopicAliasInvalid, DisconnectReasonCode.TopicAliasInvalid, "the topic alias is 0 or above the maximum", "MQTT-3.3.2-8", "MQTT-3.3.2-8"),
        new(PacketError.TopicAliasUnknown, Forbidden, "the topic alias was never set", "5.0 3.3.2.3.4", "5.0 3.3.2.3.4"),
        new(PacketError.NoTopicFilters, Forbidden, "there is no topic filter", "MQTT-3.8.3-2", "MQTT3-3.8.3-3"),
        new(PacketError.TopicFilterInvalid, DisconnectReasonCode.TopicFilterInvalid, "the topic filter is not valid", "MQTT-4.7.1-1", "MQTT3-4.7.1-2"),
        new(PacketError.SubscriptionOptionsReserved, Malformed, "reserved bits of the subscription options are set", "MQTT-3.8.3-5", "MQTT3-3-8.3-4"),
        new(PacketError.SubscriptionQoSInvalid, Forbidden, "the requested QoS is 3", "5.0 3.8.3.1", "MQTT3-3-8.3-4"),
        new(PacketError.RetainHandlingInvalid, Forbidden, "Retain Handling is 3", "5.0 3.8.3.1", "5.0 3.8.3.1"),
        new(PacketError.NoLocalOnSharedSubscription, Forbidden, "No Local is set on a shared subscription", "MQTT-3.8.3-4", "MQTT-3.8.3-4"),
        new(PacketError.ConnackFlagsReserved, Malformed, "reserved CONNACK flags are set", "MQTT-3.2.2-1", "3.1.1 3.2.2.1"),
        new(PacketError.FirstPacketNotConnect, Forbidden, "the first packet is not CONNECT", "MQTT-3.1.0-1", "MQTT3-3.1.0-1"),
        new(PacketError.SecondConnect, Forbidden, "CONNECT is sent twice", "MQTT-3.1.0-2", "MQTT3-3.1.0-2"),
        new(PacketError.WrongDirection, Forbidden, "this packet is only sent by the other side", "MQTT-4.13.1-1", "MQTT3-4.8.0-1"),
        new(PacketError.AuthenticationNotNegotiated, Forbidden, "no authentication method was agreed", "MQTT-4.12.0-7", "3.1.1 2.2.1"),
        new(PacketError.AuthenticationMethodChanged, Forbidden, "AUTH names another authentication method than CONNECT", "MQTT-4.12.1-1", "3.1.1 2.2.1"),
        new(PacketError.AuthenticationOutOfTurn, Forbidden, "AUTH does not fit the authentication that is under way", "MQTT-4.12.0-3", "3.1.1 2.2.1"),
        new(PacketError.ReceiveMaximumExceeded, DisconnectReasonCode.ReceiveMaximumExceeded, "more unacknowledged messages than the Receive Maximum", "MQTT-3.3.4-7", "a limit of this server"),
        new(PacketError.SessionExpiryRaised, Forbidden, "DISCONNECT sets a Session Expiry Interval after CONNECT had none", "5.0 3.14.2.2.2", "5.0 3.14.2.2.2"),
        new(PacketError.QoSNotSupported, DisconnectReasonCode.QoSNotSupported, "the QoS is above the Maximum QoS of this server", "MQTT-3.2.2-11", "a limit of this server"),
        new(PacketError.RetainNotSupported, DisconnectReasonCode.RetainNotSupported, "retained messages are switched off on this server", "MQTT-3.2.2-14", "a limit of this server"),
    ]);

    /// <summary>The reason code for DISCONNECT (5.0 §3.14.2.1).</summary>
    /// <returns><see cref="DisconnectReasonCode.NormalDisconnection"/> for <see cref="PacketError.None"/>.</returns>
    public static DisconnectReasonCode ReasonCode(this PacketError error) => Table[(int)error].ReasonCode;

    /// <summary>The reason code for a CONNACK that refuses CONNECT (5.0 §3.2.2.2): mostly the same value as in DISCONNECT.</summary>
    /// <returns>Success for <see cref="PacketError.None"/>; ProtocolError where CONNACK has no such code. [MQTT-3.2.2-8]</returns>
    public static ConnackReasonCode ConnackReasonCode(this PacketError error)
    {
        switch (error)
        {
            case PacketError.ProtocolNameInvalid:
            case PacketError.ProtocolVersionUnsupported:
                return ReasonCodes.ConnackReasonCode.UnsupportedProtocolVersion;     // [MQTT-3.1.2-1] [MQTT-3.1.2-2]

            case PacketError.ClientIdInvalid:
                return ReasonCodes.ConnackReasonCode.ClientIdentifierNotValid;       // [MQTT-3.1.3-8]

            default:
                var code = (ConnackReasonCode)error.ReasonCode();
                return code.IsDefined() ? code : ReasonCodes.ConnackReasonCode.ProtocolError;
        }
    }

    /// <summary>One clause in plain words for a log line, e.g. <c>reserved flags of the fixed header are not as required</c>.</summary>
    public static string Description(this PacketError error) => Table[(int)error].Description;

    /// <summary>The statement that was broken, e.g. <c>MQTT-2.1.3-1</c> (5.0) or <c>MQTT3-2.2.2-2</c> (3.1.1).</summary>
    /// <returns>A section such as <c>5.0 2.2.2.2</c> where the text has no numbered statement.</returns>
    public static string Statement(this PacketError error, ProtocolVersion version) =>
        version == ProtocolVersion.Mqtt5 ? Table[(int)error].Statement5 : Table[(int)error].Statement3;

    private static Row[] Index(Row[] rows)
    {
        var table = new Row[Enum.GetValues<PacketError>().Length];
        foreach (var row in rows)
        {
            table[(int)row.Error] = row;
        }

        return table;
    }

    private readonly record struct Row(PacketError Error, DisconnectReasonCode ReasonCode, string Description, string Statement5, string Statement3);
}
