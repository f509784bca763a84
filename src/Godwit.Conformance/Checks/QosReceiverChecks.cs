using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>The broker as the receiver of messages (5.0 §3.3.4, §4.3).</summary>
public static class QosReceiverChecks
{
    /// <summary>QoS 0 has no acknowledgement.</summary>
    [Check("MQTT-3.3.4-1", "MQTT3-3.3.4-1", Versions = Versions.All)]
    public static async Task A_QoS_0_PUBLISH_gets_no_answer(Probe probe)
    {
        var client = await probe.ConnectAsync();

        await client.SendPublishAsync(probe.Topic("a"), "m");

        await client.PingAsync();
    }

    /// <summary>QoS 1 is answered with PUBACK.</summary>
    [Check("MQTT-3.3.4-1", "MQTT-4.3.2-4", "MQTT-2.2.1-5", "MQTT3-3.3.4-1", "MQTT3-4.3.2-2", "MQTT3-2.3.1-6", Versions = Versions.All)]
    public static async Task A_QoS_1_PUBLISH_is_answered_with_PUBACK_of_its_id(Probe probe)
    {
        var client = await probe.ConnectPublisherAsync(qos: 1);

        foreach (var packetId in new ushort[] { 1, 65_535, 256 })
        {
            await client.SendPublishAsync(probe.Topic("a"), "m", new PublishOptions { QoS = 1, PacketId = packetId });

            var puback = await client.ReceiveAnswerAsync(PacketType.Puback, packetId);
            Probe.Ensure(puback.ReasonCode < 0x80, "PUBACK that accepts the message", puback);
        }
    }

    /// <summary>QoS 2 is answered with PUBREC, and PUBREL with PUBCOMP.</summary>
    [Check("MQTT-3.3.4-1", "MQTT-4.3.3-8", "MQTT-4.3.3-11", "MQTT-2.2.1-5", "MQTT3-3.3.4-1", "MQTT3-4.3.3-2", "MQTT3-2.3.1-6", Versions = Versions.All)]
    public static async Task PUBREC_and_PUBCOMP_carry_the_id_of_the_QoS_2_PUBLISH(Probe probe)
    {
        var client = await probe.ConnectPublisherAsync(qos: 2);

        foreach (var packetId in new ushort[] { 1, 65_535, 256 })
        {
            await client.SendPublishAsync(probe.Topic("a"), "m", new PublishOptions { QoS = 2, PacketId = packetId });

            var pubrec = await client.ReceiveAnswerAsync(PacketType.Pubrec, packetId);
            Probe.Ensure(pubrec.ReasonCode < 0x80, "PUBREC that accepts the message", pubrec);
            await client.ReleaseAsync(packetId);
        }
    }

    /// <summary>PUBACK ends the exchange, so the same identifier begins another.</summary>
    [Check("MQTT-4.3.2-5", "MQTT3-4.3.2-2", "Trap-46", Versions = Versions.All)]
    public static async Task After_PUBACK_the_same_id_is_a_new_message_whatever_its_DUP(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos: 1);
        var publisher = await probe.ConnectPublisherAsync(qos: 1);
        var options = new PublishOptions { QoS = 1, PacketId = 7 };

        await publisher.PublishAsync(probe.Topic("a"), "first", options);
        await publisher.PublishAsync(probe.Topic("a"), "with DUP", options with { Dup = true });
        await publisher.PublishAsync(probe.Topic("a"), "without DUP", options);

