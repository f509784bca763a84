using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Security;

/// <summary>Everybody may do everything: the policy while there are no users. The host keeps such a broker on loopback.</summary>
public sealed class OpenAccess : IAccessPolicy
{
    /// <inheritdoc/>
    public bool ChecksDelivery => false;

    /// <inheritdoc/>
    public ConnackReasonCode Connect(in ConnectPacket connect) => ConnackReasonCode.Success;

    /// <inheritdoc/>
    public bool MayPublish(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain) => true;

    /// <inheritdoc/>
    public bool MaySubscribe(in Subject who, ReadOnlySpan<byte> filter, QoS qos) => true;

    /// <inheritdoc/>
    public bool MayReceive(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain) => true;

    /// <inheritdoc/>
    public bool MayStillPublish(in Subject publisher, ReadOnlySpan<byte> topic) => true;
}
