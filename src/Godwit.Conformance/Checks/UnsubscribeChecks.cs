using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>UNSUBSCRIBE and UNSUBACK (5.0 §3.10, §3.11).</summary>
public static class UnsubscribeChecks
{
    /// <summary>The answer has the identifier of its request.</summary>
    [Check("MQTT-3.10.4-4", "MQTT-3.10.4-5", "MQTT-2.2.1-6", "MQTT3-3.10.4-4", "MQTT3-2.3.1-7", Versions = Versions.All)]
    public static async Task UNSUBSCRIBE_is_answered_with_UNSUBACK_of_its_id(Probe probe)
    {
        var client = await probe.ConnectSubscriberAsync(probe.Topic("a"));

        foreach (var packetId in new ushort[] { 1, 65_535, 256 })
        {
            await client.SendAsync(Packets.Unsubscribe(probe.Version, packetId, probe.Topic("a")));
            await client.ReceiveAnswerAsync(PacketType.Unsuback, packetId);
        }
    }

    /// <summary>UNSUBACK comes also when there was nothing to delete.</summary>
    [Check("MQTT-3.10.4-5", "MQTT3-3.10.4-5", "Trap-85", Versions = Versions.All)]
    public static async Task UNSUBSCRIBE_without_a_subscription_is_answered(Probe probe)
    {
        var client = await probe.ConnectAsync();

        var codes = await client.UnsubscribeAsync(probe.Topic("never"));

        Probe.Ensure(probe.IsVersion5 ? codes is [0x00 or 0x11] : codes is [], "UNSUBACK 0x11; without codes in 3.x", Codes(codes));
    }

    /// <summary>5.0 has a code for it.</summary>
    [Check("Trap-85", Versions = Versions.Mqtt5, IsRecommendation = true)]
    public static async Task UNSUBACK_says_0x11_when_no_subscription_existed(Probe probe)
    {
        var client = await probe.ConnectAsync();

        var codes = await client.UnsubscribeAsync(probe.Topic("never"));

        Probe.Ensure(codes is [0x11], "UNSUBACK 0x11", Codes(codes));
    }

    /// <summary>A filter is text: a wildcard in UNSUBSCRIBE deletes nothing but itself.</summary>
    [Check("MQTT-3.10.4-1", "MQTT3-3.10.4-1", "Trap-85", Versions = Versions.All)]
    public static async Task Only_the_identical_filter_is_deleted(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a/b"));
        await subscriber.SubscribeAsync(probe.Topic("c/+"));
        var publisher = await probe.ConnectAsync();

        await subscriber.UnsubscribeAsync(probe.Topic("a/+"));
        await subscriber.UnsubscribeAsync(probe.Topic("a/#"), probe.Topic("#"), probe.Topic("+/b"));
        await subscriber.UnsubscribeAsync(probe.Topic("A/b"), probe.Topic("a/b/"), probe.Topic("a"), probe.Topic("a//b"));
        await subscriber.UnsubscribeAsync(probe.Topic("c/d"), probe.Topic("c/#"));

        await publisher.PublishAsync(probe.Topic("a/b"), "1", qos: 0);
        await publisher.PublishAsync(probe.Topic("c/d"), "2", qos: 0);
        await subscriber.ReceivePublishAsync("1");
        await subscriber.ReceivePublishAsync("2");
    }

    /// <summary>After UNSUBACK nothing new comes; other subscriptions stay.</summary>
    [Check("MQTT-3.10.4-1", "MQTT-3.10.4-2", "MQTT3-3.10.4-1", "MQTT3-3.10.4-2", Versions = Versions.All)]
    public static async Task After_UNSUBACK_no_new_message_comes(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a/+"), qos: 1);
        await subscriber.SubscribeAsync(probe.Topic("b"), qos: 1);
        var publisher = await probe.ConnectPublisherAsync(qos: 1);

        await subscriber.UnsubscribeAsync(probe.Topic("a/+"));
        await publisher.PublishAsync(probe.Topic("a/1"), "unwanted", qos: 0);
        await publisher.PublishAsync(probe.Topic("a/2"), "unwanted", qos: 1);
        await publisher.PublishAsync(probe.Topic("b"), "end", qos: 1);

        await subscriber.TakeAsync("end");
    }

