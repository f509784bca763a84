using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>DUP, QoS and the Packet Identifier of PUBLISH (5.0 and 3.1.1 §3.3.1.1, §3.3.1.2, §3.3.2.2).</summary>
public static class PublishFlagChecks
{
    [Check("MQTT-3.3.1-1", "MQTT3-3.3.1-1", "Trap-47", Versions = Versions.All)]
    public static async Task A_QoS_1_PUBLISH_that_is_sent_again_has_DUP_set(Probe probe) => await SentAgainAsync(probe, 1);

    [Check("MQTT-3.3.1-1", "MQTT3-3.3.1-1", "Trap-47", Versions = Versions.All)]
    public static async Task A_QoS_2_PUBLISH_that_is_sent_again_has_DUP_set(Probe probe) => await SentAgainAsync(probe, 2);

    [Check("MQTT-3.3.1-3", "MQTT3-3.3.1-3", "Trap-47", Versions = Versions.All)]
    public static async Task DUP_of_the_publisher_is_not_forwarded_with_QoS_1(Probe probe) => await DupIsNotForwardedAsync(probe, 1, 1);

    [Check("MQTT-3.3.1-3", "MQTT3-3.3.1-3", "Trap-47", Versions = Versions.All)]
    public static async Task DUP_of_the_publisher_is_not_forwarded_with_QoS_2(Probe probe) => await DupIsNotForwardedAsync(probe, 2, 2);

    [Check("MQTT-3.3.1-2", "MQTT-3.3.1-3", "MQTT3-3.3.1-2", "MQTT3-3.3.1-3", "Trap-47", Versions = Versions.All)]
    public static async Task DUP_of_the_publisher_is_not_forwarded_with_QoS_0(Probe probe)
    {
        await DupIsNotForwardedAsync(probe, 1, 0);
        await DupIsNotForwardedAsync(probe, 2, 0);
    }

    [Check("MQTT-3.3.1-3", "MQTT3-3.3.1-3", "Trap-47", Versions = Versions.All)]
    public static async Task A_queued_message_that_came_with_DUP_is_first_sent_without(Probe probe)
    {
        var session = ConnectOptions.Persistent(probe.ClientId("sub"));
        var subscriber = await probe.ConnectAsync(session);
        await subscriber.SubscribeAsync(probe.Topic("a"), 1);
        await subscriber.DisconnectAsync();
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 1);

        await publisher.PublishAsync(probe.Topic("a"), "queued", new PublishOptions { QoS = 1, Dup = true });

