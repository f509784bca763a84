using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>What a PUBLISH is answered with, and what a broker does that will not deliver it (5.0 §3.3.4; 3.1.1 §3.3.4, §3.3.5).</summary>
public static class PublishActionChecks
{
    private const byte NoMatchingSubscribers = 0x10;

    [Check("MQTT-3.3.4-1", "MQTT3-3.3.4-1", Versions = Versions.All)]
    public static async Task QoS_0_is_not_answered(Probe probe)
    {
        var publisher = await probe.ConnectAsync();

        await publisher.SendPublishAsync(probe.Topic("a"), "x");

        await publisher.PingAsync();
    }

    [Check("MQTT-3.3.4-1", "MQTT3-3.3.4-1", Versions = Versions.All)]
    public static async Task QoS_1_is_answered_with_PUBACK(Probe probe) => await AnswersAsync(probe, 1, PacketType.Puback);

    [Check("MQTT-3.3.4-1", "MQTT3-3.3.4-1", Versions = Versions.All)]
    public static async Task QoS_2_is_answered_with_PUBREC(Probe probe) => await AnswersAsync(probe, 2, PacketType.Pubrec);

    [Check("Trap-70", Versions = Versions.Mqtt5)]
    public static async Task No_matching_subscribers_is_not_said_when_a_client_gets_the_message(Probe probe)
    {
        var publisher = await probe.ConnectAsync();
        await probe.ConnectSubscriberAsync(probe.Topic("a"));

        await SaysSubscribersAsync(publisher, probe.Topic("a"));
    }

    [Check("Trap-70", Versions = Versions.Mqtt5)]
    public static async Task No_matching_subscribers_is_not_said_when_a_session_keeps_the_message(Probe probe)
    {
        var publisher = await probe.ConnectAsync();
        var subscriber = await probe.ConnectAsync(ConnectOptions.Persistent(probe.ClientId("sub")));
        await subscriber.SubscribeAsync(probe.Topic("a"), 2);
        await subscriber.DisconnectAsync();

        await SaysSubscribersAsync(publisher, probe.Topic("a"));
    }

    [Check("Trap-70", Versions = Versions.Mqtt5)]
    public static async Task No_matching_subscribers_is_not_said_when_a_shared_subscription_gets_the_message(Probe probe)
    {
        var publisher = await probe.ConnectAsync();
        Needs.Shared(publisher);
        await probe.ConnectSubscriberAsync($"$share/{probe.Prefix}/{probe.Topic("a")}", 1);

        await SaysSubscribersAsync(publisher, probe.Topic("a"));
    }

