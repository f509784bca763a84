using Godwit.Client.Connections;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client;

/// <summary>How a PUBLISH ended.</summary>
/// <param name="ReasonCode">
/// The code of PUBACK, or with QoS 2 of PUBREC, whose values are the same; Success with QoS 0 (written) and in 3.x.
/// </param>
/// <param name="ReasonString">The server's words for people; null when it gave none.</param>
public sealed record MqttPublishResult(PubackReasonCode ReasonCode, string? ReasonString = null)
{
    /// <summary>Success without words: what nearly every message gets.</summary>
    internal static readonly MqttPublishResult Success = new(PubackReasonCode.Success);

    /// <summary>The server took the message.</summary>
    public bool IsSuccess => !ReasonCode.IsError();

    /// <summary>What an acknowledgement says.</summary>
    internal static MqttPublishResult Of(PubackReasonCode reasonCode, PropertyBlock properties) =>
        reasonCode == PubackReasonCode.Success && properties.IsEmpty
            ? Success
            : new MqttPublishResult(reasonCode, properties.StringOrNull(PropertyId.ReasonString));
}
