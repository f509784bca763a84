using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>What is sent again at a reconnect, and only then (5.0 §4.4).</summary>
public static class RetryChecks
{
    /// <summary>A QoS 1 message stays unacknowledged until PUBACK.</summary>
    [Check("MQTT-4.4.0-1", "MQTT-4.3.2-3", "MQTT3-4.4.0-1", "MQTT3-4.3.2-1", "Trap-53", Versions = Versions.All)]
    public static Task A_QoS_1_message_without_PUBACK_is_sent_again_with_its_id(Probe probe) => SentAgainAsync(probe, qos: 1);

    /// <summary>A QoS 2 message stays unacknowledged until PUBREC.</summary>
    [Check("MQTT-4.4.0-1", "MQTT-4.3.3-3", "MQTT3-4.4.0-1", "MQTT3-4.3.3-1", "Trap-53", Versions = Versions.All)]
    public static Task A_QoS_2_message_without_PUBREC_is_sent_again_with_its_id(Probe probe) => SentAgainAsync(probe, qos: 2);

    /// <summary>After PUBREC the PUBREL is sent again, never the PUBLISH, as often as the client comes back without PUBCOMP.</summary>
    [Check("MQTT-4.4.0-1", "MQTT-4.3.3-5", "MQTT-4.3.3-6", "MQTT3-4.4.0-1", "MQTT3-4.3.3-1", "Trap-53", Versions = Versions.All)]
    public static async Task After_PUBREC_only_the_PUBREL_is_sent_again(Probe probe)
    {
        var subscriber = await SubscriberAsync(probe, qos: 2);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        await publisher.PublishAsync(probe.Topic("a"), "m", qos: 2);
        var publish = await subscriber.ReceivePublishAsync("m", qos: 2);
        await subscriber.AckAsync(PacketType.Pubrec, publish.PacketId);
        await subscriber.ReceiveAnswerAsync(PacketType.Pubrel, publish.PacketId);

        for (var time = 0; time < 2; time++)
        {
            await subscriber.DropAsync();
            subscriber = await probe.ResumeAsync("sub");
            await subscriber.ReceiveAnswerAsync(PacketType.Pubrel, publish.PacketId);
            await subscriber.PingAsync();
        }

        await subscriber.AckAsync(PacketType.Pubcomp, publish.PacketId);
        await subscriber.PingAsync();
    }

    /// <summary>The broker forgets what was acknowledged.</summary>
    [Check("MQTT-4.4.0-1", "Trap-53", Versions = Versions.All)]
    public static async Task What_was_acknowledged_is_not_sent_again(Probe probe)
    {
        var subscriber = await SubscriberAsync(probe, qos: 2);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        await publisher.PublishAsync(probe.Topic("a"), "1", qos: 1);
        await publisher.PublishAsync(probe.Topic("a"), "2", qos: 2);
        await subscriber.TakeAsync("1");
        await subscriber.TakeAsync("2");
        await subscriber.PingAsync();
        await subscriber.DropAsync();

        subscriber = await probe.ResumeAsync("sub");

        await subscriber.PingAsync();
    }

    /// <summary>A QoS 1 message that its receiver refused is done.</summary>
    [Check("MQTT-4.4.0-2", "Trap-50")]
    public static Task After_PUBACK_with_an_error_nothing_is_sent_again(Probe probe) => RefusedAsync(probe, qos: 1, PacketType.Puback);

    /// <summary>A QoS 2 message that its receiver refused is done.</summary>
    [Check("MQTT-4.4.0-2", "Trap-50")]
    public static Task After_PUBREC_with_an_error_nothing_is_sent_again(Probe probe) => RefusedAsync(probe, qos: 2, PacketType.Pubrec);

