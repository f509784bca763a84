using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>Which Topic Names a Topic Filter matches (5.0 §4.7).</summary>
public static class TopicFilterChecks
{
    private static readonly SubscribeOptions Plain = new();

    /// <summary><c>a/#</c> matches <c>a</c> and all below it.</summary>
    [Check("MQTT-4.7.1-1", "MQTT3-4.7.1-2", "Trap-80", Versions = Versions.All)]
    public static Task A_number_sign_matches_the_parent_and_every_level_below(Probe probe) =>
        MatchesAsync(probe, "a/#", ["a", "a/b", "a/b/c", "a/", "a//", "a/b/"], ["ab", "b", "b/a", "A/b", "/a", ""]);

    /// <summary><c>+</c> is one level, which may be empty, at the end.</summary>
    [Check("MQTT-4.7.1-2", "MQTT3-4.7.1-3", "Trap-80", Versions = Versions.All)]
    public static Task A_plus_at_the_end_matches_one_level(Probe probe) =>
        MatchesAsync(probe, "a/+", ["a/b", "a/", "a/bcd"], ["a", "a/b/c", "a//", "a/b/", "b/a"]);

    /// <summary><c>+</c> is one level, which may be empty, in the middle.</summary>
    [Check("MQTT-4.7.1-2", "MQTT3-4.7.1-3", "Trap-80", Versions = Versions.All)]
    public static Task A_plus_in_the_middle_matches_one_level(Probe probe) =>
        MatchesAsync(probe, "a/+/c", ["a/b/c", "a//c", "a/bb/c"], ["a/c", "a/b/b/c", "a/b/d", "a/b/c/", "a/b"]);

    /// <summary>Several wildcards go together.</summary>
    [Check("MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT3-4.7.1-2", "MQTT3-4.7.1-3", "Trap-80", Versions = Versions.All)]
    public static Task Plus_and_number_sign_go_together(Probe probe) =>
        MatchesAsync(probe, "+/b/+/#", ["a/b/c", "a/b/c/d/e", "/b/", "a/b/c/"], ["a/b", "a/c/c", "b/c/d"]);

    /// <summary>A first level may be empty: <c>+</c> matches it, and <c>/x</c> is not <c>x</c>.</summary>
    [Check("MQTT-4.7.1-2", "MQTT-4.7.3-4", "MQTT3-4.7.1-3", "MQTT3-4.7.3-4", "Trap-80", Versions = Versions.All)]
    public static async Task A_plus_matches_an_empty_first_level(Probe probe)
    {
        var client = await WildcardClientAsync(probe);
        var publisher = await probe.ConnectAsync();
        await client.SubscribeAsync($"+/{probe.Prefix}", Plain);

        await publisher.PublishAsync(probe.Prefix, "one level", qos: 0);
        await publisher.PublishAsync($"//{probe.Prefix}", "three levels", qos: 0);
        await publisher.PublishAsync($"/{probe.Prefix}", "an empty one", qos: 0);
        await publisher.PublishAsync($"x/{probe.Prefix}", "two levels", qos: 0);

        await client.ReceivePublishAsync("an empty one");
        await client.ReceivePublishAsync("two levels");
    }

    /// <summary>A filter without wildcards matches its own text: letters have a case, and slashes count.</summary>
    [Check("MQTT-4.7.3-4", "MQTT3-4.7.3-4", Versions = Versions.All)]
    public static Task Letters_and_slashes_are_compared_as_they_are(Probe probe) =>
        MatchesAsync(probe, "a/b", ["a/b"], ["A/b", "a/B", "a//b", "a/b/", "a/b ", " a/b", "a/./b", "x/../a/b", "a%2Fb", "a\\b"]);

    /// <summary>Two forms of one letter, and letters that look alike, are different.</summary>
    [Check("MQTT-4.7.3-4", "MQTT3-4.7.3-4", Versions = Versions.All)]
    public static Task Unicode_is_not_normalised(Probe probe) =>
        MatchesAsync(probe, "caf\u00E9", ["caf\u00E9"], ["cafe\u0301", "cafe", "CAF\u00C9", "caf\u00E9\u200B", "\uFEFFcaf\u00E9", "caf\uFFFD"]);

    /// <summary>Bytes beyond the first plane and signs of other alphabets are ordinary.</summary>
    [Check("MQTT-4.7.3-4", "MQTT3-4.7.3-4", Versions = Versions.All)]
    public static Task Any_letter_may_stand_in_a_level(Probe probe) =>
        MatchesAsync(probe, "\u6E29\u5EA6/+/\U0001F321", ["\u6E29\u5EA6/\u00FC/\U0001F321", "\u6E29\u5EA6/ /\U0001F321"], ["\u6E29\u5EA6/\u00FC/\U0001F320"]);

    /// <summary>Spaces, and empty levels, are levels like others.</summary>
    [Check("MQTT-4.7.3-1", "MQTT-4.7.3-4", "MQTT3-4.7.3-1", "MQTT3-4.7.3-4", Versions = Versions.All)]
    public static Task Spaces_and_empty_levels_are_levels(Probe probe) =>
        MatchesAsync(probe, " // x/", [" // x/"], ["// x/", " /x/", " // x", " //  x/", " / / x/"]);

    /// <summary>A topic may be a single slash.</summary>
    [Check("MQTT-4.7.3-1", "MQTT3-4.7.3-1", Versions = Versions.All)]
    public static async Task A_single_slash_is_a_topic(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync("/");
        var publisher = await probe.ConnectAsync();

        await publisher.PublishAsync("/", probe.Prefix, qos: 0);

        await subscriber.ReceiveUntilAsync(probe.Prefix);
    }

