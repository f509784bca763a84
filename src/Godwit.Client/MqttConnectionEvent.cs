using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client;

/// <summary>A change of <see cref="MqttClient.State"/> and why it came.</summary>
/// <param name="State">The state from now on.</param>
/// <param name="Reason">One clause in plain words.</param>
/// <param name="ReasonCode">The code of a DISCONNECT that either side sent; null when none was.</param>
/// <param name="Result">With <see cref="MqttState.Connected"/>: the CONNACK.</param>
public sealed record MqttConnectionEvent(
    MqttState State,
    string Reason,
    DisconnectReasonCode? ReasonCode = null,
    MqttConnectResult? Result = null);
