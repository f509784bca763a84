using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>The Topic Name of PUBLISH (5.0 and 3.1.1 §3.3.2.1).</summary>
public static class TopicNameChecks
{
    [Check("MQTT-3.3.2-1", "MQTT3-3.3.2-1", Versions = Versions.All)]
    public static async Task PUBLISH_without_a_Topic_Name_ends_the_connection(Probe probe)
    {
        foreach (var body in new byte[][] { [], [0x00], [0x00, 0x05, (byte)'a'] })
        {
            var publisher = await probe.ConnectAsync();
            await publisher.SendAsync(new PacketBuilder(PacketType.Publish).Bytes(body).ToBytes());
            probe.Saw(await publisher.IsClosedAsync(0x81, 0x82));
        }
    }

    [Check("MQTT-3.3.2-1", "MQTT3-3.3.2-1", Versions = Versions.All)]
    public static async Task A_Topic_Name_that_is_not_UTF8_ends_the_connection(Probe probe)
    {
        foreach (var bytes in new byte[][] { [0xFF], [0x61, 0x80], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80] })
        {
            var publisher = await probe.ConnectAsync();
            await publisher.SendAsync(new PacketBuilder(PacketType.Publish).Binary(bytes).Properties(probe.Version).Bytes("x"u8).ToBytes());
            probe.Saw(await publisher.IsClosedAsync(0x81, 0x82, 0x90));
        }
    }

    [Check("MQTT-3.3.2-1", "MQTT3-3.3.2-1", Versions = Versions.All)]
    public static async Task A_forwarded_PUBLISH_begins_with_the_Topic_Name(Probe probe)
    {
        var topic = probe.Topic("grüße/€/𝄞");
        var subscriber = await probe.ConnectSubscriberAsync(topic, 1);
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 1);

        await publisher.PublishAsync(topic, "x", qos: 1);

        var publish = await subscriber.ReceivePublishAsync("x");
        var expected = new PacketBuilder(PacketType.Publish).String(topic).ToBytes().AsSpan(2);
        Probe.Ensure(publish.Packet.AsSpan(2).StartsWith(expected), "the Topic Name as the first field", PacketText.Of(publish.Packet));
    }

    [Check("MQTT-3.3.2-2", "MQTT3-3.3.2-2", "Trap-63", Versions = Versions.All)]
    public static async Task A_Topic_Name_with_a_plus_sign_is_refused(Probe probe) =>
        await WildcardsAsync(probe, "+", "{0}/+", "{0}/+/b", "{0}/a+", "+/{0}");

    [Check("MQTT-3.3.2-2", "MQTT3-3.3.2-2", "Trap-63", Versions = Versions.All)]
    public static async Task A_Topic_Name_with_a_number_sign_is_refused(Probe probe) =>
        await WildcardsAsync(probe, "#", "{0}/#", "{0}/#/b", "{0}/a#", "#/{0}");

    [Check("MQTT-4.7.3-1", "MQTT3-4.7.3-1", "Trap-63", Versions = Versions.All)]
    public static async Task An_empty_Topic_Name_ends_the_connection(Probe probe)
    {
        foreach (var qos in new[] { 0, 1 })
        {
            var publisher = await probe.ConnectAsync();
            await publisher.SendPublishAsync("", "x", new PublishOptions { QoS = qos });
            probe.Saw(await publisher.IsClosedAsync(0x81, 0x82, 0x90));
        }
    }

    [Check("MQTT-3.3.2-3", "MQTT3-3.3.2-3", Versions = Versions.All)]
    public static async Task What_is_sent_matches_the_filter(Probe probe)
    {
        var subscriber = await probe.ConnectAsync();
        Needs.Wildcards(subscriber);
        await subscriber.SubscribeAsync(probe.Topic("+/c"));
        await subscriber.SubscribeAsync(probe.Topic("d/#"));
        var publisher = await probe.ConnectAsync();

        foreach (var topic in new[] { "c", "a/c", "a/c/e", "a/C", "d", "d/e/f", "da", "b/c" })
        {
            await publisher.SendPublishAsync(probe.Topic(topic), "x");
        }

        await ReceiveInAnyOrderAsync(subscriber, probe.Topic("a/c"), probe.Topic("d"), probe.Topic("d/e/f"), probe.Topic("b/c"));
        await subscriber.PingAsync();
    }

    /// <summary>Only a filter has a ShareName; the topic must not reach those who subscribe to what stands behind it.</summary>
    [Check("MQTT-3.3.2-3", "MQTT3-3.3.2-3", "Trap-63", "Trap-100", Versions = Versions.All)]
    public static async Task A_Topic_Name_that_begins_like_a_shared_subscription_is_an_ordinary_one(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"));
        var publisher = await probe.ConnectAsync();

        await publisher.SendPublishAsync($"$share/{probe.Prefix}/{probe.Topic("a")}", "shared");
        await publisher.SendAsync(Packets.Pingreq);

        var answer = await publisher.ReceiveUnlessClosedAsync(0x82, 0x87, 0x90);
        probe.Saw(answer is null ? "PUBLISH to $share/...: closes the connection" : "PUBLISH to $share/...: takes it");
        await (await probe.ConnectAsync()).SendPublishAsync(probe.Topic("a"), "marker");
        await subscriber.ReceivePublishAsync("marker");
    }

    [Check("Trap-100", Versions = Versions.All)]
    public static async Task A_dollar_sign_behind_the_first_character_is_an_ordinary_one(Probe probe)
    {
        var subscriber = await probe.ConnectAsync();
        Needs.Wildcards(subscriber);
        await subscriber.SubscribeAsync(probe.Topic("#"));
        await subscriber.SubscribeAsync($"{probe.Prefix}$x/+");
        var publisher = await probe.ConnectAsync();

        string[] topics = [probe.Topic("$SYS"), probe.Topic("$share/g/a"), probe.Topic("a$"), $"{probe.Prefix}$x/$y"];
        foreach (var topic in topics)
        {
            await publisher.SendPublishAsync(topic, "x");
        }

        await ReceiveInAnyOrderAsync(subscriber, topics);
    }

    /// <summary>5.0 may answer with a Reason Code instead of closing the connection; delivered it is in no case.</summary>
    private static async Task WildcardsAsync(Probe probe, params string[] topics)
    {
        var subscriber = await probe.ConnectAsync();
        Needs.Wildcards(subscriber);
        await subscriber.SubscribeAsync(probe.Topic("#"));
        foreach (var topic in topics.Select(topic => topic.Replace("{0}", probe.Prefix, StringComparison.Ordinal)))
        {
            var publisher = await probe.ConnectAsync();
            await publisher.SendPublishAsync(topic, "wild", new PublishOptions { QoS = 1 });
            var answer = probe.IsVersion5 ? await publisher.ReceiveUnlessClosedAsync(0x81, 0x82, 0x90) : await ClosedAsync(publisher);
            Probe.Ensure(answer is null or { Type: PacketType.Puback, ReasonCode: >= 0x80 }, $"a refusal of the Topic Name {topic}", answer);
            probe.Saw(answer is null ? "wildcard in a Topic Name: closes the connection" : $"wildcard in a Topic Name: PUBACK 0x{answer.ReasonCode:X2}");
        }

        await (await probe.ConnectAsync()).SendPublishAsync(probe.Topic("a"), "marker");
        await subscriber.ReceivePublishAsync("marker");
    }

    /// <summary>The order of messages to different topics is free (§4.6).</summary>
    private static async Task ReceiveInAnyOrderAsync(WireClient subscriber, params string[] topics)
    {
        var missing = topics.ToHashSet(StringComparer.Ordinal);
        while (missing.Count > 0)
        {
            var publish = await subscriber.ReceivePublishAsync();
            Probe.Ensure(missing.Remove(publish.Topic), $"one PUBLISH to each of {string.Join(", ", missing)}", publish);
        }
    }

    private static async Task<Received?> ClosedAsync(WireClient client)
    {
        await client.IsClosedAsync();
        return null;
    }
}
