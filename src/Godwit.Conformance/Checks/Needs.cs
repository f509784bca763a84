using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Leaves a check out when CONNACK says that the broker does not offer what it needs (§3.2.2.3); in 3.x nothing is said.</summary>
internal static class Needs
{
    /// <summary>PUBLISH with this QoS.</summary>
    public static void QoS(WireClient client, int qos)
    {
        var offered = client.Connack!.NumberOr(PropertyId.MaximumQoS, 2);
        Probe.SkipUnless(offered >= qos, string.Create(CultureInfo.InvariantCulture, $"the broker offers QoS {offered} at most"));
    }

    /// <summary>Retained messages.</summary>
    public static void Retained(WireClient client) => Has(client, PropertyId.RetainAvailable, "retained messages");

    /// <summary>Filters with wildcards.</summary>
    public static void Wildcards(WireClient client) => Has(client, PropertyId.WildcardSubscriptionAvailable, "wildcard subscriptions");

    /// <summary>Shared subscriptions.</summary>
    public static void Shared(WireClient client) => Has(client, PropertyId.SharedSubscriptionAvailable, "shared subscriptions");

    /// <summary>Subscription Identifiers.</summary>
    public static void SubscriptionIdentifiers(WireClient client) => Has(client, PropertyId.SubscriptionIdentifierAvailable, "Subscription Identifiers");

    /// <summary>Topic Aliases from the client.</summary>
    /// <returns>How many.</returns>
    public static int TopicAliases(WireClient client, int count)
    {
        var maximum = (int)client.Connack!.NumberOr(PropertyId.TopicAliasMaximum, 0);
        Probe.SkipUnless(maximum >= count, string.Create(CultureInfo.InvariantCulture, $"the broker takes {maximum} Topic Aliases"));
        return maximum;
    }

    /// <summary>Packets of this size towards the broker.</summary>
    public static void PacketSize(WireClient client, int bytes)
    {
        var maximum = client.Connack!.NumberOr(PropertyId.MaximumPacketSize, uint.MaxValue);
        Probe.SkipUnless(maximum >= bytes, string.Create(CultureInfo.InvariantCulture, $"the broker takes packets of at most {maximum} bytes"));
    }

    private static void Has(WireClient client, PropertyId id, string what) =>
        Probe.SkipUnless(client.Connack!.NumberOr(id, 1) == 1, $"the broker offers no {what}");
}