    /// <summary>The stored session forgets the subscription as well.</summary>
    [Check("MQTT-3.10.4-1", "MQTT3-3.10.4-1", Versions = Versions.All)]
    public static async Task A_deleted_subscription_does_not_come_back_with_the_session(Probe probe)
    {
        var subscriber = await probe.ConnectPersistentAsync("sub");
        await subscriber.SubscribeAsync(probe.Topic("a"), qos: 1);
        await subscriber.SubscribeAsync(probe.Topic("b"), qos: 1);
        await subscriber.UnsubscribeAsync(probe.Topic("a"));
        await subscriber.DisconnectAsync();
        var publisher = await probe.ConnectPublisherAsync(qos: 1);

        await publisher.PublishAsync(probe.Topic("a"), "unwanted", qos: 1);
        subscriber = await probe.ResumeAsync("sub");
        await publisher.PublishAsync(probe.Topic("a"), "unwanted", qos: 1);
        await publisher.PublishAsync(probe.Topic("b"), "end", qos: 1);

        await subscriber.TakeAsync("end");
    }

    /// <summary>A QoS 2 delivery that has begun goes on after UNSUBSCRIBE.</summary>
    [Check("MQTT-3.10.4-3", "MQTT3-3.10.4-3", "Trap-85", Versions = Versions.All)]
    public static async Task A_QoS_2_delivery_that_has_begun_is_completed_after_UNSUBSCRIBE(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos: 2);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        await publisher.PublishAsync(probe.Topic("a"), "m", qos: 2);
        var publish = await subscriber.ReceivePublishAsync("m", qos: 2);

        await subscriber.UnsubscribeAsync(probe.Topic("a"));

