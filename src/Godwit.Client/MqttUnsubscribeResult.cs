using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client;

/// <summary>UNSUBACK: what became of each Topic Filter.</summary>
/// <param name="ReasonCodes">One for each filter, in the order of the call; in 3.x, which has no codes, all Success.</param>
/// <param name="ReasonString">The server's words for people; null when it gave none.</param>
public sealed record MqttUnsubscribeResult(IReadOnlyList<UnsubackReasonCode> ReasonCodes, string? ReasonString = null)
{
    /// <summary>No filter was refused; one that did not exist counts as removed.</summary>
    public bool IsSuccess => ReasonCodes.All(code => !code.IsError());
}
