using System.Text;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Topic Names and Topic Filters that are not allowed, or very long (5.0 §4.7).</summary>
public static class TopicErrorChecks
{
    private const int TopicBytesMax = 65_535;
    private const int PacketBytesMin = 70_000;

    private static readonly string[] WithWildcards = ["#", "+", "a/+", "a/#", "a+b", "a#b", "+/a"];

    /// <summary><c>#</c> stands alone in its level, and nothing behind it.</summary>
    [Check("MQTT-4.7.1-1", "MQTT3-4.7.1-2", "Trap-80")]
    public static async Task A_filter_with_a_misplaced_number_sign_is_refused(Probe probe)
    {
        foreach (var filter in new[] { "a/#/b", "a#", "a/b#", "#/", "##", "a/##", "#a", "+#", "a/#/#" })
        {
            probe.Saw(await probe.RefusesFilterAsync(probe.Topic(filter)));
        }

        probe.Saw(await probe.RefusesFilterAsync("#/" + probe.Prefix));
    }

    /// <summary><c>+</c> stands alone in its level.</summary>
    [Check("MQTT-4.7.1-2", "MQTT3-4.7.1-3", "Trap-80")]
    public static async Task A_filter_with_a_misplaced_plus_is_refused(Probe probe)
    {
        foreach (var filter in new[] { "a+", "+a", "a/b+", "a/+b", "++", "a+b/c", "+a/#" })
        {
            probe.Saw(await probe.RefusesFilterAsync(probe.Topic(filter)));
        }

        probe.Saw(await probe.RefusesFilterAsync("+" + probe.Prefix));
    }

    /// <summary>When a bad filter is refused by its code, those beside it are granted as they would be alone.</summary>
    [Check("MQTT-3.8.4-5", "MQTT-3.8.4-6", "Trap-80")]
    public static async Task A_bad_filter_does_not_spoil_those_beside_it(Probe probe)
    {
        var client = await probe.ConnectAsync();
        await client.SendAsync(Packets.Subscribe(probe.Version, 1, new SubscribeOptions(), probe.Topic("a"), probe.Topic("a/#/b"), probe.Topic("c")));

        var suback = await client.ReceiveOrEndAsync("SUBACK, or the end of the connection");
        Probe.SkipUnless(suback?.Type == PacketType.Suback, "the broker ends the connection because of the bad filter");

        Probe.Ensure(suback!.ReasonCodes is [0, >= 0x80, 0], "SUBACK codes 00 8F 00", suback);
        await client.PublishAsync(probe.Topic("c"), "m", qos: 0);
        await client.ReceivePublishAsync("m");
    }

    /// <summary>A filter has at least one character.</summary>
    [Check("MQTT-4.7.3-1", "MQTT3-4.7.3-1")]
    public static async Task An_empty_filter_is_refused(Probe probe) => probe.Saw(await probe.RefusesFilterAsync(""));

    /// <summary>A Topic Name has at least one character; in 5.0 only a Topic Alias may stand for it.</summary>
    [Check("MQTT-4.7.3-1", "MQTT3-4.7.3-1", "MQTT3-4.8.0-1")]
    public static Task PUBLISH_to_an_empty_topic_ends_the_connection(Probe probe) =>
        probe.EachClosesAsync([Publish(probe, ""u8)], 0x82, 0x81, 0x90);

    /// <summary>A Topic Name has no wildcards.</summary>
    [Check("MQTT-4.7.0-1", "MQTT3-4.7.1-1", "MQTT3-4.8.0-1")]
    public static Task PUBLISH_to_a_topic_with_a_wildcard_ends_the_connection(Probe probe) => probe.EachClosesAsync(
        from topic in WithWildcards
        select Publish(probe, Encoding.UTF8.GetBytes(probe.Topic(topic))),
        0x82,
        0x81,
        0x90);

    /// <summary>A Topic Name has no U+0000.</summary>
    [Check("MQTT-4.7.3-2", "MQTT3-4.7.3-2", "MQTT3-4.8.0-1", Versions = Versions.Both)]
    public static Task PUBLISH_to_a_topic_with_a_null_character_ends_the_connection(Probe probe) =>
        probe.EachClosesAsync([Publish(probe, "\0"u8), Publish(probe, "a\0b"u8)], 0x81, 0x82, 0x90);

