using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Receive Maximum in both directions (5.0 §3.3.4, §4.9).</summary>
public static class FlowControlChecks
{
    private const int FillMax = 1000;

    /// <summary>The smallest Receive Maximum: the next message comes when the one before is acknowledged.</summary>
    [Check("MQTT-3.3.4-9", "MQTT-4.9.0-1", "MQTT-4.9.0-2", "Trap-55")]
    public static async Task With_Receive_Maximum_1_messages_come_one_by_one(Probe probe)
    {
        var subscriber = await SubscriberAsync(probe, receiveMaximum: 1);
        await PublishAsync(probe, 1, 1, 1, 1);

        for (var number = 0; number < 4; number++)
        {
            var publish = await subscriber.ReceivePublishAsync(Text(number), qos: 1);
            await subscriber.PingAsync();
            await subscriber.AcknowledgeAsync(publish);
        }

        await subscriber.PingAsync();
    }

    /// <summary>QoS 1 and QoS 2 share the quota; each PUBACK brings one message.</summary>
    [Check("MQTT-3.3.4-9", "MQTT-4.9.0-2", "Trap-55")]
    public static async Task QoS_1_and_QoS_2_count_together_for_Receive_Maximum(Probe probe)
    {
        var subscriber = await SubscriberAsync(probe, receiveMaximum: 2);
        await PublishAsync(probe, 1, 2, 1, 2);

        var first = await subscriber.ReceivePublishAsync("0", qos: 1);
        await subscriber.ReceivePublishAsync("1", qos: 2);
        await subscriber.PingAsync();
        await subscriber.AckAsync(PacketType.Puback, first.PacketId);

        var third = await subscriber.ReceivePublishAsync("2", qos: 1);
        await subscriber.PingAsync();
        await subscriber.AckAsync(PacketType.Puback, third.PacketId);
        await subscriber.ReceivePublishAsync("3", qos: 2);
    }

    /// <summary>A QoS 2 message counts until its PUBCOMP.</summary>
    [Check("MQTT-3.3.4-9", "MQTT-4.9.0-2", "Trap-55", "Trap-52")]
    public static async Task PUBREC_leaves_the_quota_used_and_PUBCOMP_frees_it(Probe probe)
    {
        var subscriber = await SubscriberAsync(probe, receiveMaximum: 1);
        await PublishAsync(probe, 2, 1);
        var first = await subscriber.ReceivePublishAsync("0", qos: 2);

        await subscriber.AckAsync(PacketType.Pubrec, first.PacketId);
        await subscriber.ReceiveAnswerAsync(PacketType.Pubrel, first.PacketId);
        await subscriber.PingAsync();
        await subscriber.AckAsync(PacketType.Pubcomp, first.PacketId);

        await subscriber.TakeAsync("1");
    }

    /// <summary>Receive Maximum holds back PUBLISH packets and nothing else.</summary>
    [Check("MQTT-3.3.4-10", "MQTT-4.9.0-3", "Trap-55")]
    public static async Task All_other_packets_pass_when_the_quota_is_used_up(Probe probe)
    {
        var subscriber = await SubscriberAsync(probe, receiveMaximum: 2);
        await PublishAsync(probe, 2, 2, 1);
        var first = await subscriber.ReceivePublishAsync("0", qos: 2);
        await subscriber.ReceivePublishAsync("1", qos: 2);

        await subscriber.PingAsync();
        await subscriber.SubscribeAsync(probe.Topic("b"), qos: 2);
        await subscriber.UnsubscribeAsync(probe.Topic("b"));
        await subscriber.PublishAsync(probe.Topic("c"), "m", qos: 1);
        await subscriber.PublishAsync(probe.Topic("c"), "m", qos: 2);
        await subscriber.AckAsync(PacketType.Pubrec, first.PacketId);
        await subscriber.ReceiveAnswerAsync(PacketType.Pubrel, first.PacketId);
        await subscriber.PingAsync();
    }

    /// <summary>QoS 0 needs no quota; a broker may hold it back all the same, but not for ever.</summary>
    [Check("Trap-55", Versions = Versions.Mqtt5)]
    public static async Task QoS_0_arrives_at_the_latest_when_the_quota_has_room(Probe probe)
    {
        var subscriber = await SubscriberAsync(probe, receiveMaximum: 1);
        await PublishAsync(probe, 1, 1, 0);
        var first = await subscriber.ReceivePublishAsync("0", qos: 1);
        await subscriber.SendAsync(Packets.Pingreq);
        var next = await subscriber.ReceiveAsync("PUBLISH QoS 0 or PINGRESP");
        var isHeld = next.Type == PacketType.Pingresp;
        probe.Saw(isHeld ? "holds QoS 0 back" : "sends QoS 0 without quota");
        if (!isHeld)
        {
            Probe.Ensure(string.Equals(next.Text, "2", StringComparison.Ordinal), "PUBLISH QoS 0 '2'", next);
            await subscriber.ReceiveAsync(PacketType.Pingresp);
        }

        await subscriber.AckAsync(PacketType.Puback, first.PacketId);

        await subscriber.TakeAsync("1");
        if (isHeld)
        {
            await subscriber.ReceivePublishAsync("2", qos: 0);
        }
    }

