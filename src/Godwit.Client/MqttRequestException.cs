using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client;

/// <summary>A request was not sent, because the server has said that it would not take it, or because a limit of this client is reached.</summary>
public sealed class MqttRequestException : MqttException
{
    /// <summary>With the code that the server would have used.</summary>
    public MqttRequestException(DisconnectReasonCode reasonCode, string message)
        : base(message) => ReasonCode = reasonCode;

    /// <summary>For example PacketTooLarge, QoSNotSupported, RetainNotSupported, QuotaExceeded.</summary>
    public DisconnectReasonCode ReasonCode { get; }
}