        await subscriber.TakeAsync("first");
        await subscriber.TakeAsync("with DUP");
        await subscriber.TakeAsync("without DUP");
    }

    /// <summary>The publisher repeats a QoS 2 PUBLISH and marks it as repeated.</summary>
    [Check("MQTT-4.3.3-10", "MQTT3-4.3.3-2", "Trap-45", Versions = Versions.All)]
    public static Task A_QoS_2_PUBLISH_repeated_with_DUP_is_delivered_once(Probe probe) => RepeatAsync(probe, dup: true);

    /// <summary>The publisher repeats a QoS 2 PUBLISH without DUP: the identifier alone decides.</summary>
    [Check("MQTT-4.3.3-10", "MQTT3-4.3.3-2", "Trap-45", Versions = Versions.All)]
    public static Task A_QoS_2_PUBLISH_repeated_without_DUP_is_delivered_once(Probe probe) => RepeatAsync(probe, dup: false);

    /// <summary>The identifiers of messages that wait for PUBREL are part of the session.</summary>
    [Check("MQTT-4.3.3-10", "MQTT3-4.3.3-2", "Trap-45", Versions = Versions.All)]
    public static async Task A_QoS_2_PUBLISH_repeated_after_a_reconnect_is_delivered_once(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos: 1);
        var publisher = await probe.ConnectPersistentAsync("pub");
        Needs.QoS(publisher, 2);
        var options = new PublishOptions { QoS = 2, PacketId = 9 };
        await publisher.SendPublishAsync(probe.Topic("a"), "once", options);
        await publisher.ReceiveAnswerAsync(PacketType.Pubrec, 9);
        await publisher.DropAsync();

        publisher = await probe.ResumeAsync("pub");
        await publisher.SendPublishAsync(probe.Topic("a"), "once", options with { Dup = true });
        await publisher.ReceiveAnswerAsync(PacketType.Pubrec, 9);
        await publisher.ReleaseAsync(9);
        await publisher.PublishAsync(probe.Topic("a"), "end", qos: 2);

        await subscriber.TakeAsync("once");
        await subscriber.TakeAsync("end");
    }

    /// <summary>PUBREL may come on a later connection than PUBLISH.</summary>
    [Check("MQTT-4.3.3-11", "MQTT3-4.3.3-2", "Trap-45", Versions = Versions.All)]
    public static async Task PUBREL_after_a_reconnect_completes_the_exchange(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos: 1);
        var publisher = await probe.ConnectPersistentAsync("pub");
        Needs.QoS(publisher, 2);
        await publisher.SendPublishAsync(probe.Topic("a"), "once", new PublishOptions { QoS = 2, PacketId = 9 });
        await publisher.ReceiveAnswerAsync(PacketType.Pubrec, 9);
        await publisher.DropAsync();

        publisher = await probe.ResumeAsync("pub");
        var pubcomp = await publisher.ReleaseAsync(9);

        Probe.Ensure(pubcomp.ReasonCode == 0, "PUBCOMP 0x00, because the session knows the identifier", pubcomp);
        await publisher.PublishAsync(probe.Topic("a"), "end", qos: 2);
        await subscriber.TakeAsync("once");
        await subscriber.TakeAsync("end");
    }

    /// <summary>PUBCOMP ends the exchange, so the same identifier begins another.</summary>
    [Check("MQTT-4.3.3-12", "MQTT3-4.3.3-2", Versions = Versions.All)]
    public static async Task After_PUBCOMP_the_same_id_is_a_new_message(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos: 1);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        var options = new PublishOptions { QoS = 2, PacketId = 5 };

        await publisher.PublishAsync(probe.Topic("a"), "same", options);
        await publisher.PublishAsync(probe.Topic("a"), "same", options);
        await publisher.PublishAsync(probe.Topic("a"), "same", options with { Dup = true });
        await publisher.PublishAsync(probe.Topic("a"), "end", qos: 2);

        await subscriber.TakeAsync("same");
        await subscriber.TakeAsync("same");
        await subscriber.TakeAsync("same");
        await subscriber.TakeAsync("end");
    }

    /// <summary>A refused QoS 2 message needs no PUBREL. Some broker refuses one of these: a payload that is not UTF-8, or <c>$SYS</c>.</summary>
    [Check("MQTT-4.3.3-9")]
    public static async Task After_a_PUBREC_with_an_error_the_id_is_a_new_message(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos: 1);
        (string Topic, WireProperty[] Properties)[] provocations =
        [
            (probe.Topic("b"), [WireProperty.Number(PropertyId.PayloadFormatIndicator, 1)]),
            ("$SYS/" + probe.Prefix, []),
        ];
        foreach (var (topic, properties) in provocations)
        {
            var publisher = await probe.ConnectPublisherAsync(qos: 2);
            var options = new PublishOptions { QoS = 2, PacketId = 3, Properties = properties };
            await publisher.SendAsync(Packets.Publish(probe.Version, topic, [0xC3, 0x28], options, 3));
            if (await publisher.ReceiveOrEndAsync("PUBREC") is not { Type: PacketType.Pubrec, ReasonCode: >= 0x80 })
            {
                continue;
            }

            await publisher.PublishAsync(probe.Topic("a"), "new", new PublishOptions { QoS = 2, PacketId = 3 });

            await subscriber.TakeAsync("new");
            return;
        }

        Probe.SkipUnless(condition: false, "the broker refuses none of the messages that this check can send");
    }

    /// <summary>An expired message ends like any other, so that the publisher gets its identifier back.</summary>
    [Check("MQTT-4.3.3-13", Waits = true)]
    public static async Task An_expired_QoS_2_message_is_still_completed(Probe probe)
    {
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        var options = new PublishOptions { QoS = 2, PacketId = 4, Properties = [WireProperty.Number(PropertyId.MessageExpiryInterval, 1)] };
        await publisher.SendPublishAsync(probe.Topic("a"), "m", options);
        await publisher.ReceiveAnswerAsync(PacketType.Pubrec, 4);

        await probe.WaitAsync(2.2);

        await publisher.ReleaseAsync(4);
    }

    /// <summary>After a loss of state the publisher must still get its PUBCOMP.</summary>
    [Check("MQTT-4.3.3-11", "MQTT3-4.3.3-2", "Trap-49", Versions = Versions.All)]
    public static async Task PUBREL_for_an_unknown_id_is_answered_with_PUBCOMP(Probe probe)
    {
        var client = await probe.ConnectPublisherAsync(qos: 2);

        var pubcomp = await client.ReleaseAsync(77);

        Probe.Ensure(pubcomp.ReasonCode is 0x00 or 0x92, "PUBCOMP 0x92", pubcomp);
        await client.PublishAsync(probe.Topic("a"), "m", new PublishOptions { QoS = 2, PacketId = 77 });
    }

    /// <summary>5.0 has a code for it, so that the publisher learns of the mismatch (§3.7.2.1).</summary>
    [Check("Trap-49", Versions = Versions.Mqtt5, IsRecommendation = true)]
    public static async Task PUBCOMP_for_an_unknown_id_says_0x92(Probe probe)
    {
        var client = await probe.ConnectPublisherAsync(qos: 2);

        var pubcomp = await client.ReleaseAsync(77);

        Probe.Ensure(pubcomp.ReasonCode == 0x92, "PUBCOMP 0x92", pubcomp);
    }

    private static async Task RepeatAsync(Probe probe, bool dup)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos: 1);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        var options = new PublishOptions { QoS = 2, PacketId = 9 };

        await publisher.SendPublishAsync(probe.Topic("a"), "once", options);
        await publisher.ReceiveAnswerAsync(PacketType.Pubrec, 9);
        await publisher.SendPublishAsync(probe.Topic("a"), "once", options with { Dup = dup });
        await publisher.ReceiveAnswerAsync(PacketType.Pubrec, 9);
        await publisher.ReleaseAsync(9);
        await publisher.PublishAsync(probe.Topic("a"), "end", qos: 2);

        await subscriber.TakeAsync("once");
        await subscriber.TakeAsync("end");
    }
}
