using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>The Subscription Identifier of SUBSCRIBE (5.0 §3.8.2.1.2).</summary>
public static class SubscribeIdentifierChecks
{
    private const uint LargestIdentifier = 268_435_455;

    /// <summary>Small and large identifiers come back as they were, in one to four bytes.</summary>
    [Check("MQTT-3.3.4-3", "Trap-83")]
    public static async Task A_Subscription_Identifier_of_any_size_comes_with_the_message(Probe probe)
    {
        var subscriber = await IdentifierClientAsync(probe);
        var publisher = await probe.ConnectAsync();

        foreach (var identifier in new uint[] { 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, LargestIdentifier })
        {
            var topic = probe.Topic(identifier.ToString(CultureInfo.InvariantCulture));
            await subscriber.SubscribeAsync(topic, new SubscribeOptions { Identifier = identifier });
            await publisher.PublishAsync(topic, "m", qos: 0);
            EnsureIdentifiers(await subscriber.ReceivePublishAsync("m"), identifier);
        }
    }

    /// <summary>The next SUBSCRIBE with the same filter brings its own identifier, or none.</summary>
    [Check("MQTT-3.8.4-3", "Trap-83")]
    public static async Task An_identical_filter_replaces_or_removes_the_Subscription_Identifier(Probe probe)
    {
        var subscriber = await IdentifierClientAsync(probe);
        var publisher = await probe.ConnectAsync();

        foreach (var identifier in new uint?[] { 1, 2, null, 3 })
        {
            await subscriber.SubscribeAsync(probe.Topic("a"), new SubscribeOptions { Identifier = identifier });
            await publisher.PublishAsync(probe.Topic("a"), "m", qos: 0);
            EnsureIdentifiers(await subscriber.ReceivePublishAsync("m"), identifier is { } value ? [value] : []);
        }
    }

    /// <summary>0 is no identifier, and a SUBSCRIBE has at most one (§3.8.2.1.2).</summary>
    [Check("Trap-83", Versions = Versions.Mqtt5)]
    public static Task SUBSCRIBE_with_identifier_0_or_with_two_ends_the_connection(Probe probe) => probe.EachClosesAsync(
        [
            Subscribe(probe, WireProperty.Raw(0x0B, 0x00)),
            Subscribe(probe, WireProperty.Raw(0x0B, 0x01), WireProperty.Raw(0x0B, 0x02)),
            Subscribe(probe, WireProperty.Raw(0x0B, 0x01), WireProperty.Raw(0x0B, 0x01)),
        ],
        0x82,
        0x81);

    private static byte[] Subscribe(Probe probe, params WireProperty[] properties) =>
        new PacketBuilder(PacketType.Subscribe, 2).UInt16(1).Properties(probe.Version, properties).String(probe.Topic("a")).Byte(0).ToBytes();

    private static async Task<WireClient> IdentifierClientAsync(Probe probe)
    {
        var client = await probe.ConnectAsync();
        Needs.SubscriptionIdentifiers(client);
        return client;
    }

    private static void EnsureIdentifiers(Received publish, params uint[] identifiers) =>
        Probe.Ensure(
            publish.SubscriptionIdentifiers.SequenceEqual(identifiers),
            identifiers.Length == 0 ? "no Subscription Identifier" : $"Subscription Identifier {identifiers[0]}",
            publish);
}
