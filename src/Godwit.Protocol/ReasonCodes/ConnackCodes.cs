namespace Godwit.Protocol.ReasonCodes;

/// <summary>Translates between the CONNACK reason codes of 5.0 and the return codes of 3.x.</summary>
public static class ConnackCodes
{
    /// <summary>The return code that tells a 3.x client the same, or the nearest that makes it behave well. [MQTT3-3.2.2-6]</summary>
    /// <returns>
    /// What may pass with time is ServerUnavailable, what will not is NotAuthorized, so that the client does not try for ever. A
    /// malformed CONNECT gets no CONNACK at all in 3.1.1 [MQTT3-3.1.4-1]: the broker does not come here then.
    /// </returns>
    public static ConnackReturnCode ToReturnCode(this ConnackReasonCode reasonCode) => reasonCode switch
    {
        ConnackReasonCode.Success => ConnackReturnCode.Accepted,

        ConnackReasonCode.UnsupportedProtocolVersion => ConnackReturnCode.UnacceptableProtocolVersion,

        ConnackReasonCode.ClientIdentifierNotValid => ConnackReturnCode.IdentifierRejected,

        ConnackReasonCode.UnspecifiedError
            or ConnackReasonCode.ImplementationSpecificError
            or ConnackReasonCode.ServerUnavailable
            or ConnackReasonCode.ServerBusy
            or ConnackReasonCode.QuotaExceeded
            or ConnackReasonCode.UseAnotherServer
            or ConnackReasonCode.ServerMoved
            or ConnackReasonCode.ConnectionRateExceeded => ConnackReturnCode.ServerUnavailable,

        ConnackReasonCode.BadUserNameOrPassword
            or ConnackReasonCode.BadAuthenticationMethod => ConnackReturnCode.BadUserNameOrPassword,

        _ => ConnackReturnCode.NotAuthorized,
    };

    /// <summary>The reason code of 5.0 that means the same.</summary>
    /// <returns>UnspecifiedError for a value above 5, which no server may send.</returns>
    public static ConnackReasonCode ToReasonCode(this ConnackReturnCode returnCode) => returnCode switch
    {
        ConnackReturnCode.Accepted => ConnackReasonCode.Success,
        ConnackReturnCode.UnacceptableProtocolVersion => ConnackReasonCode.UnsupportedProtocolVersion,
        ConnackReturnCode.IdentifierRejected => ConnackReasonCode.ClientIdentifierNotValid,
        ConnackReturnCode.ServerUnavailable => ConnackReasonCode.ServerUnavailable,
        ConnackReturnCode.BadUserNameOrPassword => ConnackReasonCode.BadUserNameOrPassword,
        ConnackReturnCode.NotAuthorized => ConnackReasonCode.NotAuthorized,
        _ => ConnackReasonCode.UnspecifiedError,
    };
}