    /// <summary>Neither time, nor a new message, nor a SUBSCRIBE makes the broker send again on a live connection.</summary>
    [Check("MQTT-4.4.0-1", "Trap-53", Waits = true)]
    public static async Task Nothing_is_sent_again_on_a_live_connection(Probe probe)
    {
        var subscriber = await SubscriberAsync(probe, qos: 2);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        await publisher.PublishAsync(probe.Topic("a"), "QoS 1", qos: 1);
        await publisher.PublishAsync(probe.Topic("a"), "QoS 2", qos: 2);
        await publisher.PublishAsync(probe.Topic("a"), "released", qos: 2);
        await subscriber.ReceivePublishAsync("QoS 1", qos: 1);
        await subscriber.ReceivePublishAsync("QoS 2", qos: 2);
        var released = await subscriber.ReceivePublishAsync("released", qos: 2);
        await subscriber.AckAsync(PacketType.Pubrec, released.PacketId);
        await subscriber.ReceiveAnswerAsync(PacketType.Pubrel, released.PacketId);

        await probe.WaitAsync(3.5);

        await subscriber.PingAsync();
        await subscriber.SubscribeAsync(probe.Topic("a"), qos: 2);
        await publisher.PublishAsync(probe.Topic("a"), "new", qos: 1);
        await subscriber.ReceivePublishAsync("new", qos: 1);
        await subscriber.PingAsync();
    }

    /// <summary>A client that takes its session over from its own older connection comes back as well.</summary>
    [Check("MQTT-4.4.0-1", "MQTT3-4.4.0-1", "Trap-53", Versions = Versions.All)]
    public static async Task A_takeover_sends_again_what_the_older_connection_had(Probe probe)
    {
        var older = await SubscriberAsync(probe, qos: 1);
        var publisher = await probe.ConnectPublisherAsync(qos: 1);
        await publisher.PublishAsync(probe.Topic("a"), "m", qos: 1);
        var first = await older.ReceivePublishAsync("m", qos: 1);

        var newer = await probe.ResumeAsync("sub");

        await newer.ReceiveAgainAsync(first);
    }

    /// <summary>Clean Start discards what was on its way.</summary>
    [Check("MQTT-4.4.0-1", Versions = Versions.All)]
    public static async Task A_new_session_gets_nothing_of_the_old_one(Probe probe)
    {
        var subscriber = await SubscriberAsync(probe, qos: 2);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        await publisher.PublishAsync(probe.Topic("a"), "1", qos: 1);
        await publisher.PublishAsync(probe.Topic("a"), "2", qos: 2);
        await subscriber.ReceivePublishAsync("1", qos: 1);
        await subscriber.ReceivePublishAsync("2", qos: 2);
        await subscriber.DropAsync();

        subscriber = await probe.EndSessionAsync("sub");

        await subscriber.PingAsync();
        await subscriber.SubscribeAsync(probe.Topic("a"), qos: 2);
        await subscriber.PingAsync();
    }

    private static async Task SentAgainAsync(Probe probe, int qos)
    {
        var subscriber = await SubscriberAsync(probe, qos);
        var publisher = await probe.ConnectPublisherAsync(qos);
        await publisher.PublishAsync(probe.Topic("a"), "m", qos);
        var first = await subscriber.ReceivePublishAsync("m", qos);

        for (var time = 0; time < 2; time++)
        {
            await subscriber.DropAsync();
            subscriber = await probe.ResumeAsync("sub");
            await subscriber.ReceiveAgainAsync(first);
        }

        await subscriber.AcknowledgeAsync(first);
        await subscriber.PingAsync();
        await subscriber.DropAsync();
        await (await probe.ResumeAsync("sub")).PingAsync();
    }

    private static async Task RefusedAsync(Probe probe, int qos, PacketType refusal)
    {
        var subscriber = await SubscriberAsync(probe, qos);
        var publisher = await probe.ConnectPublisherAsync(qos);
        await publisher.PublishAsync(probe.Topic("a"), "m", qos);
        var publish = await subscriber.ReceivePublishAsync("m", qos);

        await subscriber.AckAsync(refusal, publish.PacketId, 0x83);
        await subscriber.PingAsync();
        await subscriber.DropAsync();

        subscriber = await probe.ResumeAsync("sub");
        await subscriber.PingAsync();
    }

    private static async Task<WireClient> SubscriberAsync(Probe probe, int qos)
    {
        var subscriber = await probe.ConnectPersistentAsync("sub");
        await subscriber.SubscribeAsync(probe.Topic("a"), qos);
        return subscriber;
    }
}
