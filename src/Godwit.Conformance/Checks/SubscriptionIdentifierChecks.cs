using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Subscription Identifiers in PUBLISH (5.0 §3.3.2.3.8, §3.3.4).</summary>
public static class SubscriptionIdentifierChecks
{
    private const uint Largest = 268_435_455;       // 4 bytes × 7 bits: 2^28 - 1

    [Check("MQTT-3.3.4-3")]
    public static async Task A_message_carries_the_identifier_of_its_subscription(Probe probe)
    {
        foreach (var identifier in new uint[] { 1, 127, 128, 16_384, 2_097_152, Largest })
        {
            var subscriber = await ConnectAsync(probe, ("a", identifier));
            EnsureIdentifiers(await PublishAsync(probe, subscriber, "a"), $"[{identifier}]");
        }
    }

    [Check("MQTT-3.3.4-3")]
    public static async Task A_subscription_without_an_identifier_brings_messages_without(Probe probe)
    {
        await ConnectAsync(probe, ("a", 5));
        var subscriber = await ConnectAsync(probe, ("a", null), ("b", 6));

        EnsureIdentifiers(await PublishAsync(probe, subscriber, "a"), "[]");
    }

    [Check("MQTT-3.3.4-3", "MQTT-3.3.4-4", "MQTT-3.3.4-5", "Trap-82")]
    public static async Task Overlapping_subscriptions_bring_all_their_identifiers(Probe probe)
    {
        var subscriber = await ConnectAsync(probe, ("#", 3), ("a", 1), ("b", 9), ("+", Largest));

        var copies = await PublishAsync(probe, subscriber, "a");

        EnsureIdentifiers(copies, $"[1, 3, {Largest}]", $"[1] [{Largest}] [3]");
        probe.Saw(copies.Count == 1 ? "Subscription Identifiers: all in one copy" : "Subscription Identifiers: one in each copy");
    }

    [Check("MQTT-3.3.4-3", "MQTT-3.3.4-4", "MQTT-3.3.4-5", "Trap-82")]
    public static async Task The_order_of_SUBSCRIBE_does_not_lose_an_identifier(Probe probe)
    {
        foreach (var filters in new string[][] { ["a", "+", "#"], ["#", "+", "a"], ["+", "a", "#"] })
        {
            var subscriber = await ConnectAsync(probe, (filters[0], 10), (filters[1], 20), (filters[2], 30));
            EnsureIdentifiers(await PublishAsync(probe, subscriber, "a"), "[10, 20, 30]", "[10] [20] [30]");
        }
    }

    [Check("MQTT-3.3.4-3", "MQTT-3.3.4-4", "MQTT-3.3.4-5", "Trap-82")]
    public static async Task An_overlapping_subscription_without_an_identifier_adds_none(Probe probe)
    {
        var subscriber = await ConnectAsync(probe, ("a", null), ("#", 7));

        EnsureIdentifiers(await PublishAsync(probe, subscriber, "a"), "[7]", "[7] []");
    }

    /// <summary>The specification tells what one copy carries, but not in a statement.</summary>
    [Check("MQTT-3.3.4-4", "MQTT-3.3.4-5", IsRecommendation = true)]
    public static async Task The_same_identifier_twice_is_sent_twice(Probe probe)
    {
        var subscriber = await ConnectAsync(probe, ("a", 7), ("#", 7));

        EnsureIdentifiers(await PublishAsync(probe, subscriber, "a"), "[7, 7]", "[7] [7]");
    }

    [Check("MQTT-3.3.4-3", "MQTT-3.3.4-4")]
    public static async Task One_SUBSCRIBE_gives_its_identifier_to_all_its_filters(Probe probe)
    {
        var subscriber = await ConnectAsync(probe);
        var options = new SubscribeOptions { QoS = 1, Identifier = 8 };
        await subscriber.SendAsync(Packets.Subscribe(probe.Version, subscriber.NextPacketId(), options, probe.Topic("a"), probe.Topic("b")));
        await subscriber.ReceiveAsync(Godwit.Protocol.PacketType.Suback);

        EnsureIdentifiers(await PublishAsync(probe, subscriber, "a"), "[8]");
        EnsureIdentifiers(await PublishAsync(probe, subscriber, "b"), "[8]");
    }

    [Check("MQTT-3.3.4-3")]
    public static async Task Each_client_gets_its_own_identifiers_only(Probe probe)
    {
        var first = await ConnectAsync(probe, ("a", 1));
        var second = await ConnectAsync(probe, ("a", 2));
        var third = await ConnectAsync(probe, ("#", null));

        await SendAsync(probe, "a");

        EnsureIdentifiers(await first.ReceivePublishesUntilAsync("marker"), "[1]");
        EnsureIdentifiers(await second.ReceivePublishesUntilAsync("marker"), "[2]");
        EnsureIdentifiers(await third.ReceivePublishesUntilAsync("marker"), "[]");
    }

