namespace Godwit.Protocol.ReasonCodes;

/// <summary>Questions about reason codes: is it an error (5.0 §2.4), and inside this assembly, does it exist in the packet's table.</summary>
public static class ReasonCodeExtensions
{
    private const byte FirstError = 0x80;

    /// <summary>0x80 or above: the connection is refused.</summary>
    public static bool IsError(this ConnackReasonCode code) => (byte)code >= FirstError;

    /// <summary>0x80 or above: the message is refused.</summary>
    public static bool IsError(this PubackReasonCode code) => (byte)code >= FirstError;

    /// <summary>0x80 or above: the message is refused and no PUBREL follows.</summary>
    public static bool IsError(this PubrecReasonCode code) => (byte)code >= FirstError;

    /// <summary>0x80 or above: the receiver does not know the Packet Identifier.</summary>
    public static bool IsError(this PubrelReasonCode code) => (byte)code >= FirstError;

    /// <summary>0x80 or above: the receiver does not know the Packet Identifier.</summary>
    public static bool IsError(this PubcompReasonCode code) => (byte)code >= FirstError;

    /// <summary>0x80 or above: there is no subscription.</summary>
    public static bool IsError(this SubackReasonCode code) => (byte)code >= FirstError;

    /// <summary>0x80 or above: the request is refused.</summary>
    public static bool IsError(this UnsubackReasonCode code) => (byte)code >= FirstError;

    /// <summary>0x80 or above: the connection is closed because of a failure.</summary>
    public static bool IsError(this DisconnectReasonCode code) => (byte)code >= FirstError;

    /// <summary>Never: AUTH has no error codes; a failure is a CONNACK or DISCONNECT.</summary>
    public static bool IsError(this AuthReasonCode code) => (byte)code >= FirstError;

    // Patterns, not Enum.IsDefined: these run for every acknowledgement that comes in.

    internal static bool IsDefined(this ConnackReasonCode code) => code
        is ConnackReasonCode.Success
        or >= ConnackReasonCode.UnspecifiedError and <= ConnackReasonCode.Banned
        or ConnackReasonCode.BadAuthenticationMethod
        or ConnackReasonCode.TopicNameInvalid
        or ConnackReasonCode.PacketTooLarge
        or ConnackReasonCode.QuotaExceeded
        or >= ConnackReasonCode.PayloadFormatInvalid and <= ConnackReasonCode.ServerMoved
        or ConnackReasonCode.ConnectionRateExceeded;

    internal static bool IsDefined(this PubackReasonCode code) => code
        is PubackReasonCode.Success
        or PubackReasonCode.NoMatchingSubscribers
        or PubackReasonCode.UnspecifiedError
        or PubackReasonCode.ImplementationSpecificError
        or PubackReasonCode.NotAuthorized
        or PubackReasonCode.TopicNameInvalid
        or PubackReasonCode.PacketIdentifierInUse
        or PubackReasonCode.QuotaExceeded
        or PubackReasonCode.PayloadFormatInvalid;

    internal static bool IsDefined(this PubrecReasonCode code) => code
        is PubrecReasonCode.Success
        or PubrecReasonCode.NoMatchingSubscribers
        or PubrecReasonCode.UnspecifiedError
        or PubrecReasonCode.ImplementationSpecificError
        or PubrecReasonCode.NotAuthorized
        or PubrecReasonCode.TopicNameInvalid
        or PubrecReasonCode.PacketIdentifierInUse
        or PubrecReasonCode.QuotaExceeded
        or PubrecReasonCode.PayloadFormatInvalid;

    internal static bool IsDefined(this PubrelReasonCode code) => code
        is PubrelReasonCode.Success or PubrelReasonCode.PacketIdentifierNotFound;

    internal static bool IsDefined(this PubcompReasonCode code) => code
        is PubcompReasonCode.Success or PubcompReasonCode.PacketIdentifierNotFound;

    internal static bool IsDefined(this SubackReasonCode code, ProtocolVersion version) => version switch
    {
        ProtocolVersion.Mqtt31 => code <= SubackReasonCode.GrantedQoS2,
        ProtocolVersion.Mqtt311 => code is <= SubackReasonCode.GrantedQoS2 or SubackReasonCode.UnspecifiedError,   // [MQTT3-3.9.3-2]
        _ => code
            is <= SubackReasonCode.GrantedQoS2
            or SubackReasonCode.UnspecifiedError
            or SubackReasonCode.ImplementationSpecificError
            or SubackReasonCode.NotAuthorized
            or SubackReasonCode.TopicFilterInvalid
            or SubackReasonCode.PacketIdentifierInUse
            or SubackReasonCode.QuotaExceeded
            or SubackReasonCode.SharedSubscriptionsNotSupported
            or SubackReasonCode.SubscriptionIdentifiersNotSupported
            or SubackReasonCode.WildcardSubscriptionsNotSupported,
    };

    internal static bool IsDefined(this UnsubackReasonCode code) => code
        is UnsubackReasonCode.Success
        or UnsubackReasonCode.NoSubscriptionExisted
        or UnsubackReasonCode.UnspecifiedError
        or UnsubackReasonCode.ImplementationSpecificError
        or UnsubackReasonCode.NotAuthorized
        or UnsubackReasonCode.TopicFilterInvalid
        or UnsubackReasonCode.PacketIdentifierInUse;

    /// <summary>Table 3-10 with its column "sent by"; 0x8C stands only in table 2-6, so both sides may send it. [MQTT-3.14.2-1]</summary>
    internal static bool IsDefined(this DisconnectReasonCode code, PacketSender sender)
    {
        switch (code)
        {
            case DisconnectReasonCode.DisconnectWithWillMessage:
                return sender == PacketSender.Client;

            case DisconnectReasonCode.NotAuthorized:
            case DisconnectReasonCode.ServerBusy:
            case DisconnectReasonCode.ServerShuttingDown:
            case >= DisconnectReasonCode.KeepAliveTimeout and <= DisconnectReasonCode.TopicFilterInvalid:
            case >= DisconnectReasonCode.RetainNotSupported and <= DisconnectReasonCode.WildcardSubscriptionsNotSupported:
                return sender == PacketSender.Server;

            case DisconnectReasonCode.NormalDisconnection:
            case >= DisconnectReasonCode.UnspecifiedError and <= DisconnectReasonCode.ImplementationSpecificError:
            case DisconnectReasonCode.BadAuthenticationMethod:
            case DisconnectReasonCode.TopicNameInvalid:
            case >= DisconnectReasonCode.ReceiveMaximumExceeded and <= DisconnectReasonCode.PayloadFormatInvalid:
                return true;

            default:
                return false;
        }
    }

    /// <summary>Table 3-11 with its column "sent by". [MQTT-3.15.2-1]</summary>
    internal static bool IsDefined(this AuthReasonCode code, PacketSender sender) => code switch
    {
        AuthReasonCode.Success => sender == PacketSender.Server,
        AuthReasonCode.ContinueAuthentication => true,
        AuthReasonCode.Reauthenticate => sender == PacketSender.Client,
        _ => false,
    };
}
