using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;

namespace Godwit.Conformance.Checks;

/// <summary>
/// Overlapping subscriptions of one client (5.0 §3.3.4, 3.1.1 §3.3.5). A broker sends one copy with the highest QoS, or one for each
/// subscription with the QoS of that one.
/// </summary>
public static class OverlapChecks
{
    [Check("MQTT-3.3.4-2", "MQTT3-3.3.5-1", Versions = Versions.All)]
    public static async Task The_highest_QoS_of_overlapping_subscriptions_counts(Probe probe) => await OverlapsAsync(probe, 2, 0, 1, 2);

    [Check("MQTT-3.3.4-2", "MQTT3-3.3.5-1", Versions = Versions.All)]
    public static async Task The_order_of_overlapping_subscriptions_does_not_matter(Probe probe)
    {
        await OverlapsAsync(probe, 2, 2, 1, 0);
        await OverlapsAsync(probe, 2, 1, 2, 0);
        await OverlapsAsync(probe, 2, 0, 0, 1);
    }

    [Check("MQTT-3.3.4-2", "MQTT3-3.3.5-1", Versions = Versions.All)]
    public static async Task The_QoS_of_the_message_bounds_that_of_overlapping_subscriptions(Probe probe)
    {
        await OverlapsAsync(probe, 1, 0, 1, 2);
        await OverlapsAsync(probe, 0, 0, 1, 2);
    }

    [Check("MQTT-3.3.4-2", "MQTT3-3.3.5-1", Versions = Versions.All)]
    public static async Task Overlapping_subscriptions_count_for_queued_messages_as_well(Probe probe)
    {
        var session = ConnectOptions.Persistent(probe.ClientId("sub"));
        var subscriber = await probe.ConnectAsync(session);
        Needs.Wildcards(subscriber);
        await subscriber.SubscribeAsync(probe.Topic("a"), 0);     // a QoS 0 copy may be kept or dropped meanwhile
        await subscriber.SubscribeAsync(probe.Topic("+"), 2);
        await subscriber.SubscribeAsync(probe.Topic("#"), 1);
        await subscriber.DisconnectAsync();
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 2);
        await publisher.PublishAsync(probe.Topic("a"), "x", qos: 2);
        await publisher.PublishAsync(probe.Topic("a"), "marker", qos: 2);

        subscriber = await probe.ConnectAsync(session);

        var copies = await subscriber.ReceiveAroundAsync("marker");
        Ensure(copies.Where(copy => copy.QoS != 0).ToList(), [2], [1, 2], "a QoS 2 copy, perhaps a QoS 1 copy as well");
    }

    [Check("MQTT-3.3.4-2", "MQTT3-3.3.5-1", Versions = Versions.All)]
    public static async Task An_overlapping_subscription_that_has_ended_counts_no_more(Probe probe)
    {
        var subscriber = await probe.ConnectAsync();
        Needs.Wildcards(subscriber);
        await subscriber.SubscribeAsync(probe.Topic("a"), 1);
        await subscriber.SubscribeAsync(probe.Topic("#"), 2);
        await subscriber.UnsubscribeAsync(probe.Topic("#"));
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 2);

        await publisher.PublishAsync(probe.Topic("a"), "x", qos: 2);
        await publisher.PublishAsync(probe.Topic("a"), "marker", qos: 2);

        Ensure(await subscriber.ReceiveAroundAsync("marker"), [1], [1], "one QoS 1 copy");
    }

    private static async Task OverlapsAsync(Probe probe, int published, int exact, int plus, int all)
    {
        var subscriber = await probe.ConnectAsync();
        Needs.Wildcards(subscriber);
        await subscriber.SubscribeAsync(probe.Topic("a/b"), exact);
        await subscriber.SubscribeAsync(probe.Topic("a/+"), plus);
        await subscriber.SubscribeAsync(probe.Topic("a/#"), all);
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, published);

        await publisher.PublishAsync(probe.Topic("a/b"), "x", published);
        await publisher.PublishAsync(probe.Topic("a/b"), "marker", published);

        var copies = await subscriber.ReceiveAroundAsync("marker");
        List<int> each = [.. new[] { exact, plus, all }.Select(granted => Math.Min(granted, published)).Order()];
        Ensure(copies, [each.Max()], each, $"a copy with QoS {each.Max()}, or copies with QoS {string.Join(", ", each)}");
        probe.Saw(copies.Count == 1 ? "overlapping subscriptions: one copy" : "overlapping subscriptions: a copy for each");
        await subscriber.DisconnectAsync();
    }

    private static void Ensure(IReadOnlyList<Received> copies, IReadOnlyList<int> one, IReadOnlyList<int> several, string expected)
    {
        var came = copies.Select(copy => (int)copy.QoS).Order().ToList();
        Probe.Ensure(came.SequenceEqual(one) || came.SequenceEqual(several), expected, copies);
    }
}
