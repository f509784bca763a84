using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;

namespace Godwit.Conformance.Checks;

/// <summary>No Local (5.0 §3.8.3.1): a client does not get its own messages back.</summary>
public static class NoLocalChecks
{
    private static readonly SubscribeOptions NoLocal = new() { QoS = 1, NoLocal = true };

    /// <summary>Own messages stay away, those of others come.</summary>
    [Check("MQTT-3.8.3-3", "Trap-84")]
    public static async Task No_Local_keeps_only_own_messages_away(Probe probe)
    {
        var client = await probe.ConnectAsync();
        await client.SubscribeAsync(probe.Topic("a"), NoLocal);
        var other = await probe.ConnectPublisherAsync(qos: 1);

        await client.PublishAsync(probe.Topic("a"), "own", qos: 0);
        await client.PublishAsync(probe.Topic("a"), "own", qos: 1);
        await other.PublishAsync(probe.Topic("a"), "of another", qos: 1);

        await client.TakeAsync("of another");
        await client.PingAsync();
    }

    /// <summary>Without No Local, and always in 3.x, a client gets what it publishes.</summary>
    [Check("MQTT-4.5.0-1", "MQTT3-4.5.0-1", "Trap-84", Versions = Versions.All)]
    public static async Task Without_No_Local_a_client_gets_its_own_messages(Probe probe)
    {
        var client = await probe.ConnectSubscriberAsync(probe.Topic("a"));

        await client.PublishAsync(probe.Topic("a"), "own", qos: 0);

        await client.ReceivePublishAsync("own");
    }

    /// <summary>The client identifier counts, not the connection: No Local holds in a resumed session.</summary>
    [Check("MQTT-3.8.3-3", "Trap-84")]
    public static async Task No_Local_holds_after_a_reconnect(Probe probe)
    {
        var client = await probe.ConnectPersistentAsync("me");
        await client.SubscribeAsync(probe.Topic("a"), NoLocal);
        await client.DropAsync();
        var other = await probe.ConnectPublisherAsync(qos: 1);

        client = await probe.ResumeAsync("me");
        await client.PublishAsync(probe.Topic("a"), "own", qos: 1);
        await other.PublishAsync(probe.Topic("a"), "of another", qos: 1);

        await client.TakeAsync("of another");
    }

    /// <summary>The Will of a connection that ended must not wait for the same client's next connection.</summary>
    [Check("MQTT-3.8.3-3", "Trap-84")]
    public static async Task No_Local_keeps_the_own_Will_away(Probe probe)
    {
        var options = ConnectOptions.Persistent(probe.ClientId("me")) with { Will = new WillOptions(probe.Topic("a"), "own will") { QoS = 1 } };
        var witness = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos: 1);
        var client = await probe.ConnectAsync(options);
        await client.SubscribeAsync(probe.Topic("a"), NoLocal);

        await client.DropAsync();
        await witness.TakeAsync("own will");
        client = await probe.ResumeAsync("me");

        var other = await probe.ConnectPublisherAsync(qos: 1);
        await other.PublishAsync(probe.Topic("a"), "of another", qos: 1);
        await client.TakeAsync("of another");
    }

    /// <summary>An overlapping subscription without No Local brings own messages, once.</summary>
    [Check("MQTT-3.8.3-3", "Trap-84")]
    public static async Task No_Local_of_one_subscription_leaves_an_overlapping_one_alone(Probe probe)
    {
        var client = await probe.ConnectAsync();
        Needs.SubscriptionIdentifiers(client);
        await client.SubscribeAsync(probe.Topic("a/+"), NoLocal with { Identifier = 1 });
        await client.SubscribeAsync(probe.Topic("a/#"), new SubscribeOptions { Identifier = 2 });

        await client.PublishAsync(probe.Topic("a/b"), "own", qos: 0);

        var publish = await client.ReceivePublishAsync("own");
        Probe.Ensure(publish.SubscriptionIdentifiers is [2], "Subscription Identifier 2 only", publish);
        await client.PingAsync();
    }

    /// <summary>A SUBSCRIBE with the same filter switches No Local on and off.</summary>
    [Check("MQTT-3.8.4-3", "MQTT-3.8.3-3", "Trap-84")]
    public static async Task An_identical_filter_switches_No_Local(Probe probe)
    {
        var client = await probe.ConnectAsync();

        await client.SubscribeAsync(probe.Topic("a"), new SubscribeOptions());
        await client.PublishAsync(probe.Topic("a"), "off", qos: 0);
        await client.ReceivePublishAsync("off");
        await client.SubscribeAsync(probe.Topic("a"), new SubscribeOptions { NoLocal = true });
        await client.PublishAsync(probe.Topic("a"), "on", qos: 0);
        await client.PingAsync();
        await client.SubscribeAsync(probe.Topic("a"), new SubscribeOptions());
        await client.PublishAsync(probe.Topic("a"), "off again", qos: 0);

        await client.ReceivePublishAsync("off again");
    }

    /// <summary>Retained messages of others come at the subscription; of the own ones the specification says nothing clear.</summary>
    [Check("Trap-84", Versions = Versions.Mqtt5)]
    public static async Task No_Local_lets_retained_messages_of_others_pass(Probe probe)
    {
        var client = await probe.ConnectAsync();
        Needs.Retained(client);
        var other = await probe.ConnectAsync();
        await other.PublishAsync(probe.Topic("a"), "stored", qos: 0, retain: true);
        await other.PingAsync();
        await client.PublishAsync(probe.Topic("b"), "own", qos: 0, retain: true);
        await client.PingAsync();

        await client.SubscribeAsync(probe.Topic("end"), new SubscribeOptions());
        await client.SubscribeAsync(probe.Topic("b"), new SubscribeOptions { NoLocal = true });
        await client.PublishAsync(probe.Topic("end"), "end", qos: 0);
        probe.Saw((await client.ReceiveUntilAsync("end")).Count > 0 ? "sends own retained messages" : "keeps own retained messages away");

        await client.SubscribeAsync(probe.Topic("a"), new SubscribeOptions { NoLocal = true });
        await client.ReceivePublishAsync("stored");
    }

    /// <summary>No Local makes no sense in a group.</summary>
    [Check("MQTT-3.8.3-4", "Trap-84")]
    public static async Task No_Local_on_a_shared_subscription_ends_the_connection(Probe probe)
    {
        var client = await probe.ConnectAsync();
        Needs.Shared(client);

        await client.SendAsync(Packets.Subscribe(probe.Version, 1, NoLocal, $"$share/{probe.Prefix}/{probe.Topic("a")}"));

        probe.Saw(await client.IsClosedAsync(0x82, 0x81));
    }
}