    /// <summary>Each connection has the quota of its own CONNECT, and what is sent again takes from it.</summary>
    [Check("MQTT-3.3.4-9", "MQTT-4.9.0-1", "MQTT-4.9.0-2", "Trap-55")]
    public static async Task Receive_Maximum_is_that_of_the_current_connection_also_for_what_is_sent_again(Probe probe)
    {
        var subscriber = await SubscriberAsync(probe, receiveMaximum: 3);
        await PublishAsync(probe, 1, 1, 1, 1);
        var sent = new List<Received>();
        for (var number = 0; number < 3; number++)
        {
            sent.Add(await subscriber.ReceivePublishAsync(Text(number), qos: 1));
        }

        await subscriber.DropAsync();
        subscriber = await probe.ResumeAsync("sub", receiveMaximum: 1);
        foreach (var earlier in sent)
        {
            await subscriber.ReceiveAgainAsync(earlier);
            await subscriber.PingAsync();
            await subscriber.AckAsync(PacketType.Puback, earlier.PacketId);
        }

        await subscriber.ReceivePublishAsync("3", qos: 1);
        await subscriber.PingAsync();
    }

    /// <summary>PUBCOMP for a PUBREL that was sent again must not lift the quota above Receive Maximum (§4.9).</summary>
    [Check("MQTT-3.3.4-9", "MQTT-4.9.0-2", "Trap-55")]
    public static async Task A_PUBREL_sent_again_does_not_enlarge_the_quota(Probe probe)
    {
        var subscriber = await SubscriberAsync(probe, receiveMaximum: 1);
        await PublishAsync(probe, 2);
        var released = await subscriber.ReceivePublishAsync("0", qos: 2);
        await subscriber.AckAsync(PacketType.Pubrec, released.PacketId);
        await subscriber.ReceiveAnswerAsync(PacketType.Pubrel, released.PacketId);
        await subscriber.DropAsync();

        subscriber = await probe.ResumeAsync("sub", receiveMaximum: 1);
        await subscriber.ReceiveAnswerAsync(PacketType.Pubrel, released.PacketId);
        await subscriber.AckAsync(PacketType.Pubcomp, released.PacketId);
        await subscriber.PingAsync();
        await PublishAsync(probe, 1, 1, 1);

        for (var number = 0; number < 3; number++)
        {
            var publish = await subscriber.ReceivePublishAsync(Text(number), qos: 1);
            await subscriber.PingAsync();
            await subscriber.AcknowledgeAsync(publish);
        }
    }

    /// <summary>A publisher may have as many QoS 2 messages open as the broker announces, and the broker goes on to answer.</summary>
    [Check("MQTT-3.3.4-7", "MQTT-4.9.0-3", "Trap-56")]
    public static async Task As_many_QoS_2_exchanges_as_announced_may_be_open(Probe probe)
    {
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        var count = (int)Math.Min(publisher.Connack!.NumberOr(PropertyId.ReceiveMaximum, ushort.MaxValue), FillMax);
        await FillAsync(probe, publisher, count);

        await publisher.PingAsync();
        await publisher.SubscribeAsync(probe.Topic("b"));
        for (var id = 1; id <= count; id++)
        {
            await publisher.ReleaseAsync((ushort)id);
        }

        await publisher.PublishAsync(probe.Topic("a"), "m", qos: 2);
    }

    /// <summary>A publisher that opens one more is cut off.</summary>
    [Check("MQTT-3.3.4-7", "Trap-56")]
    public static async Task One_QoS_2_message_more_than_announced_ends_the_connection(Probe probe)
    {
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        var count = publisher.Connack!.NumberOr(PropertyId.ReceiveMaximum, ushort.MaxValue);
        Probe.SkipUnless(count <= FillMax, $"the broker takes {count} messages at once, more than this check sends");
        await FillAsync(probe, publisher, (int)count);

        await publisher.SendPublishAsync(probe.Topic("a"), "one too many", new PublishOptions { QoS = 2, PacketId = (ushort)(count + 1) });

        probe.Saw(await publisher.IsClosedAsync(0x93));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static async Task<WireClient> SubscriberAsync(Probe probe, ushort receiveMaximum)
    {
        var subscriber = await probe.ConnectPersistentAsync("sub", receiveMaximum);
        await subscriber.SubscribeAsync(probe.Topic("a"), qos: 2);
        return subscriber;
    }

    /// <summary>Publishes one message for each QoS, with the payloads 0, 1, ...; a witness tells that the broker has passed them on.</summary>
    private static async Task PublishAsync(Probe probe, params int[] qos)
    {
        var witness = await probe.ConnectSubscriberAsync(probe.Topic("a"));
        var publisher = await probe.ConnectPublisherAsync(qos.Max());
        for (var number = 0; number < qos.Length; number++)
        {
            await publisher.PublishAsync(probe.Topic("a"), Text(number), qos[number]);
            await witness.ReceivePublishAsync(Text(number));
        }
    }

    /// <summary>Opens QoS 2 exchanges with the identifiers 1 to <paramref name="count"/>.</summary>
    private static async Task FillAsync(Probe probe, WireClient publisher, int count)
    {
        for (var id = 1; id <= count; id++)
        {
            await publisher.SendPublishAsync(probe.Topic("a"), "m", new PublishOptions { QoS = 2, PacketId = (ushort)id });
            await publisher.ReceiveAnswerAsync(PacketType.Pubrec, (ushort)id);
        }
    }
}
