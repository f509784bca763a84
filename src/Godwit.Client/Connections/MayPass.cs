using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Connections;

/// <summary>Which failures another attempt may cure.</summary>
internal static class MayPass
{
    /// <summary>A failed attempt to connect.</summary>
    public static bool IsTemporary(MqttConnectException exception) => exception.Failure != MqttConnectFailure.Refused || exception.ReasonCode
        is ConnackReasonCode.UnspecifiedError
        or ConnackReasonCode.ServerUnavailable
        or ConnackReasonCode.ServerBusy
        or ConnackReasonCode.QuotaExceeded
        or ConnackReasonCode.ConnectionRateExceeded;

    /// <summary>The end of a connection. After a takeover two clients with one id would throw each other out for ever.</summary>
    public static bool IsTemporary(ConnectionEnd end) => end.Kind != ConnectionEndKind.Local && !(end.Kind == ConnectionEndKind.ServerDisconnect && end.ReasonCode
        is DisconnectReasonCode.SessionTakenOver
        or DisconnectReasonCode.NotAuthorized
        or DisconnectReasonCode.BadAuthenticationMethod
        or DisconnectReasonCode.AdministrativeAction
        or DisconnectReasonCode.UseAnotherServer
        or DisconnectReasonCode.ServerMoved);
}