    /// <summary>A filter has no U+0000.</summary>
    [Check("MQTT-4.7.3-2", "MQTT3-4.7.3-2", "MQTT3-4.8.0-1", Versions = Versions.Both)]
    public static Task A_filter_with_a_null_character_ends_the_connection(Probe probe) => probe.EachClosesAsync(
        [
            Packets.Subscribe(probe.Version, 1, new SubscribeOptions(), probe.Topic("a\0b")),
            Packets.Unsubscribe(probe.Version, 1, probe.Topic("a\0b")),
        ],
        0x81,
        0x82,
        0x8F);

    /// <summary>The longest topic there is. A broker may have limits of its own, but then it says so and closes, or drops.</summary>
    [Check("Trap-81", Versions = Versions.Both, IsRecommendation = true)]
    public static Task A_topic_of_65535_bytes_is_carried(Probe probe) =>
        IsCarriedAsync(probe, probe.Topic(new string('x', TopicBytesMax - probe.Prefix.Length - 1)));

    /// <summary>The specification sets no limit to the number of levels but the length of the string (§4.7.3).</summary>
    [Check("Trap-81", Versions = Versions.Both, IsRecommendation = true)]
    public static Task A_topic_of_65000_levels_is_carried(Probe probe) =>
        IsCarriedAsync(probe, probe.Topic(new string('/', TopicBytesMax - probe.Prefix.Length - 1)));

    /// <summary>Whatever becomes of a client with deep topics and filters, the others are served as before.</summary>
    [Check("Trap-81", Versions = Versions.All)]
    public static async Task Deep_topics_and_filters_harm_no_other_client(Probe probe)
    {
        var other = await probe.ConnectSubscriberAsync(probe.Topic("b"));
        var length = TopicBytesMax - probe.Prefix.Length - 1;
        string[] filters =
        [
            probe.Topic(new string('/', length)),
            probe.Topic(string.Concat(Enumerable.Repeat("+/", length / 2)) + "+"),
            probe.Topic(string.Concat(Enumerable.Repeat("/", length - 1)) + "#"),
            probe.Topic(string.Concat(Enumerable.Repeat("+/", (length / 2) - 1)) + "#"),
        ];
        foreach (var filter in filters)
        {
            var client = await probe.ConnectAsync();
            await client.SendAsync(Packets.Subscribe(probe.Version, 1, new SubscribeOptions(), filter));
            if (await client.ReceiveOrEndAsync("SUBACK, or the end of the connection") is not null)
            {
                await client.SendAsync(Publish(probe, Encoding.UTF8.GetBytes(filters[0])), Publish(probe, Encoding.UTF8.GetBytes(filters[0][..(length / 2)])));
            }
        }

        var publisher = await probe.ConnectAsync();
        await publisher.PublishAsync(probe.Topic("b"), "m", qos: 0);
        await other.ReceivePublishAsync("m");
        await other.PingAsync();
    }

    private static async Task IsCarriedAsync(Probe probe, string topic)
    {
        var subscriber = await probe.ConnectAsync();
        var largest = subscriber.Connack!.NumberOr(PropertyId.MaximumPacketSize, uint.MaxValue);
        Probe.SkipUnless(largest >= PacketBytesMin, $"the broker takes packets of at most {largest} bytes");
        await subscriber.SubscribeAsync(topic);
        var publisher = await probe.ConnectAsync();

        await publisher.PublishAsync(topic, "m", qos: 0);

        var publish = await subscriber.ReceivePublishAsync("m");
        Probe.Ensure(string.Equals(publish.Topic, topic, StringComparison.Ordinal), "the whole topic", publish);
    }

    private static byte[] Publish(Probe probe, ReadOnlySpan<byte> topic) =>
        new PacketBuilder(PacketType.Publish).Binary(topic).Properties(probe.Version).Bytes("m"u8).ToBytes();
}