    /// <summary>The code is an offer to the server; retaining a message makes nobody a subscriber.</summary>
    [Check("Trap-70", Versions = Versions.Mqtt5)]
    public static async Task A_message_without_subscribers_is_a_success_with_or_without_saying_so(Probe probe)
    {
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 1);
        foreach (var retain in new[] { false, true })
        {
            var code = await publisher.PublishAsync(probe.Topic("a"), "x", qos: 1, retain);
            Probe.Ensure(code is 0 or NoMatchingSubscribers, "PUBACK 0x00 or 0x10", $"PUBACK 0x{code:X2}");
            probe.Saw($"PUBACK without subscribers: 0x{code:X2}");
            Needs.Retained(publisher);
        }
    }

    /// <summary>Without users and rights, what clients may not publish is what belongs to the broker.</summary>
    [Check("MQTT3-3.3.5-2", "Trap-63", "Trap-69")]
    public static async Task A_message_that_is_not_permitted_is_acknowledged_or_ends_the_connection(Probe probe)
    {
        foreach (var qos in new[] { 1, 2 })
        {
            var isAcknowledged = await PublishToSysAsync(probe, qos);
            probe.Saw(isAcknowledged ? "PUBLISH to $SYS: acknowledges" : "PUBLISH to $SYS: closes the connection");
        }
    }

    /// <summary>3.1 does not even mention the end of the connection.</summary>
    [Check("MQTT31-3.3-1", "Trap-63", "Trap-69")]
    public static async Task A_message_that_is_not_permitted_is_acknowledged(Probe probe)
    {
        foreach (var qos in new[] { 1, 2 })
        {
            Probe.Ensure(await PublishToSysAsync(probe, qos), "an acknowledgement", "the end of the connection");
        }
    }

    [Check("Trap-63", "Trap-69", Versions = Versions.Mqtt5)]
    public static async Task A_QoS_1_message_that_is_not_permitted_is_answered_with_PUBACK(Probe probe)
    {
        var publisher = await probe.ConnectAsync();
        var packetId = await publisher.SendPublishAsync($"$SYS/{probe.Prefix}", "x", new PublishOptions { QoS = 1 });

        var answer = await publisher.ReceiveUnlessClosedAsync(0x87, 0x90);

        probe.Saw(answer is null ? "PUBLISH to $SYS: closes the connection" : $"PUBLISH to $SYS: PUBACK 0x{answer.ReasonCode:X2}");
        Probe.Ensure(answer is null || (answer.Type == PacketType.Puback && answer.PacketId == packetId), "PUBACK or the end of the connection", answer);
    }

    [Check("MQTT-4.3.3-9", "Trap-69")]
    public static async Task A_PUBREC_that_refuses_frees_the_Packet_Identifier(Probe probe)
    {
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 2);
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"));
        var packetId = await publisher.SendPublishAsync($"$SYS/{probe.Prefix}", "x", new PublishOptions { QoS = 2 });
        var answer = await publisher.ReceiveUnlessClosedAsync(0x87, 0x90);
        Probe.SkipUnless(answer is { ReasonCode: >= 0x80 }, "the broker does not refuse PUBLISH to $SYS with PUBREC");
        Probe.Ensure(answer!.Type == PacketType.Pubrec && answer.PacketId == packetId, "PUBREC", answer);

        var code = await publisher.PublishAsync(probe.Topic("a"), "new", new PublishOptions { QoS = 2, PacketId = packetId });

        Probe.Ensure(code == 0, "an exchange that ends with PUBCOMP 0x00", $"0x{code:X2}");
        await subscriber.ReceivePublishAsync("new");
    }

    /// <summary>Both are allowed; what has a higher QoS is kept either way.</summary>
    [Check("Trap-95", Versions = Versions.All)]
    public static async Task QoS_0_messages_for_a_session_without_a_connection_are_kept_or_dropped(Probe probe)
    {
        var session = ConnectOptions.Persistent(probe.ClientId("sub"));
        var subscriber = await probe.ConnectAsync(session);
        await subscriber.SubscribeAsync(probe.Topic("a"), 1);
        await subscriber.DisconnectAsync();
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 1);
        await publisher.PublishAsync(probe.Topic("a"), "zero", qos: 0);
        await publisher.PublishAsync(probe.Topic("a"), "one", qos: 1);

        subscriber = await probe.ConnectAsync(session);

        var others = await subscriber.ReceivePublishesUntilAsync("one");
        var isKept = others is [{ Text: "zero", QoS: QoS.AtMostOnce, Dup: false }];
        Probe.Ensure(isKept || others is [], "the QoS 1 message, and perhaps the QoS 0 message without DUP", others);
        probe.Saw(isKept ? "QoS 0 for a session without a connection: kept" : "QoS 0 for a session without a connection: dropped, or sent later");
    }

    private static async Task<bool> PublishToSysAsync(Probe probe, int qos)
    {
        var publisher = await probe.ConnectAsync();
        var packetId = await publisher.SendPublishAsync($"$SYS/{probe.Prefix}", "x", new PublishOptions { QoS = qos });
        var answer = await publisher.ReceiveUnlessClosedAsync();
        if (answer is null)
        {
            return false;
        }

        var type = qos == 1 ? PacketType.Puback : PacketType.Pubrec;
        Probe.Ensure(answer.Type == type && answer.PacketId == packetId, $"{PacketText.NameOf(type)} id {packetId}", answer);
        if (qos == 2)
        {
            await publisher.SendAsync(Packets.Ack(probe.Version, PacketType.Pubrel, packetId));
            await publisher.ReceiveAnswerAsync(PacketType.Pubcomp, packetId);
        }

        return true;
    }

    private static async Task AnswersAsync(Probe probe, int qos, PacketType type)
    {
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, qos);
        await probe.ConnectSubscriberAsync(probe.Topic("b"), qos);
        foreach (var packetId in new ushort[] { 1, 255, 256, 32_768, 65_535 })
        {
            foreach (var (topic, payload) in new[] { ("a", "x"), ("b", "x"), ("b", "") })
            {
                await publisher.SendPublishAsync(probe.Topic(topic), payload, new PublishOptions { QoS = qos, PacketId = packetId });
                var answer = await publisher.ReceiveAnswerAsync(type, packetId);
                Probe.Ensure(answer.ReasonCode < 0x80, $"{PacketText.NameOf(type)} that accepts the message", answer);
                if (qos == 2)
                {
                    await publisher.SendAsync(Packets.Ack(probe.Version, PacketType.Pubrel, packetId));
                    await publisher.ReceiveAnswerAsync(PacketType.Pubcomp, packetId);
                }
            }
        }
    }

    private static async Task SaysSubscribersAsync(WireClient publisher, string topic)
    {
        Needs.QoS(publisher, 2);
        foreach (var (qos, type) in new[] { (1, PacketType.Puback), (2, PacketType.Pubrec) })
        {
            var packetId = await publisher.SendPublishAsync(topic, "x", new PublishOptions { QoS = qos });
            var answer = await publisher.ReceiveAnswerAsync(type, packetId);
            Probe.Ensure(answer.ReasonCode == 0, $"{PacketText.NameOf(type)} 0x00", answer);
        }
    }
}
