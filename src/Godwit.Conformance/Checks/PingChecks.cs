using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>PINGREQ and PINGRESP (§3.12, §3.13).</summary>
public static class PingChecks
{
    /// <summary>The broker answers each PINGREQ.</summary>
    [Check("MQTT-3.12.4-1", "MQTT3-3.12.4-1", Versions = Versions.All)]
    public static async Task Each_PINGREQ_is_answered_with_PINGRESP(Probe probe)
    {
        var client = await probe.ConnectAsync();

        await client.SendAsync(Packets.Pingreq, Packets.Pingreq, Packets.Pingreq);

        await client.ReceiveAsync(PacketType.Pingresp);
        await client.ReceiveAsync(PacketType.Pingresp);
        await client.ReceiveAsync(PacketType.Pingresp);
    }
}
