using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>Topics that begin with <c>$</c> (5.0 and 3.1.1 §4.7.2).</summary>
public static class DollarTopicChecks
{
    [Check("MQTT-4.7.2-1", "MQTT3-4.7.2-1", "Trap-77", Versions = Versions.All)]
    public static async Task A_number_sign_brings_no_retained_message_of_SYS(Probe probe)
    {
        await FindSysTopicAsync(probe);
        foreach (var filter in new[] { "#", "+/#", "+/+/#" })
        {
            var subscriber = await probe.ConnectAsync();
            HaveNoDollar(await subscriber.SubscribeAndTakeAnyAsync(new SubscribeOptions(), filter), filter);
            await subscriber.DisconnectAsync();
        }
    }

    [Check("MQTT-4.7.2-1", "MQTT3-4.7.2-1", "Trap-77", Versions = Versions.All)]
    public static async Task A_plus_sign_does_not_stand_for_SYS(Probe probe)
    {
        var topic = await FindSysTopicAsync(probe);
        var subscriber = await probe.ConnectAsync();

        await subscriber.SubscribeAndTakeRetainedAsync("+" + topic["$SYS".Length..], new SubscribeOptions(), 0);
    }

    [Check("Trap-77", Versions = Versions.All)]
    public static async Task Wildcards_below_SYS_match_it(Probe probe)
    {
        var topic = await FindSysTopicAsync(probe);
        var levels = topic.Split('/');
        levels[^1] = "+";

        var subscriber = await probe.ConnectAsync();
        var retained = await subscriber.SubscribeAndTakeAnyAsync(new SubscribeOptions(), string.Join('/', levels));

        var isThere = retained.Any(publish => string.Equals(publish.Topic, topic, StringComparison.Ordinal));
        Probe.Ensure(isThere, $"the retained message of {topic}", retained);
    }

    [Check("MQTT-4.7.2-1", "MQTT3-4.7.2-1", "Trap-77", Versions = Versions.All)]
    public static async Task Wildcards_in_front_match_no_other_topic_with_a_dollar_sign_either(Probe probe)
    {
        var topic = $"${probe.Prefix}/{probe.Prefix}";
        var publisher = await RetainedChecks.ConnectPublisherAsync(probe);
        Needs.Wildcards(publisher);
        await publisher.SendPublishAsync(topic, "kept", new PublishOptions { QoS = 1, Retain = true });
        var answer = await publisher.ReceiveUnlessClosedAsync(0x82, 0x87, 0x90);
        Probe.SkipUnless(answer is { Type: PacketType.Puback, ReasonCode: < 0x80 }, $"the broker takes no messages to {topic}");
        var kept = await (await probe.ConnectAsync()).SubscribeAndTakeAnyAsync(new SubscribeOptions(), topic);
        Probe.SkipUnless(kept.Count > 0, $"the broker keeps no messages to {topic}");
        var plus = await probe.ConnectAsync();
        await plus.SubscribeAndTakeRetainedAsync($"+/{probe.Prefix}", new SubscribeOptions(), 0);
        var all = await probe.ConnectAsync();
        HaveNoDollar(await all.SubscribeAndTakeAnyAsync(new SubscribeOptions(), "#"), "#");

        await publisher.PublishAsync(topic, "live", qos: 1);
        await publisher.PublishAsync(probe.Topic(probe.Prefix), probe.Prefix, qos: 1);

        HaveNoDollar(await plus.ReceivePublishesUntilAsync(probe.Prefix), $"+/{probe.Prefix}");
        HaveNoDollar(await all.ReceivePublishesUntilAsync(probe.Prefix), "#");
    }

    /// <summary>The specification says SHOULD. An acknowledgement, an error code and the end of the connection are all answers.</summary>
    [Check("Trap-100", "Trap-63", Versions = Versions.All, IsRecommendation = true)]
    public static async Task What_a_client_publishes_to_SYS_is_not_forwarded(Probe probe)
    {
        var topic = $"$SYS/{probe.Prefix}";
        var subscriber = await probe.ConnectAsync();
        await subscriber.SendAsync(Packets.Subscribe(probe.Version, subscriber.NextPacketId(), new SubscribeOptions(), topic));
        await subscriber.ReceiveAsync(PacketType.Suback);
        await subscriber.SubscribeAsync(probe.Topic("a"));
        var publisher = await probe.ConnectAsync();
        await publisher.SendPublishAsync(topic, "forged", new PublishOptions { QoS = 1 });
        await publisher.ReceiveUnlessClosedAsync(0x82, 0x87, 0x90);

        await (await probe.ConnectAsync()).SendPublishAsync(probe.Topic("a"), "marker");

        await subscriber.ReceivePublishAsync("marker");
    }

    private static async Task<string> FindSysTopicAsync(Probe probe)
    {
        var client = await probe.ConnectAsync();
        Needs.Wildcards(client);
        await client.SendAsync(Packets.Subscribe(probe.Version, client.NextPacketId(), new SubscribeOptions(), "$SYS/#"), Packets.Pingreq);
        var topic = "";
        for (var packet = await client.ReceiveAsync(); packet.Type != PacketType.Pingresp; packet = await client.ReceiveAsync())
        {
            topic = packet is { Type: PacketType.Publish, Retain: true } ? packet.Topic : topic;
        }

        await client.DisconnectAsync();
        Probe.SkipUnless(topic.StartsWith("$SYS/", StringComparison.Ordinal), "the broker shows no retained messages below $SYS");
        return topic;
    }

    private static void HaveNoDollar(IReadOnlyList<Received> publishes, string filter)
    {
        var wrong = publishes.FirstOrDefault(publish => publish.Topic.StartsWith('$'));
        Probe.Ensure(wrong is null, $"no topic with $ in front for the filter {filter}", wrong);
    }
}
