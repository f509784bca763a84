using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks.Tables;

/// <summary>What a broker may do without, and then says so in CONNACK.</summary>
internal static class Offer
{
    /// <summary>Leaves the check, or the case, out when the broker does not take this QoS.</summary>
    public static void SkipUnlessQoS(WireClient client, uint qos)
    {
        var most = client.Connack!.NumberOr(PropertyId.MaximumQoS, 2);
        Probe.SkipUnless(most >= qos, $"the broker offers no QoS above {most}");
    }
}
