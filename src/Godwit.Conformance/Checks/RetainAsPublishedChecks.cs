using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;

namespace Godwit.Conformance.Checks;

/// <summary>RETAIN in forwarded messages: Retain As Published (5.0 §3.3.1.3).</summary>
public static class RetainAsPublishedChecks
{
    [Check("MQTT-3.3.1-12", "Trap-71")]
    public static async Task Retain_As_Published_0_clears_RETAIN(Probe probe) => await ForwardsAsync(probe, asPublished: false);

    [Check("MQTT-3.3.1-13", "Trap-71")]
    public static async Task Retain_As_Published_1_keeps_RETAIN(Probe probe) => await ForwardsAsync(probe, asPublished: true);

    [Check("MQTT-3.3.1-13", "Trap-71")]
    public static async Task Retain_As_Published_1_keeps_RETAIN_through_a_shared_subscription(Probe probe) =>
        await ForwardsAsync(probe, asPublished: true, share: $"$share/{probe.Prefix}/");

    [Check("MQTT-3.3.1-12", "Trap-71")]
    public static async Task Retain_As_Published_0_clears_RETAIN_through_a_shared_subscription(Probe probe) =>
        await ForwardsAsync(probe, asPublished: false, share: $"$share/{probe.Prefix}/");

    [Check("MQTT-3.3.1-12", "MQTT-3.3.1-13", "Trap-71")]
    public static async Task Each_subscriber_gets_RETAIN_as_it_asked(Probe probe)
    {
        var publisher = await RetainedChecks.ConnectPublisherAsync(probe);
        var clears = await probe.ConnectSubscriberAsync(probe.Topic("a"));
        var keeps = await probe.ConnectAsync();
        await keeps.SubscribeAsync(probe.Topic("a"), new SubscribeOptions { RetainAsPublished = true });

        await publisher.PublishAsync(probe.Topic("a"), "x", qos: 1, retain: true);

        EnsureRetain(await clears.ReceivePublishAsync("x"), false);
        EnsureRetain(await keeps.ReceivePublishAsync("x"), true);
    }

    [Check("MQTT-3.3.1-12", "MQTT-3.3.1-13", "Trap-71")]
    public static async Task The_last_SUBSCRIBE_for_a_filter_decides_about_RETAIN(Probe probe)
    {
        var publisher = await RetainedChecks.ConnectPublisherAsync(probe);
        var subscriber = await probe.ConnectAsync();
        foreach (var asPublished in new[] { true, false, true })
        {
            await subscriber.SubscribeAsync(probe.Topic("a"), new SubscribeOptions { RetainAsPublished = asPublished, RetainHandling = 2 });

            await publisher.PublishAsync(probe.Topic("a"), "x", qos: 1, retain: true);

            EnsureRetain(await subscriber.ReceivePublishAsync("x"), asPublished);
        }
    }

    [Check("MQTT-3.3.1-12", "MQTT-3.3.1-13", "Trap-71")]
    public static async Task A_queued_message_has_RETAIN_as_its_subscription_asked(Probe probe)
    {
        var publisher = await RetainedChecks.ConnectPublisherAsync(probe);
        foreach (var asPublished in new[] { false, true })
        {
            var session = ConnectOptions.Persistent(probe.ClientId($"sub{asPublished}"));
            var subscriber = await probe.ConnectAsync(session);
            await subscriber.SubscribeAsync(probe.Topic("a"), new SubscribeOptions { QoS = 1, RetainAsPublished = asPublished, RetainHandling = 2 });
            await subscriber.DisconnectAsync();
            await publisher.PublishAsync(probe.Topic("a"), "with", qos: 1, retain: true);
            await publisher.PublishAsync(probe.Topic("a"), "without", qos: 1);

            subscriber = await probe.ConnectAsync(session);

            EnsureRetain(await subscriber.TakeAsync("with"), asPublished);
            EnsureRetain(await subscriber.TakeAsync("without"), false);
        }
    }

    [Check("MQTT-3.3.1-6", "MQTT-3.3.1-13", "Trap-75")]
    public static async Task An_empty_retained_message_keeps_RETAIN_with_Retain_As_Published(Probe probe)
    {
        var publisher = await RetainedChecks.ConnectPublisherAsync(probe);
        var subscriber = await probe.ConnectAsync();
        await subscriber.SubscribeAsync(probe.Topic("a"), new SubscribeOptions { RetainAsPublished = true });

        await publisher.PublishAsync(probe.Topic("a"), "", qos: 1, retain: true);

        EnsureRetain(await subscriber.ReceivePublishAsync(""), true);
    }

    /// <summary>From the store a message comes with RETAIN, whatever the option says.</summary>
    [Check("Trap-71", Versions = Versions.Mqtt5)]
    public static async Task Retained_messages_have_RETAIN_whatever_Retain_As_Published_says(Probe probe)
    {
        var publisher = await RetainedChecks.ConnectPublisherAsync(probe);
        await publisher.PublishAsync(probe.Topic("a"), "kept", qos: 1, retain: true);
        foreach (var asPublished in new[] { false, true })
        {
            var subscriber = await probe.ConnectAsync();
            var options = new SubscribeOptions { RetainAsPublished = asPublished };

            var retained = await subscriber.SubscribeAndTakeRetainedAsync(probe.Topic("a"), options, 1);

            EnsureRetain(retained[0], true);
        }
    }

    private static async Task ForwardsAsync(Probe probe, bool asPublished, string share = "")
    {
        var publisher = await RetainedChecks.ConnectPublisherAsync(probe);
        var subscriber = await probe.ConnectAsync();
        if (share.Length > 0)
        {
            Needs.Shared(subscriber);
        }

        await subscriber.SubscribeAsync(share + probe.Topic("a"), new SubscribeOptions { QoS = 1, RetainAsPublished = asPublished });
        foreach (var qos in new[] { 0, 1 })
        {
            await publisher.PublishAsync(probe.Topic("a"), "with", qos, retain: true);
            EnsureRetain(await subscriber.TakeAsync("with"), asPublished);

            await publisher.PublishAsync(probe.Topic("a"), "without", qos);
            EnsureRetain(await subscriber.TakeAsync("without"), false);
        }
    }

    private static void EnsureRetain(Received publish, bool retain) => Probe.Ensure(publish.Retain == retain, retain ? "RETAIN 1" : "RETAIN 0", publish);
}
