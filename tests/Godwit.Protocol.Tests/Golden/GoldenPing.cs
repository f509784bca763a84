using static Godwit.Protocol.Tests.Golden.GoldenRow;

namespace Godwit.Protocol.Tests.Golden;

/// <summary>PINGREQ and PINGRESP (5.0 §3.12, §3.13).</summary>
internal static class GoldenPing
{
    public static GoldenRow[] Rows { get; } =
    [
        Reads("PINGREQ", Versions.All, "C0 00", "PINGREQ"),
        Refuses("PINGREQ with a byte", Versions.All, "C0 01 00", PacketError.TrailingBytes),
        Refuses("PINGREQ with two bytes", Versions.All, "C0 02 0001", PacketError.TrailingBytes),
        Reads("PINGRESP", Versions.All, "D0 00", "PINGRESP"),
        Refuses("PINGRESP with a byte", Versions.All, "D0 01 00", PacketError.TrailingBytes),
        Refuses("PINGRESP with two bytes", Versions.All, "D0 02 0001", PacketError.TrailingBytes),
    ];
}
