using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Storing, replacing, sending and removing retained messages (5.0 and 3.1.1 §3.3.1.3).</summary>
public static class RetainedChecks
{
    [Check("MQTT-3.3.1-5", "MQTT-3.3.1-9", "MQTT3-3.3.1-5", "MQTT3-3.3.1-6", "MQTT3-3.3.1-8", "Trap-71", Versions = Versions.All)]
    public static async Task A_new_subscription_gets_the_retained_message_with_RETAIN_set(Probe probe)
    {
        var publisher = await ConnectPublisherAsync(probe);
        await publisher.PublishAsync(probe.Topic("a"), "kept", qos: 1, retain: true);

        var retained = await TakeAsync(probe, probe.Topic("a"), 1);

        Probe.Ensure(retained[0] is { Text: "kept", Retain: true }, "PUBLISH 'kept' with RETAIN", retained[0]);
    }

    [Check("MQTT-3.3.1-5", "MQTT3-3.3.1-6", Versions = Versions.All)]
    public static async Task The_last_retained_message_replaces_the_earlier_ones(Probe probe)
    {
        var publisher = await ConnectPublisherAsync(probe);
        foreach (var payload in new[] { "first", "second", "third" })
        {
            await publisher.PublishAsync(probe.Topic("a"), payload, qos: 1, retain: true);
        }

        var retained = await TakeAsync(probe, probe.Topic("a"), 1);

        Probe.Ensure(retained[0] is { Text: "third" }, "the last retained message", retained[0]);
    }

    [Check("MQTT-3.3.1-9", "MQTT3-3.3.1-6", "Trap-73", Versions = Versions.All)]
    public static async Task Each_matching_topic_has_its_retained_message_and_each_comes_once(Probe probe)
    {
        var publisher = await ConnectPublisherAsync(probe);
        Needs.Wildcards(publisher);
        foreach (var topic in new[] { "a", "a/b", "a/b/c", "b" })
        {
            await publisher.PublishAsync(probe.Topic(topic), topic, qos: 1, retain: true);
        }

        await SendsAsync("a/#", "a", "a/b", "a/b/c");
        await SendsAsync("a/+", "a/b");
        await SendsAsync("+", "a", "b");
        await SendsAsync("+/b/#", "a/b", "a/b/c");
        await SendsAsync("c/#");

        async Task SendsAsync(string filter, params string[] topics)
        {
            var retained = await TakeAsync(probe, probe.Topic(filter), topics.Length);
            var came = retained.Select(publish => publish.Text).Order(StringComparer.Ordinal).ToList();
            Probe.Ensure(came.SequenceEqual(topics, StringComparer.Ordinal), $"for the filter {filter} those of {string.Join(", ", topics)}", retained);
            var areRight = retained.All(publish => publish.Retain && IsTo(publish, probe.Topic(publish.Text)));
            Probe.Ensure(areRight, "RETAIN and the right Topic Name", retained);
        }
    }

    /// <summary>The QoS is kept with the message, and goes out as far as the subscription allows.</summary>
    [Check("MQTT-3.3.1-5", "MQTT3-3.3.1-5", "Trap-76", Versions = Versions.All)]
    public static async Task A_retained_message_keeps_its_QoS_as_far_as_the_subscription_allows(Probe probe)
    {
        var publisher = await ConnectPublisherAsync(probe);
        Needs.QoS(publisher, 2);
        foreach (var stored in new[] { 1, 2 })
        {
            await publisher.PublishAsync(probe.Topic("a"), $"QoS {stored}", stored, retain: true);
            foreach (var granted in new[] { 0, 1, 2 })
            {
                var subscriber = await probe.ConnectAsync();
                var retained = await subscriber.SubscribeAndTakeRetainedAsync(probe.Topic("a"), new SubscribeOptions { QoS = granted }, 1);
                var expected = Math.Min(stored, granted);
                Probe.Ensure((int)retained[0].QoS == expected, $"QoS {expected} for a subscription with QoS {granted}", retained[0]);
            }
        }
    }