    /// <summary>And not those of other members of the group.</summary>
    [Check("MQTT-3.3.4-3")]
    public static async Task A_shared_subscription_brings_the_identifier_of_the_client_that_gets_the_message(Probe probe)
    {
        WireClient[] members = [await ConnectAsync(probe, ("end", null)), await ConnectAsync(probe, ("end", null))];
        Needs.Shared(members[0]);
        foreach (var (member, identifier) in new[] { (members[0], 1u), (members[1], 2u) })
        {
            await member.SubscribeAsync($"$share/{probe.Prefix}/{probe.Topic("a")}", new SubscribeOptions { QoS = 1, Identifier = identifier });
        }

        var publisher = await probe.ConnectAsync();
        foreach (var _ in Enumerable.Range(0, 10))
        {
            await publisher.PublishAsync(probe.Topic("a"), "x", qos: 1);
        }

        await publisher.PublishAsync(probe.Topic("end"), "marker", qos: 1);
        var first = await members[0].ReceiveAroundAsync("marker");
        var second = await members[1].ReceiveAroundAsync("marker");
        Probe.Ensure(first.Count + second.Count > 0, "messages for the members of the group", "none");
        EnsureIdentifiers(first, string.Join(' ', first.Select(_ => "[1]")));
        EnsureIdentifiers(second, string.Join(' ', second.Select(_ => "[2]")));
    }

    [Check("MQTT-3.3.4-3")]
    public static async Task A_retained_message_carries_the_identifier_of_the_SUBSCRIBE_that_brings_it(Probe probe)
    {
        var publisher = await RetainedChecks.ConnectPublisherAsync(probe);
        await publisher.PublishAsync(probe.Topic("a"), "kept", qos: 1, retain: true);
        var subscriber = await ConnectAsync(probe, ("b", 3));

        foreach (var identifier in new uint?[] { 4, Largest, null })
        {
            var retained = await subscriber.SubscribeAndTakeRetainedAsync(probe.Topic("a"), new SubscribeOptions { Identifier = identifier }, 1);
            EnsureIdentifiers(retained, $"[{identifier}]");
        }
    }

    [Check("MQTT-3.3.4-3")]
    public static async Task A_queued_message_carries_the_identifiers_of_its_subscriptions(Probe probe)
    {
        var session = ConnectOptions.Persistent(probe.ClientId("sub"));
        var subscriber = await ConnectAsync(probe, session, ("a", 4), ("#", 5));
        await subscriber.DisconnectAsync();
        await SendAsync(probe, "a");

        subscriber = await probe.ConnectAsync(session);

        EnsureIdentifiers(await subscriber.ReceiveAroundAsync("marker"), "[4, 5]", "[4] [5]");
    }

    [Check("MQTT-3.3.4-3")]
    public static async Task A_session_that_is_resumed_keeps_its_identifiers(Probe probe)
    {
        var session = ConnectOptions.Persistent(probe.ClientId("sub"));
        var subscriber = await ConnectAsync(probe, session, ("a", 4), ("#", 5));
        await subscriber.DisconnectAsync();

        subscriber = await probe.ConnectAsync(session);

        EnsureIdentifiers(await PublishAsync(probe, subscriber, "a"), "[4, 5]", "[4] [5]");
    }

    [Check("MQTT-3.3.4-6", "Trap-64")]
    public static async Task A_client_that_sends_a_Subscription_Identifier_is_disconnected(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"));
        foreach (var identifier in new uint[] { 1, Largest })
        {
            foreach (var qos in new[] { 0, 1 })
            {
                var publisher = await probe.ConnectAsync();
                var options = new PublishOptions { QoS = qos, Properties = [WireProperty.Number(PropertyId.SubscriptionIdentifier, identifier)] };
                await publisher.SendPublishAsync(probe.Topic("a"), "x", options);
                probe.Saw(await publisher.IsClosedAsync(0x81, 0x82));
            }
        }

        await (await probe.ConnectAsync()).SendPublishAsync(probe.Topic("a"), "marker");
        await subscriber.ReceivePublishAsync("marker");
    }

    private static Task<WireClient> ConnectAsync(Probe probe, params (string Filter, uint? Identifier)[] subscriptions) =>
        ConnectAsync(probe, new ConnectOptions(), subscriptions);

    private static async Task<WireClient> ConnectAsync(Probe probe, ConnectOptions options, params (string Filter, uint? Identifier)[] subscriptions)
    {
        var subscriber = await probe.ConnectAsync(options);
        Needs.SubscriptionIdentifiers(subscriber);
        Needs.Wildcards(subscriber);
        Needs.QoS(subscriber, 1);
        foreach (var (filter, identifier) in subscriptions)
        {
            await subscriber.SubscribeAsync(probe.Topic(filter), new SubscribeOptions { QoS = 1, Identifier = identifier });
        }

        return subscriber;
    }

    private static async Task SendAsync(Probe probe, string topic)
    {
        var publisher = await probe.ConnectAsync();
        await publisher.PublishAsync(probe.Topic(topic), "x", qos: 1);
        await publisher.PublishAsync(probe.Topic(topic), "marker", qos: 1);
    }

    private static async Task<IReadOnlyList<Received>> PublishAsync(Probe probe, WireClient subscriber, string topic)
    {
        await SendAsync(probe, topic);
        return await subscriber.ReceiveAroundAsync("marker");
    }

    /// <summary>
    /// The copies carry the identifiers of one of the alternatives, e.g. <c>[1, 2]</c> one copy, <c>[1] [2]</c> two; sorted as text, for
    /// their order is free (§3.3.2.3.8).
    /// </summary>
    private static void EnsureIdentifiers(IReadOnlyList<Received> copies, params string[] alternatives)
    {
        var each = copies.Select(copy => $"[{string.Join(", ", copy.SubscriptionIdentifiers.Order())}]");
        var came = string.Join(' ', each.Order(StringComparer.Ordinal));
        var expected = $"copies with the Subscription Identifiers {string.Join(" or ", alternatives)}";
        Probe.Ensure(alternatives.Contains(came, StringComparer.Ordinal), expected, copies);
    }
}
