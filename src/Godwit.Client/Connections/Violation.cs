using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Connections;

/// <summary>The server broke the protocol: what goes into our DISCONNECT and into the words for the caller.</summary>
internal sealed record Violation(DisconnectReasonCode ReasonCode, string Description)
{
    public static Violation Of(PacketType type, PacketError error) =>
        new(error.ReasonCode(), $"{type.ToString().ToUpperInvariant()}: {error.Description()}");

    public static Violation Forbidden(string description) => new(DisconnectReasonCode.ProtocolError, description);
}