    /// <summary>A broker may drop a retained QoS 0 message at any time, but the older one is gone.</summary>
    [Check("MQTT-3.3.1-5", "MQTT3-3.3.1-7", Versions = Versions.All)]
    public static async Task A_retained_QoS_0_message_replaces_one_with_QoS_1(Probe probe)
    {
        var publisher = await ConnectPublisherAsync(probe);
        await publisher.PublishAsync(probe.Topic("a"), "old", qos: 1, retain: true);
        await publisher.PublishAsync(probe.Topic("a"), "new", qos: 0, retain: true);
        await publisher.PingAsync();

        var subscriber = await probe.ConnectAsync();
        var retained = await subscriber.SubscribeAndTakeAnyAsync(new SubscribeOptions { QoS = 2 }, probe.Topic("a"));

        probe.Saw(retained.Count == 0 ? "retained QoS 0 message: dropped" : "retained QoS 0 message: kept");
        Probe.Ensure(retained is [] or [{ Text: "new", QoS: QoS.AtMostOnce, Retain: true }], "the new message with QoS 0 or none", retained);
    }

    [Check("MQTT-3.3.1-12", "MQTT3-3.3.1-9", "Trap-71", Versions = Versions.All)]
    public static async Task An_established_subscription_gets_messages_without_RETAIN(Probe probe)
    {
        var publisher = await ConnectPublisherAsync(probe);
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), 1);

        await publisher.PublishAsync(probe.Topic("a"), "with", qos: 1, retain: true);
        await publisher.PublishAsync(probe.Topic("a"), "without", qos: 1);

        foreach (var payload in new[] { "with", "without" })
        {
            var publish = await subscriber.TakeAsync(payload);
            Probe.Ensure(!publish.Retain, "RETAIN 0", publish);
        }
    }

    [Check("MQTT-3.3.1-6", "MQTT3-3.3.1-10", "Trap-75", Versions = Versions.All)]
    public static async Task An_empty_retained_message_removes_the_one_that_was_kept(Probe probe)
    {
        var publisher = await ConnectPublisherAsync(probe);
        foreach (var qos in new[] { 0, 1 })
        {
            await publisher.PublishAsync(probe.Topic("a"), "kept", qos: 1, retain: true);
            await publisher.PublishAsync(probe.Topic("a/b"), "other", qos: 1, retain: true);
            await publisher.PublishAsync(probe.Topic("a"), "", qos, retain: true);
            await publisher.PingAsync();

            await TakeAsync(probe, probe.Topic("a"), 0);
            await TakeAsync(probe, probe.Topic("a/b"), 1);
        }
    }

    [Check("MQTT-3.3.1-6", "MQTT3-3.3.1-10", "Trap-75", Versions = Versions.All)]
    public static async Task An_empty_retained_message_is_forwarded_like_any_other(Probe probe)
    {
        var publisher = await ConnectPublisherAsync(probe);
        await publisher.PublishAsync(probe.Topic("a"), "kept", qos: 1, retain: true);
        var subscriber = await probe.ConnectAsync();
        await subscriber.SubscribeAndTakeRetainedAsync(probe.Topic("a"), new SubscribeOptions(), 1);

        await publisher.PublishAsync(probe.Topic("a"), "", qos: 1, retain: true);

        var publish = await subscriber.ReceivePublishAsync("");
        Probe.Ensure(!publish.Retain && IsTo(publish, probe.Topic("a")), "an empty PUBLISH without RETAIN", publish);
    }

    [Check("MQTT-3.3.1-7", "MQTT3-3.3.1-11", "Trap-75", Versions = Versions.All)]
    public static async Task An_empty_retained_message_is_not_kept(Probe probe)
    {
        var publisher = await ConnectPublisherAsync(probe);

        await publisher.PublishAsync(probe.Topic("a"), "", qos: 1, retain: true);
        await publisher.PublishAsync(probe.Topic("a"), "", qos: 1, retain: true);

        await TakeAsync(probe, probe.Topic("a"), 0);
    }

    [Check("MQTT-3.3.1-8", "MQTT3-3.3.1-12", Versions = Versions.All)]
    public static async Task A_message_without_RETAIN_is_not_kept(Probe probe)
    {
        var publisher = await ConnectPublisherAsync(probe);

        await publisher.PublishAsync(probe.Topic("a"), "gone", qos: 1);

        await TakeAsync(probe, probe.Topic("a"), 0);
    }

    [Check("MQTT-3.3.1-8", "MQTT3-3.3.1-12", "Trap-75", Versions = Versions.All)]
    public static async Task A_message_without_RETAIN_neither_replaces_nor_removes_the_one_that_was_kept(Probe probe)
    {
        var publisher = await ConnectPublisherAsync(probe);
        await publisher.PublishAsync(probe.Topic("a"), "kept", qos: 1, retain: true);

        await publisher.PublishAsync(probe.Topic("a"), "other", qos: 1);
        await publisher.PublishAsync(probe.Topic("a"), "", qos: 1);

        var retained = await TakeAsync(probe, probe.Topic("a"), 1);
        Probe.Ensure(retained[0] is { Text: "kept" }, "PUBLISH 'kept'", retained[0]);
    }

    /// <summary>Retained messages belong to no session: they stay when their publisher's ends.</summary>
    [Check("MQTT-3.3.1-5", "MQTT3-3.3.1-5", Versions = Versions.All)]
    public static async Task A_retained_message_outlives_the_session_of_its_publisher(Probe probe)
    {
        var publisher = await ConnectPublisherAsync(probe, probe.ClientId("pub"));
        await publisher.PublishAsync(probe.Topic("a"), "kept", qos: 1, retain: true);
        await publisher.DisconnectAsync();
        await ConnectPublisherAsync(probe, probe.ClientId("pub"));

        var retained = await TakeAsync(probe, probe.Topic("a"), 1);

        Probe.Ensure(retained[0] is { Text: "kept" }, "PUBLISH 'kept'", retained[0]);
    }

    [Check("Trap-73", Versions = Versions.All)]
    public static async Task Overlapping_filters_in_one_SUBSCRIBE_bring_a_retained_message_once_or_once_each(Probe probe)
    {
        var publisher = await ConnectPublisherAsync(probe);
        Needs.Wildcards(publisher);
        await publisher.PublishAsync(probe.Topic("a"), "kept", qos: 1, retain: true);
        var subscriber = await probe.ConnectAsync();

        var retained = await subscriber.SubscribeAndTakeAnyAsync(new SubscribeOptions(), probe.Topic("a"), probe.Topic("+"), probe.Topic("#"));

        Probe.Ensure(retained.All(publish => publish is { Text: "kept", Retain: true }), "only PUBLISH 'kept' with RETAIN", retained);
        var count = retained.Count;
        Probe.Ensure(count is 1 or 3, "the retained message once, or once for each of three filters", $"{count} times");
        probe.Saw(count == 1 ? "overlapping filters in one SUBSCRIBE: one retained copy" : "overlapping filters in one SUBSCRIBE: a retained copy for each");
    }

    [Check("MQTT-3.3.1-5", "Trap-76", Versions = Versions.Mqtt5)]
    public static async Task A_retained_message_keeps_its_properties(Probe probe)
    {
        var publisher = await ConnectPublisherAsync(probe);
        WireProperty[] properties =
        [
            WireProperty.Number(PropertyId.PayloadFormatIndicator, 1),
            WireProperty.Text(PropertyId.ContentType, "text/plain"),
            WireProperty.Text(PropertyId.ResponseTopic, "answer/here"),
            WireProperty.Binary(PropertyId.CorrelationData, [0, 1, 255]),
            WireProperty.User("b", "1"),
            WireProperty.User("a", "2"),
        ];
        await publisher.PublishAsync(probe.Topic("a"), "kept", new PublishOptions { QoS = 1, Retain = true, Properties = properties });

        var retained = (await TakeAsync(probe, probe.Topic("a"), 1))[0];

        Probe.Ensure(
            retained.NumberOr(PropertyId.PayloadFormatIndicator, 0) == 1
            && retained.Property(PropertyId.ContentType) is { Text: "text/plain" }
            && retained.Property(PropertyId.ResponseTopic) is { Text: "answer/here" }
            && retained.Property(PropertyId.CorrelationData)?.Value is [0, 1, 255]
            && retained.UserProperties is ["b=1", "a=2"],
            "all properties as they were published",
            retained);
    }

    /// <summary>A publisher whose broker keeps retained messages.</summary>
    internal static async Task<WireClient> ConnectPublisherAsync(Probe probe, string? clientId = null)
    {
        var publisher = await probe.ConnectAsync(new ConnectOptions { ClientId = clientId });
        Needs.Retained(publisher);
        Needs.QoS(publisher, 1);
        return publisher;
    }

    private static bool IsTo(Received publish, string topic) => string.Equals(publish.Topic, topic, StringComparison.Ordinal);

    private static async Task<IReadOnlyList<Received>> TakeAsync(Probe probe, string filter, int count)
    {
        var subscriber = await probe.ConnectAsync();
        var retained = await subscriber.SubscribeAndTakeRetainedAsync(filter, new SubscribeOptions { QoS = 2 }, count);
        await subscriber.DisconnectAsync();
        return retained;
    }
}
