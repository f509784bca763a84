using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Several subscriptions of one client that match, and Subscription Identifiers (5.0 §3.3.4, §3.8.2.1.2).</summary>
public static class OverlapChecks
{
    private const uint LargestIdentifier = 268_435_455;

    /// <summary>The message comes with the highest QoS: once, or once for each subscription with its own QoS.</summary>
    [Check("MQTT-3.3.4-2", "MQTT3-3.3.5-1", "Trap-82")]
    public static async Task Overlapping_subscriptions_deliver_with_the_highest_QoS(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a/#"), qos: 0);
        await subscriber.SubscribeAsync(probe.Topic("a/+"), qos: 2);
        await subscriber.SubscribeAsync(probe.Topic("a/b"), qos: 1);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        await subscriber.SubscribeAsync(probe.Topic("end"), qos: 2);

        await publisher.PublishAsync(probe.Topic("a/b"), "m", qos: 2);
        await publisher.PublishAsync(probe.Topic("end"), "end", qos: 2);

        var copies = await subscriber.ReceiveUntilAsync("end");
        int[] qos = [.. copies.Select(copy => (int)copy.QoS).Order()];
        Probe.Ensure(qos is [2] or [0, 1, 2], "one copy with QoS 2, or copies with QoS 0, 1 and 2", Text(copies));
        probe.Saw(qos.Length == 1 ? "one copy" : "a copy for each subscription");
    }

    /// <summary>One copy carries all identifiers; several copies carry that of their subscription.</summary>
    [Check("MQTT-3.3.4-3", "MQTT-3.3.4-4", "MQTT-3.3.4-5", "Trap-82")]
    public static async Task Overlapping_subscriptions_give_their_identifiers(Probe probe)
    {
        var subscriber = await IdentifierClientAsync(probe);
        await subscriber.SubscribeAsync(probe.Topic("a/#"), new SubscribeOptions { Identifier = 1 });
        await subscriber.SubscribeAsync(probe.Topic("a/+"), new SubscribeOptions { Identifier = 2 });
        await subscriber.SubscribeAsync(probe.Topic("a/b"), new SubscribeOptions());
        await subscriber.SubscribeAsync(probe.Topic("a/c"), new SubscribeOptions { Identifier = 3 });
        await subscriber.SubscribeAsync(probe.Topic("end"), new SubscribeOptions());
        var publisher = await probe.ConnectAsync();

        await publisher.PublishAsync(probe.Topic("a/b"), "m", qos: 0);
        await publisher.PublishAsync(probe.Topic("end"), "end", qos: 0);

        var copies = await subscriber.ReceiveUntilAsync("end");
        var sets = copies.Select(copy => string.Join(' ', copy.SubscriptionIdentifiers.Order())).Order(StringComparer.Ordinal).ToList();
        Probe.Ensure(sets is ["1 2"] or ["", "1", "2"], "one copy with the identifiers 1 and 2, or three copies: with 1, with 2 and with none", Text(copies));
    }

    /// <summary>Two matching subscriptions may have one identifier; a single copy then has it twice (§3.3.4).</summary>
    [Check("MQTT-3.3.4-4", "Trap-82", IsRecommendation = true)]
    public static async Task An_identifier_of_two_matching_subscriptions_is_given_twice(Probe probe)
    {
        var subscriber = await IdentifierClientAsync(probe);
        await subscriber.SubscribeAsync(probe.Topic("a/#"), new SubscribeOptions { Identifier = 7 });
        await subscriber.SubscribeAsync(probe.Topic("a/+"), new SubscribeOptions { Identifier = 7 });
        await subscriber.SubscribeAsync(probe.Topic("end"), new SubscribeOptions());
        var publisher = await probe.ConnectAsync();

        await publisher.PublishAsync(probe.Topic("a/b"), "m", qos: 0);
        await publisher.PublishAsync(probe.Topic("end"), "end", qos: 0);

        var copies = await subscriber.ReceiveUntilAsync("end");
        uint[] all = [.. copies.SelectMany(copy => copy.SubscriptionIdentifiers)];
        Probe.Ensure(all is [7, 7], "the identifier 7 twice, in one copy or in two", Text(copies));
    }

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

    /// <summary>The identifier belongs to every filter of its SUBSCRIBE.</summary>
    [Check("MQTT-3.3.4-3", "Trap-83")]
    public static async Task A_Subscription_Identifier_belongs_to_all_filters_of_its_packet(Probe probe)
    {
        var subscriber = await IdentifierClientAsync(probe);
        var publisher = await probe.ConnectAsync();
        await subscriber.SendAsync(Packets.Subscribe(probe.Version, 1, new SubscribeOptions { Identifier = 5 }, probe.Topic("a"), probe.Topic("b")));
        await subscriber.ReceiveAnswerAsync(PacketType.Suback, 1);

        await publisher.PublishAsync(probe.Topic("a"), "a", qos: 0);
        await publisher.PublishAsync(probe.Topic("b"), "b", qos: 0);

        EnsureIdentifiers(await subscriber.ReceivePublishAsync("a"), 5);
        EnsureIdentifiers(await subscriber.ReceivePublishAsync("b"), 5);
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

    /// <summary>Identifiers are part of the session (§3.8.4).</summary>
    [Check("MQTT-3.3.4-3", "Trap-83")]
    public static async Task A_Subscription_Identifier_outlives_the_connection(Probe probe)
    {
        var subscriber = await probe.ConnectPersistentAsync("sub");
        subscriber.SkipUnlessAvailable(PropertyId.SubscriptionIdentifierAvailable);
        await subscriber.SubscribeAsync(probe.Topic("a"), new SubscribeOptions { QoS = 1, Identifier = 300 });
        await subscriber.LeaveAsync();
        var publisher = await probe.ConnectPublisherAsync(qos: 1);
        await publisher.PublishAsync(probe.Topic("a"), "waited", qos: 1);

        subscriber = await probe.ResumeAsync("sub");
        await publisher.PublishAsync(probe.Topic("a"), "new", qos: 1);

        EnsureIdentifiers(await subscriber.TakeAsync("waited"), 300);
        EnsureIdentifiers(await subscriber.TakeAsync("new"), 300);
    }

    /// <summary>A retained message comes because of a subscription, and carries its identifier.</summary>
    [Check("MQTT-3.3.4-3", "Trap-83")]
    public static async Task A_retained_message_carries_the_identifier_of_the_new_subscription(Probe probe)
    {
        var subscriber = await IdentifierClientAsync(probe);
        subscriber.SkipUnlessAvailable(PropertyId.RetainAvailable);
        var publisher = await probe.ConnectAsync();
        await publisher.PublishAsync(probe.Topic("a"), "stored", qos: 0, retain: true);
        await publisher.PingAsync();

        await subscriber.SubscribeAsync(probe.Topic("a"), new SubscribeOptions { Identifier = 9 });

        EnsureIdentifiers(await subscriber.ReceivePublishAsync("stored"), 9);
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
        client.SkipUnlessAvailable(PropertyId.SubscriptionIdentifierAvailable);
        return client;
    }

    private static void EnsureIdentifiers(Received publish, params uint[] identifiers) =>
        Probe.Ensure(
            publish.SubscriptionIdentifiers.SequenceEqual(identifiers),
            identifiers.Length == 0 ? "no Subscription Identifier" : $"Subscription Identifier {identifiers[0]}",
            publish);

    private static string Text(IReadOnlyList<Received> packets) => packets.Count == 0 ? "nothing" : string.Join(", ", packets);
}
