using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client;

/// <summary>SUBACK: what became of each Topic Filter.</summary>
/// <param name="ReasonCodes">One for each filter, in the order of the call.</param>
/// <param name="ReasonString">The server's words for people; null when it gave none.</param>
public sealed record MqttSubscribeResult(IReadOnlyList<SubackReasonCode> ReasonCodes, string? ReasonString = null)
{
    /// <summary>Every filter was granted, with whatever QoS.</summary>
    public bool IsSuccess => ReasonCodes.All(code => !code.IsError());
}
