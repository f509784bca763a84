using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>What belongs to the state of a session and is still there in the next connection (§4.1).</summary>
public static class SessionStateChecks
{
    [Check("MQTT-3.1.2-23", "MQTT3-3.1.2-5", "MQTT31-3.1-6", "MQTT3-4.1.0-1")]
    public static async Task Messages_of_QoS_1_and_2_are_stored_for_a_client_that_is_away(Probe probe)
    {
        await LeaveASubscriberAsync(probe, qos: 2);
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 2);
        await publisher.PublishAsync(probe.Topic("t"), "zero", 0);
        await publisher.PublishAsync(probe.Topic("t"), "one", 1);
        await publisher.PublishAsync(probe.Topic("t"), "two", 2);

        var again = await ConnectPersistentAsync(probe);

        var first = await again.ReceivePublishAsync();
        probe.Saw(first.Text is "zero" ? "stores messages of QoS 0 as well" : "does not store messages of QoS 0");
        await again.AcknowledgeAsync(first);
        first = first.Text is "zero" ? await again.TakeAsync("one") : first;
        Probe.Ensure(first is { Text: "one", QoS: QoS.AtLeastOnce, Dup: false }, "the message of QoS 1", first);
        var last = await again.TakeAsync("two");
        Probe.Ensure(last is { QoS: QoS.ExactlyOnce, Dup: false }, "the message of QoS 2", last);
    }

    [Check("MQTT3-3.1.2-5", "MQTT-3.1.2-23", "MQTT31-3.1-6")]
    public static async Task Messages_of_QoS_1_and_2_are_stored_after_the_connection_broke(Probe probe)
    {
        var client = await ConnectPersistentAsync(probe);
        Needs.QoS(client, 2);
        await client.SubscribeAsync(probe.Topic("t"), 2);
        await client.DropAsync();
        var publisher = await probe.ConnectAsync();
        await publisher.PublishAsync(probe.Topic("t"), "one", 1);
        await publisher.PublishAsync(probe.Topic("t"), "two", 2);

        var again = await ConnectPersistentAsync(probe);

        await again.TakeAsync("one");
        await again.TakeAsync("two");
        await again.PingAsync();
    }

    [Check("MQTT-4.1.0-1", "MQTT3-4.1.0-1", "MQTT-3.1.2-5", "MQTT3-3.1.2-4", Versions = Versions.All)]
    public static async Task Messages_that_were_sent_but_not_acknowledged_are_kept(Probe probe)
    {
        var client = await ConnectPersistentAsync(probe);
        Needs.QoS(client, 2);
        await client.SubscribeAsync(probe.Topic("t"), 2);
        var publisher = await probe.ConnectAsync();
        await publisher.PublishAsync(probe.Topic("t"), "one", 1);
        await publisher.PublishAsync(probe.Topic("t"), "two", 2);
        var one = await client.ReceivePublishAsync("one");
        var two = await client.ReceivePublishAsync("two");
        await client.DropAsync();

        var again = await ConnectPersistentAsync(probe);

        EnsureIsRepeated(one, await again.TakeAsync("one"));
        EnsureIsRepeated(two, await again.TakeAsync("two"));
        await again.PingAsync();
    }

    [Check("MQTT-4.1.0-1", "MQTT3-4.1.0-1", "MQTT-3.1.2-5", "MQTT3-3.1.2-4", Versions = Versions.All)]
    public static async Task A_message_that_was_received_is_not_sent_again(Probe probe)
    {
        var client = await ConnectPersistentAsync(probe);
        Needs.QoS(client, 2);
        await client.SubscribeAsync(probe.Topic("t"), 2);
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("t"), "two", 2);
        var publish = await client.ReceivePublishAsync("two");
        await client.SendAsync(Packets.Ack(client.Version, PacketType.Pubrec, publish.PacketId));
        await client.ReceiveAnswerAsync(PacketType.Pubrel, publish.PacketId);
        await client.DropAsync();

        var again = await ConnectPersistentAsync(probe);

        await again.ReceiveAnswerAsync(PacketType.Pubrel, publish.PacketId);
        await again.SendAsync(Packets.Ack(again.Version, PacketType.Pubcomp, publish.PacketId));
        await again.PingAsync();
    }

    [Check("MQTT-4.1.0-1", "MQTT3-4.1.0-1", "MQTT-3.1.2-5", "MQTT3-3.1.2-4", Versions = Versions.All)]
    public static async Task A_QoS_2_message_from_the_client_is_published_once_over_two_connections(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("t"));
        var client = await ConnectPersistentAsync(probe);
        Needs.QoS(client, 2);
        var options = new PublishOptions { QoS = 2, PacketId = 7 };
        await client.SendPublishAsync(probe.Topic("t"), "once", options);
        await client.ReceiveAnswerAsync(PacketType.Pubrec, 7);
        await client.DropAsync();

        var again = await ConnectPersistentAsync(probe);
        again.EnsureSessionPresent(true);
        await again.PublishAsync(probe.Topic("t"), "once", options with { Dup = true });
        await again.PublishAsync(probe.Topic("t"), "marker", 1);

        await watcher.ReceivePublishAsync("once");
        await watcher.ReceivePublishAsync("marker");
    }

    [Check("MQTT-4.1.0-1", "MQTT3-4.1.0-1", Versions = Versions.All)]
    public static async Task An_exchange_can_be_finished_in_the_next_connection(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("t"));
        var client = await ConnectPersistentAsync(probe);
        Needs.QoS(client, 2);
        await client.SendPublishAsync(probe.Topic("t"), "once", new PublishOptions { QoS = 2, PacketId = 9 });
        await client.ReceiveAnswerAsync(PacketType.Pubrec, 9);
        await client.DropAsync();

        var again = await ConnectPersistentAsync(probe);
        await again.SendAsync(Packets.Ack(again.Version, PacketType.Pubrel, 9));

        var pubcomp = await again.ReceiveAnswerAsync(PacketType.Pubcomp, 9);
        Probe.Ensure(pubcomp.ReasonCode == 0, "PUBCOMP with success", pubcomp);
        await watcher.ReceivePublishAsync("once");
    }

    [Check("MQTT-4.1.0-1")]
    public static async Task Subscription_Identifiers_and_options_are_kept(Probe probe)
    {
        var client = await ConnectPersistentAsync(probe);
        Probe.SkipUnless(
            client.Connack!.NumberOr(Godwit.Protocol.Properties.PropertyId.SubscriptionIdentifierAvailable, 1) == 1, "the broker offers no Subscription Identifiers");
        await client.SubscribeAsync(probe.Topic("t"), new SubscribeOptions { QoS = 1, Identifier = 77 });
        await client.SubscribeAsync(probe.Topic("own"), new SubscribeOptions { NoLocal = true });
        await client.DisconnectAsync();

        var again = await ConnectPersistentAsync(probe);
        await again.PublishAsync(probe.Topic("own"), "not for me", 0);
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("t"), "message", 1);

        var publish = await again.TakeAsync("message");
        Probe.Ensure(publish.SubscriptionIdentifiers is [77], "Subscription Identifier 77", publish);
    }

    [Check("MQTT-3.1.2-5", "MQTT3-3.1.2-4", Versions = Versions.All)]
    public static async Task A_filter_that_was_unsubscribed_does_not_come_back(Probe probe)
    {
        var client = await ConnectPersistentAsync(probe);
        await client.SubscribeAsync(probe.Topic("gone"), 1);
        await client.SubscribeAsync(probe.Topic("kept"), 1);
        await client.UnsubscribeAsync(probe.Topic("gone"));
        await client.DisconnectAsync();

        var publisher = await probe.ConnectAsync();
        await publisher.PublishAsync(probe.Topic("gone"), "wrong", 1);
        await publisher.PublishAsync(probe.Topic("kept"), "right", 1);

        var again = await ConnectPersistentAsync(probe);
        await again.TakeAsync("right");
        await again.PingAsync();
    }

    private static void EnsureIsRepeated(Received first, Received second) =>
        Probe.Ensure(second.Dup && second.PacketId == first.PacketId, $"the same message again with DUP and id {first.PacketId}", second);

    private static async Task LeaveASubscriberAsync(Probe probe, int qos)
    {
        var client = await ConnectPersistentAsync(probe);
        await client.SubscribeAsync(probe.Topic("t"), qos);
        await client.DisconnectAsync();
    }

    private static Task<WireClient> ConnectPersistentAsync(Probe probe) => probe.ConnectAsync(ConnectOptions.Persistent(probe.ClientId("client")));
}
