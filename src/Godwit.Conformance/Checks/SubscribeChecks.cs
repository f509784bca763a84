using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>SUBSCRIBE and SUBACK (5.0 §3.8, §3.9).</summary>
public static class SubscribeChecks
{
    private const int ManyFilters = 200;
    private const int MessageCount = 100;

    /// <summary>The answer has the identifier of its request.</summary>
    [Check("MQTT-3.8.4-1", "MQTT-3.8.4-2", "MQTT-2.2.1-6", "MQTT3-3.8.4-1", "MQTT3-3.8.4-2", "MQTT3-2.3.1-7", Versions = Versions.All)]
    public static async Task SUBSCRIBE_is_answered_with_SUBACK_of_its_id(Probe probe)
    {
        var client = await probe.ConnectAsync();

        foreach (var packetId in new ushort[] { 1, 65_535, 256 })
        {
            await client.SendAsync(Packets.Subscribe(probe.Version, packetId, new SubscribeOptions(), probe.Topic("a")));
            await client.ReceiveAnswerAsync(PacketType.Suback, packetId);
        }
    }

    /// <summary>Each filter has its code at its place: never more than was asked for there.</summary>
    [Check("MQTT-3.8.4-6", "MQTT-3.8.4-7", "MQTT-3.9.3-1", "MQTT-3.9.3-2", "MQTT3-3.8.4-5", "MQTT3-3.9.3-1", "MQTT3-3.9.3-2", "Trap-86", Versions = Versions.All)]
    public static async Task SUBACK_has_a_code_for_each_filter_in_order(Probe probe)
    {
        var client = await probe.ConnectAsync();
        int[] asked = [2, 0, 1, 0, 2, 1];

        var codes = await SubscribeAsync(client, [.. asked.Select((qos, index) => (probe.Topic("f" + Text(index)), new SubscribeOptions { QoS = qos }))]);

        Probe.Ensure(codes.Length == asked.Length, "6 codes", PacketCodes(codes));
        for (var index = 0; index < asked.Length; index++)
        {
            Probe.Ensure(codes[index] <= asked[index], "in each place at most the QoS asked for: 2 0 1 0 2 1", PacketCodes(codes));
        }

        probe.Saw("grants " + PacketCodes(codes));
    }

    /// <summary>A filter that stands twice in one packet has two codes.</summary>
    [Check("MQTT-3.8.4-6", "MQTT3-3.8.4-5", "Trap-86", Versions = Versions.All)]
    public static async Task A_filter_given_twice_has_two_codes(Probe probe)
    {
        var client = await probe.ConnectAsync();

        var codes = await SubscribeAsync(client, (probe.Topic("a"), new SubscribeOptions { QoS = 1 }), (probe.Topic("a"), new SubscribeOptions { QoS = 0 }));

        Probe.Ensure(codes is [<= 1, 0], "2 codes: at most 1, and 0", PacketCodes(codes));
    }

    /// <summary>Filters of one packet work like those of several; of two equal ones the second replaces the first.</summary>
    [Check("MQTT-3.8.4-5", "MQTT3-3.8.4-4", "Trap-86", Versions = Versions.All)]
    public static async Task Filters_of_one_packet_are_taken_one_after_the_other(Probe probe)
    {
        var subscriber = await probe.ConnectAsync();
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        await SubscribeAsync(
            subscriber,
            (probe.Topic("a"), new SubscribeOptions { QoS = 2 }),
            (probe.Topic("b"), new SubscribeOptions { QoS = 1 }),
            (probe.Topic("a"), new SubscribeOptions { QoS = 0 }));

        await publisher.PublishAsync(probe.Topic("a"), "a", qos: 2);
        await publisher.PublishAsync(probe.Topic("b"), "b", qos: 2);

        await subscriber.ReceivePublishAsync("a", qos: 0);
        await subscriber.ReceivePublishAsync("b", qos: 1);
    }

    /// <summary>One SUBACK answers a long SUBSCRIBE, and each of its filters counts.</summary>
    [Check("MQTT-3.8.4-5", "MQTT-3.8.4-6", "MQTT3-3.8.4-4", "MQTT3-3.8.4-5", Versions = Versions.All)]
    public static async Task One_SUBACK_answers_two_hundred_filters(Probe probe)
    {
        var subscriber = await probe.ConnectAsync();
        var publisher = await probe.ConnectAsync();

        var codes = await SubscribeAsync(subscriber, [.. Enumerable.Range(0, ManyFilters).Select(number => (probe.Topic(Text(number)), new SubscribeOptions()))]);

        Probe.Ensure(codes.Length == ManyFilters && codes.All(code => code == 0), "200 codes 0x00", PacketCodes(codes));
        foreach (var number in new[] { 0, 100, ManyFilters - 1 })
        {
            await publisher.PublishAsync(probe.Topic(Text(number)), Text(number), qos: 0);
            await subscriber.ReceivePublishAsync(Text(number));
        }
    }