        await subscriber.AcknowledgeAsync(publish);
        await subscriber.PingAsync();
    }

    /// <summary>What was on its way is sent again at a reconnect although nobody is subscribed any more.</summary>
    [Check("MQTT-3.10.4-3", "MQTT3-3.10.4-3", "Trap-85", Versions = Versions.All)]
    public static async Task Deliveries_that_have_begun_are_sent_again_after_UNSUBSCRIBE(Probe probe)
    {
        var subscriber = await probe.ConnectPersistentAsync("sub");
        await subscriber.SubscribeAsync(probe.Topic("a"), qos: 2);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        await publisher.PublishAsync(probe.Topic("a"), "1", qos: 1);
        await publisher.PublishAsync(probe.Topic("a"), "2", qos: 2);
        var first = await subscriber.ReceivePublishAsync("1", qos: 1);
        var second = await subscriber.ReceivePublishAsync("2", qos: 2);

        await subscriber.UnsubscribeAsync(probe.Topic("a"));
        await subscriber.DropAsync();
        subscriber = await probe.ResumeAsync("sub");

        // 5.0 asks for an order within one QoS only.
        var again = new[] { await subscriber.ReceivePublishAsync(), await subscriber.ReceivePublishAsync() };
        foreach (var earlier in new[] { first, second })
        {
            Probe.Ensure(again.Any(publish => publish.Dup && publish.PacketId == earlier.PacketId && publish.QoS == earlier.QoS), $"{earlier} again, with DUP", again[0]);
        }
    }

    /// <summary>Several filters are deleted one after the other and answered once.</summary>
    [Check("MQTT-3.10.4-6", "MQTT3-3.10.4-6", Versions = Versions.All)]
    public static async Task Filters_of_one_UNSUBSCRIBE_have_one_answer(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"));
        await subscriber.SubscribeAsync(probe.Topic("b"));
        await subscriber.SubscribeAsync(probe.Topic("c"));
        var publisher = await probe.ConnectAsync();

        await subscriber.UnsubscribeAsync(probe.Topic("a"), probe.Topic("never"), probe.Topic("b"));
        await subscriber.PingAsync();

        await publisher.PublishAsync(probe.Topic("a"), "unwanted", qos: 0);
        await publisher.PublishAsync(probe.Topic("b"), "unwanted", qos: 0);
        await publisher.PublishAsync(probe.Topic("c"), "end", qos: 0);
        await subscriber.ReceivePublishAsync("end");
    }

    /// <summary>Each filter has its code at its place; the second of two equal ones finds nothing.</summary>
    [Check("MQTT-3.11.3-1", "MQTT-3.11.3-2", "MQTT-3.10.4-6")]
    public static async Task UNSUBACK_has_a_code_for_each_filter_in_order(Probe probe)
    {
        var client = await probe.ConnectSubscriberAsync(probe.Topic("a"));
        await client.SubscribeAsync(probe.Topic("b"));

        var codes = await client.UnsubscribeAsync(probe.Topic("never"), probe.Topic("a"), probe.Topic("a"), probe.Topic("b"));

        Probe.Ensure(codes is [0x11, 0x00, 0x11, 0x00], "UNSUBACK codes 11 00 11 00", Codes(codes));
    }

    /// <summary><c>$share/g/x</c> and <c>x</c> are two subscriptions: each is deleted by its own name.</summary>
    [Check("MQTT-3.10.4-1", "Trap-85")]
    public static async Task Shared_and_ordinary_subscriptions_are_deleted_apart(Probe probe)
    {
        var shared = $"$share/{probe.Prefix}/{probe.Topic("a")}";
        var subscriber = await probe.ConnectAsync();
        Needs.Shared(subscriber);
        await subscriber.SubscribeAsync(shared, new SubscribeOptions { Identifier = 1 });
        await subscriber.SubscribeAsync(probe.Topic("a"), new SubscribeOptions { Identifier = 2 });
        var publisher = await probe.ConnectAsync();

        await subscriber.UnsubscribeAsync(shared);
        await publisher.PublishAsync(probe.Topic("a"), "ordinary", qos: 0);
        var ordinary = await subscriber.ReceivePublishAsync("ordinary");
        await subscriber.SubscribeAsync(shared, new SubscribeOptions { Identifier = 1 });
        await subscriber.UnsubscribeAsync(probe.Topic("a"));
        await publisher.PublishAsync(probe.Topic("a"), "shared", qos: 0);

        var viaGroup = await subscriber.ReceivePublishAsync("shared");
        Probe.Ensure(ordinary.SubscriptionIdentifiers is [2], "Subscription Identifier 2 only", ordinary);
        Probe.Ensure(viaGroup.SubscriptionIdentifiers is [1], "Subscription Identifier 1 only", viaGroup);
        await subscriber.PingAsync();
    }

    /// <summary>Reason String and User Properties of UNSUBACK give way to Maximum Packet Size.</summary>
    [Check("MQTT-3.11.2-1", "MQTT-3.11.2-2")]
    public static async Task UNSUBACK_stays_within_Maximum_Packet_Size(Probe probe)
    {
        foreach (var filter in new[] { probe.Topic("never"), probe.Topic("a/#/b"), "$share/" + probe.Prefix })
        {
            var (client, size) = await AckChecks.ConnectSmallAsync(probe);

            await client.SendAsync(Packets.Unsubscribe(probe.Version, 1, filter));

            AckChecks.EnsureSmall(size, await client.ReceiveOrEndAsync("UNSUBACK"));
        }
    }

    private static string Codes(byte[] codes) => "codes " + string.Join(' ', codes.Select(code => code.ToString("X2", CultureInfo.InvariantCulture)));
}
