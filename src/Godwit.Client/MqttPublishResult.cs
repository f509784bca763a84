using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client;

/// <summary>How a PUBLISH ended.</summary>
/// <param name="ReasonCode">
/// The code of PUBACK, or with QoS 2 of PUBREC, whose values are the same; Success with QoS 0 (written) and in 3.x.
/// </param>
/// <param name="ReasonString">The server's words for people; null when it gave none.</param>
public readonly record struct MqttPublishResult(PubackReasonCode ReasonCode, string? ReasonString = null)
{
    /// <summary>The server took the message.</summary>
    public bool IsSuccess => !ReasonCode.IsError();
}