    /// <summary>A topic that begins with <c>$</c> is not matched by a filter that begins with <c>#</c>.</summary>
    [Check("MQTT-4.7.2-1", "MQTT3-4.7.2-1")]
    public static async Task A_number_sign_alone_matches_all_but_dollar_topics(Probe probe)
    {
        var subscriber = await WildcardClientAsync(probe);
        await subscriber.SubscribeAsync("#", Plain);
        var publisher = await probe.ConnectAsync();
        await PublishToDollarAsync(probe);

        await publisher.PublishAsync(probe.Prefix, "1", qos: 0);
        await publisher.PublishAsync(probe.Topic("a/b/"), "2", qos: 0);
        await publisher.PublishAsync("/" + probe.Prefix, probe.Prefix, qos: 0);

        var came = await subscriber.ReceiveUntilAsync(probe.Prefix);
        var hidden = came.FirstOrDefault(publish => publish.Topic.StartsWith('$'));
        Probe.Ensure(hidden is null, "no topic that begins with $", hidden?.ToString() ?? "");
        var own = came.Where(publish => publish.Topic.StartsWith(probe.Prefix, StringComparison.Ordinal)).Select(publish => publish.Text).ToList();
        Probe.Ensure(own is ["end", "1", "2"], "the three messages of this check", string.Join(' ', own));
    }

    /// <summary>A topic that begins with <c>$</c> is not matched by a filter that begins with <c>+</c>.</summary>
    [Check("MQTT-4.7.2-1", "MQTT3-4.7.2-1")]
    public static async Task A_plus_at_the_beginning_does_not_match_dollar_topics(Probe probe)
    {
        var subscriber = await WildcardClientAsync(probe);
        await subscriber.SubscribeAsync($"+/{probe.Prefix}", Plain);
        await subscriber.SubscribeAsync($"+/{probe.Prefix}/#", Plain);
        await PublishToDollarAsync(probe);
        var publisher = await probe.ConnectAsync();

        await publisher.PublishAsync($"gw/{probe.Prefix}/end", "end", qos: 0);

        await subscriber.ReceivePublishAsync("end");
    }

    /// <summary>Only the first character of a topic makes it a hidden one.</summary>
    [Check("MQTT-4.7.2-1", "MQTT3-4.7.2-1", Versions = Versions.All)]
    public static Task A_dollar_sign_in_a_later_level_is_ordinary(Probe probe) =>
        MatchesAsync(probe, "+/#", ["$a", "$SYS/b", "a/$b", "$share/g/x"], [""]);

    /// <summary>A broker that grants a filter with a wildcard gives what it matches; one without wildcards refuses it.</summary>
    [Check("MQTT3-3.8.3-2")]
    public static async Task A_filter_with_wildcards_works_or_is_refused(Probe probe)
    {
        foreach (var filter in new[] { probe.Topic("+"), probe.Topic("#") })
        {
            var client = await probe.ConnectAsync();
            var packetId = client.NextPacketId();
            await client.SendAsync(Packets.Subscribe(probe.Version, packetId, Plain, filter));
            var suback = await client.ReceiveAnswerAsync(PacketType.Suback, packetId);
            if (suback.ReasonCodes is [0x80])
            {
                probe.Saw("has no wildcards");
                continue;
            }

            await client.PublishAsync(probe.Topic("a"), "m", qos: 0);
            await client.ReceivePublishAsync("m");
        }
    }

    /// <summary>Subscribes below a level of this check and publishes what matches and, before the last, what does not.</summary>
    private static async Task MatchesAsync(Probe probe, string filter, string[] matching, string[] others)
    {
        var client = await WildcardClientAsync(probe);
        var publisher = await probe.ConnectAsync();
        await client.SubscribeAsync(probe.Topic(filter), Plain);

        foreach (var topic in matching)
        {
            await publisher.PublishAsync(probe.Topic(topic), topic, qos: 0);
            await client.ReceivePublishAsync(topic);
        }

        foreach (var topic in others)
        {
            await publisher.PublishAsync(topic.Length > 0 ? probe.Topic(topic) : probe.Prefix, $"not '{topic}'", qos: 0);
        }

        await publisher.PublishAsync(probe.Topic(matching[0]), "end", qos: 0);
        await client.ReceivePublishAsync("end");
    }

    private static async Task<WireClient> WildcardClientAsync(Probe probe)
    {
        var client = await probe.ConnectAsync();
        Needs.Wildcards(client);
        return client;
    }

    /// <summary>Publishes to a topic that begins with <c>$</c>, and tells whether a client that names it gets it, which it should not.</summary>
    private static async Task PublishToDollarAsync(Probe probe)
    {
        var topic = $"$gw/{probe.Prefix}";
        var listener = await probe.ConnectSubscriberAsync(probe.Topic("end"));
        var packetId = listener.NextPacketId();
        await listener.SendAsync(Packets.Subscribe(probe.Version, packetId, Plain, topic));
        await listener.ReceiveAnswerAsync(PacketType.Suback, packetId);
        var publisher = await probe.ConnectAsync();
        await publisher.SendPublishAsync(topic, "hidden");

        // A broker may end the connection of a client that publishes so; then the marker comes from another.
        await publisher.SendAsync(Packets.Pingreq);
        if (await publisher.ReceiveOrEndAsync("PINGRESP or the end of the connection") is not { Type: PacketType.Pingresp })
        {
            publisher = await probe.ConnectAsync();
        }

        await publisher.PublishAsync(probe.Topic("end"), "end", qos: 0);
        var isForwarded = (await listener.ReceiveUntilAsync("end")).Count > 0;
        probe.Saw(isForwarded ? "forwards topics that begin with $ to those who name them" : "does not forward topics that begin with $");
    }
}
