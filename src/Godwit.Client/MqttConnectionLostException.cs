using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client;

/// <summary>The connection ended while something still needed it. Whether a message that was sent has arrived is not known.</summary>
public sealed class MqttConnectionLostException : MqttException
{
    /// <summary>With the reason in words, and the code of the DISCONNECT that either side sent, if one was.</summary>
    public MqttConnectionLostException(string message, DisconnectReasonCode? reasonCode = null, Exception? innerException = null)
        : base(message, innerException) => ReasonCode = reasonCode;

    /// <summary>The code of the server's DISCONNECT, or of ours after a protocol error; null when there was none.</summary>
    public DisconnectReasonCode? ReasonCode { get; }
}
