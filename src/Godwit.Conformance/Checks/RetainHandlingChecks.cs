using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;

namespace Godwit.Conformance.Checks;

/// <summary>When a SUBSCRIBE brings retained messages: Retain Handling (5.0 §3.3.1.3, §3.8.3.1), and 3.x, where it always does.</summary>
public static class RetainHandlingChecks
{
    private const string Kept = "kept";

    [Check("MQTT-3.3.1-9", "Trap-73", Versions = Versions.All)]
    public static async Task Retain_Handling_0_sends_retained_messages_at_each_SUBSCRIBE(Probe probe)
    {
        var subscriber = await GivenRetainedAsync(probe);

        await SubscribeAsync(probe, subscriber, handling: 0, count: 1);
        await SubscribeAsync(probe, subscriber, handling: 0, count: 1);
    }

    [Check("MQTT-3.3.1-10", "Trap-72")]
    public static async Task Retain_Handling_1_sends_retained_messages_to_a_new_subscription(Probe probe)
    {
        var subscriber = await GivenRetainedAsync(probe);

        await SubscribeAsync(probe, subscriber, handling: 1, count: 1);
    }

    [Check("MQTT-3.3.1-10", "Trap-72")]
    public static async Task Retain_Handling_1_sends_nothing_to_a_subscription_that_existed(Probe probe)
    {
        var subscriber = await GivenRetainedAsync(probe);
        await SubscribeAsync(probe, subscriber, handling: 2, count: 0);

        await SubscribeAsync(probe, subscriber, handling: 1, count: 0);
        await SubscribeAsync(probe, subscriber, handling: 1, count: 0, qos: 1);
    }

    /// <summary>Whether the other filter matches the same topic does not matter.</summary>
    [Check("MQTT-3.3.1-10", "Trap-72")]
    public static async Task Retain_Handling_1_looks_at_the_filter_and_not_at_the_topic(Probe probe)
    {
        var subscriber = await GivenRetainedAsync(probe);
        Needs.Wildcards(subscriber);
        await SubscribeAsync(probe, subscriber, handling: 1, count: 1);

        await SubscribeAsync(probe, subscriber, handling: 1, count: 1, filter: "+");
        await SubscribeAsync(probe, subscriber, handling: 1, count: 0, filter: "+");
    }

    [Check("MQTT-3.3.1-10", "Trap-72")]
    public static async Task Retain_Handling_1_is_decided_for_each_filter_of_one_SUBSCRIBE(Probe probe)
    {
        var subscriber = await GivenRetainedAsync(probe);
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("b"), Kept, qos: 1, retain: true);
        await SubscribeAsync(probe, subscriber, handling: 1, count: 1);
        var packetId = subscriber.NextPacketId();

        var options = new SubscribeOptions { RetainHandling = 1 };
        await subscriber.SendAsync(Packets.Subscribe(probe.Version, packetId, options, probe.Topic("a"), probe.Topic("b")));

        var retained = await subscriber.TakeRetainedAsync(packetId, 1);
        Probe.Ensure(string.Equals(retained[0].Topic, probe.Topic("b"), StringComparison.Ordinal), $"the retained message of {probe.Topic("b")}", retained[0]);
    }

    [Check("MQTT-3.3.1-10", "Trap-72")]
    public static async Task Retain_Handling_1_sends_retained_messages_again_after_UNSUBSCRIBE(Probe probe)
    {
        var subscriber = await GivenRetainedAsync(probe);
        await SubscribeAsync(probe, subscriber, handling: 1, count: 1);
        await subscriber.UnsubscribeAsync(probe.Topic("a"));

        await SubscribeAsync(probe, subscriber, handling: 1, count: 1);
    }

    [Check("MQTT-3.3.1-10", "Trap-72")]
    public static async Task Retain_Handling_1_sends_nothing_to_a_subscription_of_a_resumed_session(Probe probe)
    {
        var session = ConnectOptions.Persistent(probe.ClientId("sub"));
        var subscriber = await GivenRetainedAsync(probe, session);
        await SubscribeAsync(probe, subscriber, handling: 1, count: 1);
        await subscriber.DisconnectAsync();

        subscriber = await probe.ConnectAsync(session);

        Probe.Ensure(subscriber.Connack!.SessionPresent, "Session Present", subscriber.Connack);
        await SubscribeAsync(probe, subscriber, handling: 1, count: 0);
    }

    [Check("MQTT-3.3.1-10", "Trap-72")]
    public static async Task Retain_Handling_1_sends_retained_messages_when_a_new_session_subscribes(Probe probe)
    {
        var session = ConnectOptions.Persistent(probe.ClientId("sub"));
        var subscriber = await GivenRetainedAsync(probe, session);
        await SubscribeAsync(probe, subscriber, handling: 1, count: 1);
        await subscriber.DisconnectAsync();

        subscriber = await probe.ConnectAsync(session with { CleanStart = true });

        await SubscribeAsync(probe, subscriber, handling: 1, count: 1);
    }

    [Check("MQTT-3.3.1-11")]
    public static async Task Retain_Handling_2_sends_no_retained_messages(Probe probe)
    {
        var subscriber = await GivenRetainedAsync(probe);

        await SubscribeAsync(probe, subscriber, handling: 2, count: 0);
        await SubscribeAsync(probe, subscriber, handling: 2, count: 0);
    }

    [Check("MQTT-3.3.1-11")]
    public static async Task Retain_Handling_2_does_not_hold_back_new_messages(Probe probe)
    {
        var subscriber = await GivenRetainedAsync(probe);
        await SubscribeAsync(probe, subscriber, handling: 2, count: 0);

        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("a"), "new", qos: 1, retain: true);

        await subscriber.ReceivePublishAsync("new");
    }

    [Check("Trap-74", Versions = Versions.Mqtt5)]
    public static async Task A_shared_subscription_gets_no_retained_messages_at_SUBSCRIBE(Probe probe)
    {
        var first = await GivenRetainedAsync(probe);
        Needs.Shared(first);
        var second = await probe.ConnectAsync();

        await SubscribeAsync(probe, first, handling: 0, count: 0, filter: "a", share: $"$share/{probe.Prefix}/");
        await SubscribeAsync(probe, second, handling: 0, count: 0, filter: "a", share: $"$share/{probe.Prefix}/");
        await SubscribeAsync(probe, second, handling: 1, count: 0, filter: "a", share: $"$share/{probe.Prefix}/");
    }

    private static async Task<WireClient> GivenRetainedAsync(Probe probe, ConnectOptions? subscriber = null)
    {
        var publisher = await RetainedChecks.ConnectPublisherAsync(probe);
        await publisher.PublishAsync(probe.Topic("a"), Kept, qos: 1, retain: true);
        return await probe.ConnectAsync(subscriber);
    }

    private static async Task SubscribeAsync(
        Probe probe, WireClient subscriber, int handling, int count, string filter = "a", string share = "", int qos = 0)
    {
        var options = new SubscribeOptions { QoS = qos, RetainHandling = probe.IsVersion5 ? handling : 0 };
        var retained = await subscriber.SubscribeAndTakeRetainedAsync(share + probe.Topic(filter), options, count);
        Probe.Ensure(retained.All(publish => publish is { Text: Kept, Retain: true }), $"PUBLISH '{Kept}' with RETAIN", retained);
    }
}
