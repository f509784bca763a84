using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>The broker as the sender of messages (5.0 §4.3).</summary>
public static class QosSenderChecks
{
    /// <summary>QoS 0 goes out with QoS 0, without DUP and without an identifier.</summary>
    [Check("MQTT-4.3.1-1", "MQTT-2.2.1-2", "MQTT3-4.3.1-1", "MQTT3-2.3.1-5", Versions = Versions.All)]
    public static async Task A_QoS_0_message_is_delivered_without_DUP_and_id(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos: 2);
        var publisher = await probe.ConnectAsync();

        await publisher.PublishAsync(probe.Topic("a"), "m", qos: 0);

        // An identifier would be read as the beginning of the payload.
        var publish = await subscriber.ReceivePublishAsync("m", qos: 0);
        Probe.Ensure(!publish.Dup, "PUBLISH QoS 0 without DUP", publish);
    }

    /// <summary>QoS 1 goes out with an identifier and without DUP, also when the publisher's packet had DUP.</summary>
    [Check("MQTT-4.3.2-1", "MQTT-4.3.2-2", "MQTT3-4.3.2-1", Versions = Versions.All)]
    public static Task A_QoS_1_message_is_first_sent_with_an_id_and_without_DUP(Probe probe) => FirstSendAsync(probe, qos: 1);

    /// <summary>QoS 2 goes out with an identifier and without DUP, also when the publisher's packet had DUP.</summary>
    [Check("MQTT-4.3.3-1", "MQTT-4.3.3-2", "MQTT3-4.3.3-1", Versions = Versions.All)]
    public static Task A_QoS_2_message_is_first_sent_with_an_id_and_without_DUP(Probe probe) => FirstSendAsync(probe, qos: 2);

    /// <summary>PUBREC is answered with PUBREL of the same identifier; PUBCOMP ends the exchange.</summary>
    [Check("MQTT-4.3.3-4", "MQTT-2.2.1-5", "MQTT3-4.3.3-1", "MQTT3-2.3.1-6", Versions = Versions.All)]
    public static async Task PUBREC_is_answered_with_PUBREL_of_the_same_id(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos: 2);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        await publisher.PublishAsync(probe.Topic("a"), "1", qos: 2);
        await publisher.PublishAsync(probe.Topic("a"), "2", qos: 2);
        var first = await subscriber.ReceivePublishAsync("1", qos: 2);
        var second = await subscriber.ReceivePublishAsync("2", qos: 2);

        await subscriber.AckAsync(PacketType.Pubrec, second.PacketId);
        await subscriber.ReceiveAnswerAsync(PacketType.Pubrel, second.PacketId);
        await subscriber.AckAsync(PacketType.Pubrec, first.PacketId);
        await subscriber.ReceiveAnswerAsync(PacketType.Pubrel, first.PacketId);
        await subscriber.AckAsync(PacketType.Pubcomp, first.PacketId);
        await subscriber.AckAsync(PacketType.Pubcomp, second.PacketId);

        await subscriber.PingAsync();
    }

    /// <summary>The receiver repeats PUBREC when it has lost the PUBREL, and the PUBREL comes again.</summary>
    [Check("MQTT-4.3.3-4", "MQTT3-4.3.3-1", Versions = Versions.All)]
    public static async Task A_repeated_PUBREC_is_answered_with_PUBREL_again(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos: 2);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        await publisher.PublishAsync(probe.Topic("a"), "m", qos: 2);
        var publish = await subscriber.ReceivePublishAsync("m", qos: 2);

        for (var time = 0; time < 2; time++)
        {
            await subscriber.AckAsync(PacketType.Pubrec, publish.PacketId);
            await subscriber.ReceiveAnswerAsync(PacketType.Pubrel, publish.PacketId);
        }
    }

    /// <summary>A refused QoS 1 message is done.</summary>
    [Check("Trap-50", Versions = Versions.Mqtt5)]
    public static async Task PUBACK_with_an_error_frees_the_quota(Probe probe)
    {
        var (subscriber, publish) = await OneInFlightAsync(probe, qos: 1);

        await subscriber.AckAsync(PacketType.Puback, publish.PacketId, 0x97);

        await subscriber.ReceivePublishAsync("next", qos: 1);
    }

    /// <summary>A refused QoS 2 message is done: no PUBREL, and the quota has room.</summary>
    [Check("MQTT-4.3.3-4", "Trap-50")]
    public static async Task PUBREC_with_an_error_frees_the_quota_and_gets_no_PUBREL(Probe probe)
    {
        var (subscriber, publish) = await OneInFlightAsync(probe, qos: 2);

        await subscriber.AckAsync(PacketType.Pubrec, publish.PacketId, 0x80);

        await subscriber.TakeAsync("next");
        await subscriber.PingAsync();
    }

    /// <summary>PUBCOMP frees the quota whatever its code (§4.9).</summary>
    [Check("Trap-50", Versions = Versions.Mqtt5)]
    public static async Task PUBCOMP_with_an_error_frees_the_quota(Probe probe)
    {
        var (subscriber, publish) = await OneInFlightAsync(probe, qos: 2);

        await subscriber.AckAsync(PacketType.Pubrec, publish.PacketId);
        await subscriber.ReceiveAnswerAsync(PacketType.Pubrel, publish.PacketId);
        await subscriber.AckAsync(PacketType.Pubcomp, publish.PacketId, 0x92);

        await subscriber.TakeAsync("next");
    }

    /// <summary>A message does not expire between its PUBLISH and its PUBREL.</summary>
    [Check("MQTT-4.3.3-7", Waits = true)]
    public static async Task A_QoS_2_message_that_was_sent_does_not_expire(Probe probe)
    {
        var subscriber = await probe.ConnectPersistentAsync("sub");
        await subscriber.SubscribeAsync(probe.Topic("a"), qos: 2);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        var expiry = new PublishOptions { QoS = 2, Properties = [WireProperty.Number(PropertyId.MessageExpiryInterval, 1)] };
        await publisher.PublishAsync(probe.Topic("a"), "released", expiry);
        await publisher.PublishAsync(probe.Topic("a"), "sent again", expiry);
        var released = await subscriber.ReceivePublishAsync("released", qos: 2);
        var again = await subscriber.ReceivePublishAsync("sent again", qos: 2);

        await probe.WaitAsync(2.5);

        await subscriber.AckAsync(PacketType.Pubrec, released.PacketId);
        await subscriber.ReceiveAnswerAsync(PacketType.Pubrel, released.PacketId);
        await subscriber.AckAsync(PacketType.Pubcomp, released.PacketId);
        await subscriber.PingAsync();
        await subscriber.DropAsync();
        subscriber = await probe.ResumeAsync("sub");
        await subscriber.AcknowledgeAsync(await subscriber.ReceiveAgainAsync(again));
    }

    /// <summary>A client that lost its state can answer what the broker does not wait for; the connection goes on.</summary>
    [Check("Trap-49", Versions = Versions.All, IsRecommendation = true)]
    public static async Task PUBACK_and_PUBCOMP_that_nobody_waits_for_are_ignored(Probe probe)
    {
        var client = await probe.ConnectAsync();

        await client.AckAsync(PacketType.Puback, 1234);
        await client.AckAsync(PacketType.Pubcomp, 1234);

        await client.PingAsync();
    }

    /// <summary>Without an answer the receiver would repeat its PUBREC for ever.</summary>
    [Check("Trap-49", Versions = Versions.Both, IsRecommendation = true)]
    public static async Task PUBREC_for_an_unknown_id_is_answered_with_PUBREL(Probe probe)
    {
        var client = await probe.ConnectAsync();

        await client.AckAsync(PacketType.Pubrec, 1234);

        var pubrel = await client.ReceiveAnswerAsync(PacketType.Pubrel, 1234);
        Probe.Ensure(!probe.IsVersion5 || pubrel.ReasonCode == 0x92, "PUBREL 0x92", pubrel);
    }

    /// <summary>Each side numbers its own messages: both may use one identifier at once.</summary>
    [Check("Trap-51", Versions = Versions.All)]
    public static async Task Client_and_broker_may_use_one_id_at_the_same_time(Probe probe)
    {
        var client = await probe.ConnectSubscriberAsync(probe.Topic("in"), qos: 2);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        await publisher.PublishAsync(probe.Topic("in"), "to the client", qos: 2);
        var id = (await client.ReceivePublishAsync("to the client", qos: 2)).PacketId;

        await client.SendPublishAsync(probe.Topic("out"), "from the client", new PublishOptions { QoS = 2, PacketId = id });
        await client.ReceiveAnswerAsync(PacketType.Pubrec, id);
        await client.AckAsync(PacketType.Pubrec, id);
        await client.ReceiveAnswerAsync(PacketType.Pubrel, id);
        await client.ReleaseAsync(id);
        await client.AckAsync(PacketType.Pubcomp, id);

        await client.PingAsync();
    }

    private static async Task FirstSendAsync(Probe probe, int qos)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos);
        var publisher = await probe.ConnectPublisherAsync(qos);

        await publisher.PublishAsync(probe.Topic("a"), "without DUP", qos);
        var first = await subscriber.ReceivePublishAsync("without DUP", qos);
        await subscriber.AcknowledgeAsync(first);
        await publisher.PublishAsync(probe.Topic("a"), "with DUP", new PublishOptions { QoS = qos, Dup = true });

        var second = await subscriber.ReceivePublishAsync("with DUP", qos);
        Probe.Ensure(!first.Dup, "PUBLISH without DUP", first);
        Probe.Ensure(!second.Dup, "PUBLISH without DUP", second);
    }

    /// <summary>A subscriber with Receive Maximum 1 that has one message; <c>next</c> waits behind it.</summary>
    private static async Task<(WireClient Subscriber, Received Publish)> OneInFlightAsync(Probe probe, int qos)
    {
        var subscriber = await probe.ConnectAsync(new ConnectOptions { ReceiveMaximum = 1 });
        await subscriber.SubscribeAsync(probe.Topic("a"), qos);
        var publisher = await probe.ConnectPublisherAsync(qos);
        await publisher.PublishAsync(probe.Topic("a"), "m", qos);
        await publisher.PublishAsync(probe.Topic("a"), "next", qos);
        var publish = await subscriber.ReceivePublishAsync("m", qos);
        await subscriber.PingAsync();
        return (subscriber, publish);
    }
}
