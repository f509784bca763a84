using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Maximum Packet Size of a client that receives (5.0 §3.1.2.11.4). It counts the whole packet as it is encoded for this client.</summary>
public static class PacketSizeChecks
{
    private const int Small = 100;

    [Check("MQTT-3.1.2-24", "MQTT-3.1.2-25", "Trap-57")]
    public static async Task A_message_that_is_too_large_for_one_receiver_reaches_the_others(Probe probe)
    {
        foreach (var qos in new[] { 0, 1, 2 })
        {
            var limited = await ConnectAsync(probe, Small, qos);
            var unlimited = await ConnectAsync(probe, null, qos);
            var generous = await ConnectAsync(probe, 1000, qos);
            var publisher = await probe.ConnectAsync();
            Needs.QoS(publisher, qos);

            await publisher.PublishAsync(probe.Topic("a"), new string('x', 200), qos);
            await publisher.PublishAsync(probe.Topic("a"), "small", qos);

            foreach (var receiver in new[] { unlimited, generous })
            {
                await receiver.ReceivePublishAsync(new string('x', 200));
                await receiver.ReceivePublishAsync("small");
            }

            await limited.ReceivePublishAsync("small");
        }
    }

    [Check("MQTT-3.1.2-24", "Trap-57")]
    public static async Task A_PUBLISH_may_be_as_large_as_the_maximum_and_not_a_byte_larger(Probe probe) => await BoundaryAsync(probe, []);

    [Check("MQTT-3.1.2-24", "Trap-57")]
    public static async Task Properties_count_for_the_size_of_a_packet(Probe probe) => await BoundaryAsync(
        probe,
        [WireProperty.User("name", new string('v', 100)), WireProperty.Binary(PropertyId.CorrelationData, new byte[50])]);

    [Check("MQTT-3.1.2-24", "Trap-57")]
    public static async Task Subscription_Identifiers_count_for_the_size_of_a_packet(Probe probe)
    {
        Needs.SubscriptionIdentifiers(await probe.ConnectAsync());
        await BoundaryAsync(probe, [], identifier: 1);
        await BoundaryAsync(probe, [], identifier: 2_097_152);
    }

    /// <summary>It counts as sent completely, so the next one may be sent although only one may be unacknowledged.</summary>
    [Check("MQTT-3.1.2-25", "Trap-57")]
    public static async Task A_message_that_is_too_large_does_not_block_the_queue(Probe probe)
    {
        foreach (var qos in new[] { 1, 2 })
        {
            var subscriber = await probe.ConnectAsync(new ConnectOptions { ReceiveMaximum = 1, MaximumPacketSize = Small });
            await subscriber.SubscribeAsync(probe.Topic("a"), qos);
            var publisher = await probe.ConnectAsync();
            Needs.QoS(publisher, qos);
            foreach (var payload in new[] { new string('x', 200), "first", new string('x', 200), new string('y', 200), "second" })
            {
                await publisher.PublishAsync(probe.Topic("a"), payload, qos);
            }

            await subscriber.TakeAsync("first");
            await subscriber.TakeAsync("second");
        }
    }

    [Check("MQTT-3.1.2-24", "MQTT-3.1.2-25", "Trap-57")]
    public static async Task A_queued_message_that_is_too_large_for_the_next_connection_is_discarded(Probe probe)
    {
        var session = ConnectOptions.Persistent(probe.ClientId("sub"));
        var subscriber = await probe.ConnectAsync(session);
        await subscriber.SubscribeAsync(probe.Topic("a"), 1);
        await subscriber.DisconnectAsync();
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 1);
        await publisher.PublishAsync(probe.Topic("a"), new string('x', 200), qos: 1);
        await publisher.PublishAsync(probe.Topic("a"), "small", qos: 1);

        subscriber = await probe.ConnectAsync(session with { MaximumPacketSize = Small });
        await subscriber.TakeAsync("small");
        await subscriber.DisconnectAsync();