    /// <summary>A subscription limits the QoS, and a publisher limits it too: all nine pairs.</summary>
    [Check("MQTT-3.8.4-7", "MQTT-3.8.4-8", "MQTT3-3.8.4-5", "MQTT3-3.8.4-6", Versions = Versions.All)]
    public static async Task The_delivered_QoS_is_the_lower_of_published_and_granted(Probe probe)
    {
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        foreach (var asked in new[] { 0, 1, 2 })
        {
            var subscriber = await probe.ConnectAsync();
            var granted = await subscriber.SubscribeAsync(probe.Topic("a"), asked);
            foreach (var published in new[] { 0, 1, 2 })
            {
                var payload = Text(published);
                await publisher.PublishAsync(probe.Topic("a"), payload, published);
                await subscriber.AcknowledgeAsync(await subscriber.ReceivePublishAsync(payload, Math.Min(published, granted)));
            }
        }
    }

    /// <summary>A second SUBSCRIBE with the same filter replaces the first: one copy, the new QoS.</summary>
    [Check("MQTT-3.8.4-3", "MQTT3-3.8.4-3", Versions = Versions.All)]
    public static async Task An_identical_filter_replaces_the_subscription(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos: 2);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);

        await subscriber.SubscribeAsync(probe.Topic("a"), qos: 0);
        await publisher.PublishAsync(probe.Topic("a"), "lower", qos: 2);
        await subscriber.ReceivePublishAsync("lower", qos: 0);
        await subscriber.SubscribeAsync(probe.Topic("a"), qos: 1);
        await publisher.PublishAsync(probe.Topic("a"), "higher", qos: 2);
        await subscriber.AcknowledgeAsync(await subscriber.ReceivePublishAsync("higher", qos: 1));
        await publisher.PublishAsync(probe.Topic("a"), "end", qos: 0);

        await subscriber.ReceivePublishAsync("end");
    }

    /// <summary>The new subscription has the new options too.</summary>
    [Check("MQTT-3.8.4-3")]
    public static async Task An_identical_filter_replaces_the_options(Probe probe)
    {
        var subscriber = await probe.ConnectAsync();
        Needs.Retained(subscriber);
        var publisher = await probe.ConnectAsync();
        await subscriber.SubscribeAsync(probe.Topic("a"), new SubscribeOptions { RetainAsPublished = true });
        await publisher.PublishAsync(probe.Topic("a"), "kept", qos: 0, retain: true);
        var kept = await subscriber.ReceivePublishAsync("kept");

        await subscriber.SubscribeAsync(probe.Topic("a"), new SubscribeOptions { RetainHandling = 2 });
        await publisher.PublishAsync(probe.Topic("a"), "cleared", qos: 0, retain: true);

        var cleared = await subscriber.ReceivePublishAsync("cleared");
        Probe.Ensure(kept.Retain, "PUBLISH with RETAIN", kept);
        Probe.Ensure(!cleared.Retain, "PUBLISH without RETAIN", cleared);
    }

    /// <summary>Replacing a subscription sends the retained messages again.</summary>
    [Check("MQTT-3.8.4-4", "MQTT3-3.8.4-3", Versions = Versions.All)]
    public static async Task Retained_messages_come_again_when_a_subscription_is_replaced(Probe probe)
    {
        var subscriber = await probe.ConnectAsync();
        Needs.Retained(subscriber);
        var publisher = await probe.ConnectAsync();
        await publisher.PublishAsync(probe.Topic("a"), "stored", qos: 0, retain: true);
        await publisher.PingAsync();

        for (var time = 0; time < 3; time++)
        {
            await subscriber.SubscribeAsync(probe.Topic("a"));
            var publish = await subscriber.ReceivePublishAsync("stored");
            Probe.Ensure(publish.Retain, "PUBLISH with RETAIN", publish);
        }
    }

    /// <summary>A publisher goes on while a subscription is replaced many times; no message is missing or comes twice.</summary>
    [Check("MQTT-3.8.4-4", "MQTT3-3.8.4-3", Versions = Versions.All)]
    public static async Task No_message_is_lost_while_a_subscription_is_replaced(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos: 1);
        var publisher = await probe.ConnectPublisherAsync(qos: 1);
        var publishing = Task.Run(
            async () =>
            {
                for (var number = 0; number < MessageCount; number++)
                {
                    await publisher.PublishAsync(probe.Topic("a"), Text(number), qos: 1);
                }
            },
            probe.Cancellation);

        var next = 0;
        for (var open = 0; next < MessageCount;)
        {
            if (open == 0 && next < MessageCount - 20)
            {
                await subscriber.SendAsync(Packets.Subscribe(probe.Version, subscriber.NextPacketId(), new SubscribeOptions { QoS = 1 }, probe.Topic("a")));
                open++;
            }

            var packet = await subscriber.ReceiveAsync($"PUBLISH with payload '{next}' or SUBACK");
            if (packet.Type == PacketType.Suback)
            {
                open--;
                continue;
            }

            var isNext = packet.Type == PacketType.Publish && string.Equals(packet.Text, Text(next), StringComparison.Ordinal);
            Probe.Ensure(isNext, $"PUBLISH with payload '{next}'", packet);
            await subscriber.AcknowledgeAsync(packet);
            next++;
        }

        await publishing;
    }

    /// <summary>Not demanded, but clients like to know of a subscription before its messages.</summary>
    [Check("Trap-86", Versions = Versions.All, IsRecommendation = true)]
    public static async Task SUBACK_comes_before_the_retained_messages(Probe probe)
    {
        var subscriber = await probe.ConnectAsync();
        Needs.Retained(subscriber);
        var publisher = await probe.ConnectAsync();
        await publisher.PublishAsync(probe.Topic("a"), "stored", qos: 0, retain: true);
        await publisher.PingAsync();

        await subscriber.SubscribeAsync(probe.Topic("a"));

        await subscriber.ReceivePublishAsync("stored");
    }

    /// <summary>User Properties of SUBSCRIBE and UNSUBSCRIBE mean nothing to the specification and do no harm.</summary>
    [Check("MQTT-3.8.4-1", "MQTT-3.10.4-4")]
    public static async Task User_Properties_of_SUBSCRIBE_and_UNSUBSCRIBE_are_accepted(Probe probe)
    {
        var client = await probe.ConnectAsync();
        WireProperty[] properties = [WireProperty.User("a", "1"), WireProperty.User("a", "2")];

        await client.SendAsync(new PacketBuilder(PacketType.Subscribe, 2).UInt16(1).Properties(probe.Version, properties).String(probe.Topic("a")).Byte(0).ToBytes());
        var suback = await client.ReceiveAnswerAsync(PacketType.Suback, 1);
        await client.SendAsync(new PacketBuilder(PacketType.Unsubscribe, 2).UInt16(2).Properties(probe.Version, properties).String(probe.Topic("a")).ToBytes());
        var unsuback = await client.ReceiveAnswerAsync(PacketType.Unsuback, 2);

        Probe.Ensure(suback.ReasonCodes is [0], "SUBACK 0x00", suback);
        Probe.Ensure(unsuback.ReasonCodes is [0], "UNSUBACK 0x00", unsuback);
    }

    /// <summary>Reason String and User Properties of SUBACK give way to Maximum Packet Size.</summary>
    [Check("MQTT-3.9.2-1", "MQTT-3.9.2-2")]
    public static async Task SUBACK_stays_within_Maximum_Packet_Size(Probe probe)
    {
        foreach (var filter in new[] { probe.Topic("a"), probe.Topic("a/#/b"), "$share/" + probe.Prefix })
        {
            var (client, size) = await AckChecks.ConnectSmallAsync(probe);

            await client.SendAsync(Packets.Subscribe(probe.Version, 1, new SubscribeOptions(), filter));

            AckChecks.EnsureSmall(size, await client.ReceiveOrEndAsync("SUBACK"));
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string PacketCodes(byte[] codes) => "codes " + string.Join(' ', codes.Select(code => code.ToString("X2", CultureInfo.InvariantCulture)));

    private static async Task<byte[]> SubscribeAsync(WireClient client, params (string Filter, SubscribeOptions Options)[] entries)
    {
        var packetId = client.NextPacketId();
        await client.SendAsync(Packets.Subscribe(client.Version, packetId, entries));
        return (await client.ReceiveAnswerAsync(PacketType.Suback, packetId)).ReasonCodes;
    }
}
