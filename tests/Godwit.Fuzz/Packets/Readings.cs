using Godwit.Protocol;

namespace Godwit.Fuzz.Packets;

/// <summary>The ways in which one stream can be read: every version, from either side.</summary>
internal static class Readings
{
    public static readonly IReadOnlyList<(ProtocolVersion Version, PacketSender Sender)> All =
    [
        .. from version in Enum.GetValues<ProtocolVersion>()
           from sender in Enum.GetValues<PacketSender>()
           select (version, sender),
    ];
}
