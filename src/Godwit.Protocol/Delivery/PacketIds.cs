namespace Godwit.Protocol.Delivery;

/// <summary>
/// Packet Identifiers are not drawn but derived: position <c>seq</c> in the order of sending has the id <c>seq mod 65,535 + 1</c>. So an
/// id is never 0, is unique while the window is narrower than 65,535, and is the same after a restart. [MQTT-2.2.1-3] [MQTT-2.2.1-4]
/// [MQTT3-2.3.1-4]
/// </summary>
public static class PacketIds
{
    /// <summary>Number of ids: 1 to 65,535.</summary>
    public const int Count = 65_535;

    /// <summary>The id of a position.</summary>
    /// <param name="seq">Position in the order of sending since the session began, from 0.</param>
    public static ushort Of(long seq) => (ushort)((seq % Count) + 1);

    /// <summary>The only position from <paramref name="oldest"/> on, within 65,535, that has this id.</summary>
    /// <param name="packetId">1 to 65,535.</param>
    /// <param name="oldest">The oldest position of the window.</param>
    public static long PositionOf(ushort packetId, long oldest)
    {
        var distance = packetId - 1 - (oldest % Count);
        return oldest + (distance < 0 ? distance + Count : distance);
    }
}
