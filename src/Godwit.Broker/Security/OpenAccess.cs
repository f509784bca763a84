using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Security;

/// <summary>Everybody may do everything: the policy while there are no users. The host keeps such a broker on loopback.</summary>
public sealed class OpenAccess : IAccessPolicy
{
    /// <inheritdoc/>
    public ConnackReasonCode Connect(in ConnectPacket connect) => ConnackReasonCode.Success;

    /// <inheritdoc/>
    public bool MayPublish(string clientId, string? userName, ReadOnlySpan<byte> topic) => true;

    /// <inheritdoc/>
    public bool MaySubscribe(string clientId, string? userName, ReadOnlySpan<byte> filter) => true;
}
