using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client;

/// <summary>ConnectAsync failed.</summary>
public sealed class MqttConnectException : MqttException
{
    /// <summary>A failure without a CONNACK.</summary>
    public MqttConnectException(MqttConnectFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    /// <summary>A refusal.</summary>
    public MqttConnectException(
        ConnackReasonCode reasonCode, string message, ConnackReturnCode? returnCode = null, string? serverReference = null)
        : base(message)
    {
        Failure = MqttConnectFailure.Refused;
        ReasonCode = reasonCode;
        ReturnCode = returnCode;
        ServerReference = serverReference;
    }

    /// <summary>What happened.</summary>
    public MqttConnectFailure Failure { get; }

    /// <summary>The server's code, with Refused only; a return code of 3.x is translated (<see cref="ConnackCodes"/>).</summary>
    public ConnackReasonCode? ReasonCode { get; }

    /// <summary>The return code as a server of 3.x sent it; else null.</summary>
    public ConnackReturnCode? ReturnCode { get; }

    /// <summary>Another server to use, as the server named it; else null.</summary>
    public string? ServerReference { get; }
}