        subscriber = await probe.ConnectAsync(session);
        var publish = await subscriber.ReceivePublishAsync("queued");
        Probe.Ensure(!publish.Dup, "DUP 0 at the first attempt to send", publish);
    }

    [Check("MQTT-3.3.1-3", "MQTT3-3.3.1-3", "Trap-47", Versions = Versions.All)]
    public static async Task A_retained_message_that_came_with_DUP_is_sent_without(Probe probe)
    {
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 1);
        Needs.Retained(publisher);
        await publisher.PublishAsync(probe.Topic("a"), "kept", new PublishOptions { QoS = 1, Dup = true, Retain = true });
        var subscriber = await probe.ConnectAsync();

        var retained = await subscriber.SubscribeAndTakeRetainedAsync(probe.Topic("a"), new SubscribeOptions { QoS = 1 }, 1);

        Probe.Ensure(!retained[0].Dup, "DUP 0 at the first attempt to send", retained[0]);
    }

    /// <summary>A sender must not do this; what a receiver does about it is not said.</summary>
    [Check("MQTT-3.3.1-2", "MQTT3-3.3.1-2", "Trap-48", Versions = Versions.All)]
    public static async Task DUP_with_QoS_0_is_refused_or_ignored(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"));
        var publisher = await probe.ConnectAsync();

        await publisher.SendPublishAsync(probe.Topic("a"), "dup", new PublishOptions { Dup = true });
        await publisher.SendAsync(Packets.Pingreq);

        var answer = await publisher.ReceiveUnlessClosedAsync(0x81, 0x82);
        if (answer is null)
        {
            probe.Saw("DUP with QoS 0: closes the connection");
            await subscriber.PingAsync();
            return;
        }

        Probe.Ensure(answer.Type == PacketType.Pingresp, "PINGRESP or the end of the connection", answer);
        probe.Saw("DUP with QoS 0: ignores the bit");
        var publish = await subscriber.ReceivePublishAsync("dup");
        Probe.Ensure(!publish.Dup && publish.QoS == QoS.AtMostOnce, "PUBLISH QoS 0 without DUP", publish);
    }

    [Check("MQTT-3.3.1-4", "MQTT3-3.3.1-4", Versions = Versions.All)]
    public static async Task QoS_3_ends_the_connection(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), 2);

        foreach (var options in new PublishOptions[] { new(), new() { Dup = true }, new() { Retain = true }, new() { Dup = true, Retain = true } })
        {
            var publisher = await probe.ConnectAsync();
            await publisher.SendPublishAsync(probe.Topic("a"), "three", options with { QoS = 3 });
            probe.Saw(await publisher.IsClosedAsync(0x81, 0x82));
        }

        await (await probe.ConnectAsync()).SendPublishAsync(probe.Topic("a"), "marker");
        await subscriber.ReceivePublishAsync("marker");
    }

    [Check("MQTT-2.2.1-3", "MQTT3-2.3.1-1", "Trap-68", Versions = Versions.All)]
    public static async Task Packet_Identifier_0_with_QoS_1_ends_the_connection(Probe probe) => await PacketIdentifierZeroAsync(probe, 1);

    [Check("MQTT-2.2.1-3", "MQTT3-2.3.1-1", "Trap-68", Versions = Versions.All)]
    public static async Task Packet_Identifier_0_with_QoS_2_ends_the_connection(Probe probe) => await PacketIdentifierZeroAsync(probe, 2);

    /// <summary>Two bytes too many would look like the beginning of the payload, or of the properties.</summary>
    [Check("MQTT-2.2.1-2", "MQTT3-2.3.1-5", "Trap-68", Versions = Versions.All)]
    public static async Task A_forwarded_QoS_0_PUBLISH_has_no_Packet_Identifier(Probe probe)
    {
        var topic = probe.Topic("a");
        var subscriber = await probe.ConnectSubscriberAsync(topic);
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 1);

        await publisher.PublishAsync(topic, "x", qos: 1);

        var publish = await subscriber.ReceivePublishAsync("x");
        var expected = Packets.Publish(probe.Version, topic, "x", new PublishOptions(), packetId: 0);
        Probe.Ensure(publish.Packet.AsSpan().SequenceEqual(expected), $"{PacketText.Of(expected)}", PacketText.Of(publish.Packet));
    }

    private static async Task SentAgainAsync(Probe probe, int qos)
    {
        var session = ConnectOptions.Persistent(probe.ClientId("sub"));
        var subscriber = await probe.ConnectAsync(session);
        await subscriber.SubscribeAsync(probe.Topic("a"), qos);
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, qos);
        await publisher.PublishAsync(probe.Topic("a"), "again", qos);
        var first = await subscriber.ReceivePublishAsync("again");
        Probe.Ensure(!first.Dup, "DUP 0 at the first attempt to send", first);
        await subscriber.DropAsync();

        subscriber = await probe.ConnectAsync(session);

        var second = await subscriber.ReceivePublishAsync("again");
        var isSame = second.PacketId == first.PacketId && second.QoS == first.QoS;
        Probe.Ensure(isSame && second.Dup, $"the same PUBLISH id {first.PacketId} with DUP 1", second);
    }

    private static async Task DupIsNotForwardedAsync(Probe probe, int publishedQoS, int grantedQoS)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), grantedQoS);
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, publishedQoS);

        await publisher.PublishAsync(probe.Topic("a"), "x", new PublishOptions { QoS = publishedQoS, Dup = true });

        var publish = await subscriber.ReceivePublishAsync("x");
        Probe.Ensure(!publish.Dup && (int)publish.QoS == grantedQoS, $"PUBLISH QoS {grantedQoS} without DUP", publish);
    }

    private static async Task PacketIdentifierZeroAsync(Probe probe, int qos)
    {
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, qos);

        await publisher.SendPublishAsync(probe.Topic("a"), "x", new PublishOptions { QoS = qos, PacketId = 0 });

        probe.Saw(await publisher.IsClosedAsync(0x81, 0x82));
    }
}