        subscriber = await probe.ConnectAsync(session);
        await publisher.PublishAsync(probe.Topic("a"), "marker", qos: 1);
        await subscriber.ReceivePublishAsync("marker");
    }

    [Check("MQTT-3.1.2-24", "MQTT-3.1.2-25", "Trap-57")]
    public static async Task A_retained_message_that_is_too_large_is_left_out(Probe probe)
    {
        var publisher = await RetainedChecks.ConnectPublisherAsync(probe);
        Needs.Wildcards(publisher);
        await publisher.PublishAsync(probe.Topic("a/large"), new string('x', 200), qos: 1, retain: true);
        await publisher.PublishAsync(probe.Topic("a/small"), "small", qos: 1, retain: true);
        var subscriber = await probe.ConnectAsync(new ConnectOptions { MaximumPacketSize = Small });

        var retained = await subscriber.SubscribeAndTakeRetainedAsync(probe.Topic("a/#"), new SubscribeOptions { QoS = 1 }, 1);

        Probe.Ensure(retained[0] is { Text: "small" }, "PUBLISH 'small'", retained[0]);
    }

    /// <summary>What one member cannot take may go to another or be discarded; what all can take goes to one of them.</summary>
    [Check("MQTT-3.1.2-24", "MQTT-3.1.2-25", "Trap-57")]
    public static async Task A_member_of_a_group_gets_nothing_that_is_too_large_for_it(Probe probe)
    {
        WireClient[] members = [await probe.ConnectAsync(new ConnectOptions { MaximumPacketSize = Small }), await probe.ConnectAsync()];
        Needs.Shared(members[0]);
        foreach (var member in members)
        {
            await member.SubscribeAsync($"$share/{probe.Prefix}/{probe.Topic("a")}", 1);
            await member.SubscribeAsync(probe.Topic("end"), 1);
        }

        var publisher = await probe.ConnectAsync();
        foreach (var payload in new[] { new string('x', 200), "1", new string('y', 200), "2", new string('z', 200), "3", "4" })
        {
            await publisher.PublishAsync(probe.Topic("a"), payload, qos: 1);
        }

        await publisher.PublishAsync(probe.Topic("end"), "marker", qos: 1);
        var narrow = await members[0].ReceiveAroundAsync("marker");
        var wide = await members[1].ReceiveAroundAsync("marker");
        Probe.Ensure(narrow.All(publish => publish.Packet.Length <= Small), $"packets of at most {Small} bytes", narrow);
        var small = narrow.Concat(wide).Select(publish => publish.Text).Where(text => text.Length == 1).Order(StringComparer.Ordinal);
        Probe.Ensure(string.Concat(small) is "1234", "each of the small messages once", [.. narrow, .. wide]);
    }

    /// <summary>Each connection says for itself what it takes.</summary>
    [Check("MQTT-3.1.2-24", "Trap-57")]
    public static async Task The_maximum_ends_with_the_connection(Probe probe)
    {
        var session = ConnectOptions.Persistent(probe.ClientId("sub"));
        var subscriber = await probe.ConnectAsync(session with { MaximumPacketSize = Small });
        await subscriber.SubscribeAsync(probe.Topic("a"), 1);
        await subscriber.DisconnectAsync();
        subscriber = await probe.ConnectAsync(session);
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 1);

        await publisher.PublishAsync(probe.Topic("a"), new string('x', 200), qos: 1);

        await subscriber.ReceivePublishAsync(new string('x', 200));
    }

    /// <summary>Whatever the broker would like to explain, the packet stays within the maximum.</summary>
    [Check("MQTT-3.1.2-24", "MQTT-3.4.2-2", "MQTT-3.4.2-3", "MQTT-3.5.2-2", "MQTT-3.5.2-3", "Trap-41")]
    public static async Task PUBACK_and_PUBREC_stay_within_the_maximum(Probe probe)
    {
        var topic = $"$SYS/{probe.Prefix}";
        await AnswersStayWithinAsync(
            probe,
            Packets.Publish(probe.Version, topic, "x", new PublishOptions { QoS = 1 }, 1),
            Packets.Publish(probe.Version, topic, "x", new PublishOptions { QoS = 2 }, 2));
    }

    [Check("MQTT-3.1.2-24", "MQTT-3.6.2-2", "MQTT-3.6.2-3", "MQTT-3.7.2-2", "MQTT-3.7.2-3", "Trap-41")]
    public static async Task PUBREL_and_PUBCOMP_stay_within_the_maximum(Probe probe) => await AnswersStayWithinAsync(
        probe, Packets.Ack(probe.Version, PacketType.Pubrel, 1234), Packets.Ack(probe.Version, PacketType.Pubrec, 1234));

    [Check("MQTT-3.1.2-24", "MQTT-3.9.2-1", "MQTT-3.9.2-2", "MQTT-3.11.2-1", "MQTT-3.11.2-2", "Trap-41")]
    public static async Task SUBACK_and_UNSUBACK_stay_within_the_maximum(Probe probe) => await AnswersStayWithinAsync(
        probe,
        Packets.Unsubscribe(probe.Version, 1, probe.Topic("a"), probe.Topic("b")),
        Packets.Subscribe(probe.Version, 2, new SubscribeOptions(), probe.Topic("#/a"), "$share/+/a", probe.Topic("a")));

    [Check("MQTT-3.1.2-24", "MQTT-3.14.2-3", "MQTT-3.14.2-4", "Trap-41")]
    public static async Task DISCONNECT_stays_within_the_maximum(Probe probe)
    {
        foreach (var wrong in new byte[][] { [0x36, 0x05, 0x00, 0x01, 0x61, 0x00, 0x01], [0x82, 0x03, 0x00, 0x01, 0x00], [0x00, 0x00] })
        {
            var (client, maximum) = await ConnectNarrowAsync(probe);
            await client.SendAsync(wrong);

            var packet = await client.ReceiveOrEndAsync("DISCONNECT or the end of the connection");

            Probe.Ensure(packet is null || packet.Type == PacketType.Disconnect, "DISCONNECT or the end of the connection", packet);
            Probe.Ensure(packet is null || packet.Packet.Length <= maximum, $"a packet of at most {maximum} bytes", PacketText.Of(packet?.Packet ?? []));
        }
    }

    /// <summary>A method that no broker knows is refused; what is said about it must fit.</summary>
    [Check("MQTT-3.1.2-24", "MQTT-3.2.2-19", "MQTT-3.2.2-20", "Trap-41")]
    public static async Task A_CONNACK_that_refuses_stays_within_the_maximum(Probe probe)
    {
        const int Maximum = 8;
        var client = await probe.OpenAndSendConnectAsync(new ConnectOptions
        {
            MaximumPacketSize = Maximum,
            Properties = [WireProperty.Text(PropertyId.AuthenticationMethod, probe.Prefix)],
        });

        var packet = await client.ReceiveOrEndAsync("CONNACK or the end of the connection");

        Probe.Ensure(packet is null or { Type: PacketType.Connack, ReasonCode: >= 0x80 }, "CONNACK that refuses, or the end of the connection", packet);
        Probe.Ensure(packet is null || packet.Packet.Length <= Maximum, $"a packet of at most {Maximum} bytes", PacketText.Of(packet?.Packet ?? []));
    }

    private static async Task AnswersStayWithinAsync(Probe probe, params byte[][] packets)
    {
        var (client, maximum) = await ConnectNarrowAsync(probe);

        await client.SendAsync([.. packets, Packets.Pingreq]);

        var packet = await client.ReceiveOrEndAsync("answers");
        for (; packet is not null && packet.Type != PacketType.Pingresp; packet = await client.ReceiveOrEndAsync("answers"))
        {
            Probe.Ensure(packet.Packet.Length <= maximum, $"a packet of at most {maximum} bytes", PacketText.Of(packet.Packet));
        }
    }

    /// <summary>A client whose maximum is that of its CONNACK, so that nothing longer may come.</summary>
    private static async Task<(WireClient Client, int Maximum)> ConnectNarrowAsync(Probe probe)
    {
        var wide = await probe.ConnectAsync(new ConnectOptions { ClientId = probe.ClientId("narrow"), MaximumPacketSize = 100_000 });
        var maximum = Math.Max(wide.Connack!.Packet.Length, 12);
        await wide.DisconnectAsync();
        return (await probe.ConnectAsync(new ConnectOptions { ClientId = probe.ClientId("narrow"), MaximumPacketSize = (uint)maximum }), maximum);
    }

    private static async Task<WireClient> ConnectAsync(Probe probe, int? maximum, int qos, uint? identifier = null)
    {
        var client = await probe.ConnectAsync(new ConnectOptions { MaximumPacketSize = (uint?)maximum });
        await client.SubscribeAsync(probe.Topic("a"), new SubscribeOptions { QoS = qos, Identifier = identifier });
        return client;
    }

    /// <summary>The size that an unlimited receiver sees is the one that just fits another.</summary>
    private static async Task BoundaryAsync(Probe probe, IReadOnlyList<WireProperty> properties, uint? identifier = null)
    {
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 1);
        var options = new PublishOptions { QoS = 1, Properties = properties };
        var payload = new string('x', 64);
        var unlimited = await ConnectAsync(probe, null, 1, identifier);
        await publisher.PublishAsync(probe.Topic("a"), payload, options);
        var size = (await unlimited.TakeAsync(payload)).Packet.Length;
        var fits = await ConnectAsync(probe, size, 1, identifier);
        var isShort = await ConnectAsync(probe, size - 1, 1, identifier);

        await publisher.PublishAsync(probe.Topic("a"), payload, options);
        await publisher.PublishAsync(probe.Topic("a"), "small", new PublishOptions { QoS = 1 });

        await fits.TakeAsync(payload);
        await fits.TakeAsync("small");
        await isShort.TakeAsync("small");
    }
}
