using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>What is published as a will: topic, payload, QoS, RETAIN (§3.1.2.6, §3.1.2.7, §3.1.3.3, §3.1.3.4).</summary>
public static class WillMessageChecks
{
    [Check("MQTT-3.1.2-12", "MQTT3-3.1.2-8", Versions = Versions.All)]
    public static async Task The_will_has_its_QoS(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("will"), 2);
        Needs.QoS(watcher, 2);
        foreach (var qos in new[] { 0, 1, 2 })
        {
            await DropWithWillAsync(probe, new WillOptions(probe.Topic("will"), $"QoS {qos}") { QoS = qos });

            var will = await watcher.TakeAsync($"QoS {qos}");
            Probe.Ensure((int)will.QoS == qos && !will.Dup, $"the will with QoS {qos} and without DUP", will);
        }
    }

    [Check("MQTT-3.1.2-15", "MQTT3-3.1.2-17", "Trap-38", Versions = Versions.All)]
    public static async Task A_will_with_Will_Retain_is_retained(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        await DropWithWillAsync(probe, new WillOptions(probe.Topic("will")) { QoS = 1, Retain = true });
        var live = await watcher.ReceivePublishAsync("will");
        Probe.Ensure(!live.Retain, "the will without RETAIN for a subscription that was there before", live);

        var late = await probe.ConnectSubscriberAsync(probe.Topic("will"));

        var stored = await late.ReceivePublishAsync("will");
        Probe.Ensure(stored.Retain, "the retained will with RETAIN", stored);
    }

    [Check("MQTT-3.1.2-14", "MQTT3-3.1.2-16", Versions = Versions.All)]
    public static async Task A_will_without_Will_Retain_is_not_retained(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("will"));
        await DropWithWillAsync(probe, new WillOptions(probe.Topic("will")));
        await watcher.ReceivePublishAsync("will");

        var late = await probe.ConnectSubscriberAsync(probe.Topic("will"));

        await late.PingAsync();
    }

    [Check("MQTT-3.1.2-15", "MQTT3-3.1.2-17", "Trap-24", "Trap-38", Versions = Versions.All)]
    public static async Task A_retained_will_without_payload_removes_the_retained_message(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("will"), "state", qos: 1, retain: true);
        await watcher.ReceivePublishAsync("state");
        await DropWithWillAsync(probe, new WillOptions(probe.Topic("will"), "") { Retain = true });
        await watcher.ReceivePublishAsync("");

        var late = await probe.ConnectSubscriberAsync(probe.Topic("will"));

        await late.PingAsync();
    }

    [Check("MQTT-3.1.2-8", "MQTT3-3.1.2-8", "MQTT31-3.1-10", "Trap-24")]
    public static async Task A_will_may_have_no_payload(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("will"));

        await DropWithWillAsync(probe, new WillOptions(probe.Topic("will"), ""));

        await watcher.ReceivePublishAsync("");
    }

    [Check("MQTT-3.1.2-8", "MQTT3-3.1.2-8", "MQTT31-3.1-10")]
    public static async Task The_payload_of_a_will_is_published_without_its_length(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("will"));
        byte[] payload = [0x00, 0xFF, 0xC0, 0x80, 0x00];
        var connect = RawConnect.Start(probe.Version, RawConnect.CleanStart | RawConnect.Will)
            .String(probe.ClientId("a")).Properties(probe.Version).String(probe.Topic("will")).Binary(payload).ToBytes();

        await (await Refusals.ConnectWithCredentialsAsync(probe, connect)).DropAsync();

        var will = await watcher.ReceivePublishAsync();
        Probe.Ensure(will.Payload.AsSpan().SequenceEqual(payload), "the payload 00FFC08000", will);
    }

    [Check("MQTT-3.1.4-1", "MQTT3-3.2.2-6", "Trap-24", "Trap-104", Versions = Versions.All)]
    public static async Task A_Will_Topic_with_wildcards_is_refused(Probe probe)
    {
        await IsTopicRefusedAsync(probe, probe.Topic("#"));
        await IsTopicRefusedAsync(probe, probe.Topic("+/a"));
        await IsTopicRefusedAsync(probe, probe.Topic("a#"));
    }

    [Check("MQTT-3.1.4-1", "MQTT3-3.2.2-6", "Trap-24", "Trap-104", Versions = Versions.All)]
    public static Task An_empty_Will_Topic_is_refused(Probe probe) => IsTopicRefusedAsync(probe, "");

    [Check("MQTT-3.2.2-12")]
    public static async Task A_will_above_the_Maximum_QoS_is_refused(Probe probe)
    {
        var maximum = (await probe.ConnectAsync()).Connack!.NumberOr(PropertyId.MaximumQoS, 2);
        Probe.SkipUnless(maximum < 2, "the broker takes every QoS");

        var client = await probe.OpenAndSendConnectAsync(new ConnectOptions { Will = new WillOptions(probe.Topic("will")) { QoS = (int)maximum + 1 } });

        probe.Saw(await client.IsRefusedAsync(0x9B));
    }

    [Check("MQTT-3.2.2-13")]
    public static async Task A_retained_will_is_refused_where_nothing_is_retained(Probe probe)
    {
        var isAvailable = (await probe.ConnectAsync()).Connack!.NumberOr(PropertyId.RetainAvailable, 1) == 1;
        Probe.SkipUnless(!isAvailable, "the broker retains messages");

        var client = await probe.OpenAndSendConnectAsync(new ConnectOptions { Will = new WillOptions(probe.Topic("will")) { Retain = true } });

        probe.Saw(await client.IsRefusedAsync(0x9A));
    }

    private static async Task<WireClient> WatchAsync(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("will"));
        Needs.Retained(watcher);
        return watcher;
    }

    private static async Task DropWithWillAsync(Probe probe, WillOptions will) =>
        await (await probe.ConnectAsync(new ConnectOptions { Will = will })).DropAsync();

    /// <summary>A topic that nobody can publish to: 3.x has no return code for it, so any of 1 to 5 or none will do.</summary>
    private static async Task IsTopicRefusedAsync(Probe probe, string topic)
    {
        var client = await probe.OpenAndSendConnectAsync(new ConnectOptions { Will = new WillOptions(topic) });

        probe.Saw(await (probe.IsVersion5 ? client.IsRefusedAsync(0x80, 0x81, 0x82, 0x83, 0x90) : client.IsRefusedAsync(1, 2, 3, 4, 5)));
    }
}
