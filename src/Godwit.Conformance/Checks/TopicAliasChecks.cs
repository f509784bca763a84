using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Topic Aliases that the client sets (5.0 §3.3.2.3.4, §3.3.4).</summary>
public static class TopicAliasChecks
{
    private const int AliasesTriedMax = 500;

    [Check("MQTT-3.3.2-12", "Trap-60")]
    public static async Task An_alias_stands_for_its_topic(Probe probe)
    {
        var (publisher, subscriber) = await ConnectAsync(probe);
        foreach (var qos in new[] { 0, 1, 2 })
        {
            await publisher.PublishAsync(probe.Topic($"a/{qos}"), "set", Alias(1, qos));
            await publisher.PublishAsync("", "used", Alias(1, qos));
            await publisher.PublishAsync("", "used again", Alias(1, qos));

            await ReceiveAsync(probe, subscriber, ("set", $"a/{qos}"), ("used", $"a/{qos}"), ("used again", $"a/{qos}"));
        }
    }

    [Check("MQTT-3.3.2-12", "Trap-60")]
    public static async Task A_topic_beside_a_known_alias_replaces_what_the_alias_stands_for(Probe probe)
    {
        var (publisher, subscriber) = await ConnectAsync(probe);

        await publisher.PublishAsync(probe.Topic("a/1"), "first", Alias(1));
        await publisher.PublishAsync(probe.Topic("a/2"), "second", Alias(1));
        await publisher.PublishAsync("", "third", Alias(1));
        await publisher.PublishAsync(probe.Topic("a/1"), "fourth", Alias(1));
        await publisher.PublishAsync("", "fifth", Alias(1));

        await ReceiveAsync(probe, subscriber, ("first", "a/1"), ("second", "a/2"), ("third", "a/2"), ("fourth", "a/1"), ("fifth", "a/1"));
    }

    /// <summary>Where there are very many, the lowest and the highest.</summary>
    [Check("MQTT-3.3.2-12", "Trap-60")]
    public static async Task All_aliases_up_to_the_maximum_are_taken(Probe probe)
    {
        var (publisher, subscriber) = await ConnectAsync(probe);
        var maximum = Needs.TopicAliases(publisher, 1);
        List<int> aliases = [.. Enumerable.Range(1, maximum).Where(alias => alias <= AliasesTriedMax / 2 || alias > maximum - (AliasesTriedMax / 2))];
        foreach (var alias in aliases)
        {
            await publisher.SendPublishAsync(probe.Topic($"a/{alias}"), $"set {alias}", Alias(alias, qos: 0));
        }

        foreach (var alias in aliases)
        {
            await publisher.SendPublishAsync("", $"used {alias}", Alias(alias, qos: 0));
        }

        var set = aliases.Select(alias => ($"set {alias}", $"a/{alias}"));
        var used = aliases.Select(alias => ($"used {alias}", $"a/{alias}"));
        await ReceiveAsync(probe, subscriber, [.. set, .. used]);
    }

    [Check("MQTT-3.3.2-8", "Trap-60")]
    public static async Task Alias_0_ends_the_connection(Probe probe)
    {
        foreach (var topic in new[] { probe.Topic("a"), "" })
        {
            var publisher = await probe.ConnectAsync();
            await publisher.SendPublishAsync(topic, "x", Alias(0));
            probe.Saw(await publisher.IsClosedAsync(0x94, 0x82));
        }
    }

    /// <summary>A broker that takes none announces no maximum, and the first alias is one too many.</summary>
    [Check("MQTT-3.3.2-9", "Trap-60")]
    public static async Task An_alias_above_the_maximum_ends_the_connection(Probe probe)
    {
        var publisher = await probe.ConnectAsync();
        var maximum = Needs.TopicAliases(publisher, 0);
        Probe.SkipUnless(maximum < ushort.MaxValue, "there is no alias above the maximum");
        foreach (var alias in new[] { maximum + 1, ushort.MaxValue })
        {
            publisher = await probe.ConnectAsync();
            await publisher.SendPublishAsync(probe.Topic("a"), "x", Alias(alias));
            probe.Saw(await publisher.IsClosedAsync(0x94, 0x82));
        }
    }

    [Check("MQTT-4.13.1-1", "Trap-60")]
    public static async Task An_unknown_alias_without_a_topic_ends_the_connection(Probe probe)
    {
        var (publisher, subscriber) = await ConnectAsync(probe);
        var maximum = Needs.TopicAliases(publisher, 1);
        if (maximum > 1)
        {
            await publisher.PublishAsync(probe.Topic("a"), "other", Alias(1));
            await subscriber.ReceivePublishAsync("other");
        }

        await publisher.SendPublishAsync("", "x", Alias(maximum));

        probe.Saw(await publisher.IsClosedAsync(0x82, 0x94));
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("a"), "marker", qos: 1);
        await subscriber.ReceivePublishAsync("marker");
    }

    [Check("MQTT-3.3.2-7", "Trap-60")]
    public static async Task An_alias_ends_with_its_connection(Probe probe)
    {
        var options = new ConnectOptions { ClientId = probe.ClientId("pub") };
        await SetAliasAsync(probe, options);

        var publisher = await probe.ConnectAsync(options);

        await publisher.SendPublishAsync("", "x", Alias(1));
        probe.Saw(await publisher.IsClosedAsync(0x82, 0x94));
    }

    [Check("MQTT-3.3.2-7", "Trap-60")]
    public static async Task An_alias_ends_with_its_connection_although_the_session_goes_on(Probe probe)
    {
        var session = ConnectOptions.Persistent(probe.ClientId("pub"));
        await SetAliasAsync(probe, session);

        var publisher = await probe.ConnectAsync(session);

        Probe.Ensure(publisher.Connack!.SessionPresent, "Session Present", publisher.Connack);
        await publisher.SendPublishAsync("", "x", Alias(1));
        probe.Saw(await publisher.IsClosedAsync(0x82, 0x94));
    }

    [Check("MQTT-3.3.2-7", "Trap-60")]
    public static async Task Each_connection_has_its_own_aliases(Probe probe)
    {
        var (first, subscriber) = await ConnectAsync(probe);
        var second = await probe.ConnectAsync();

        await first.PublishAsync(probe.Topic("a/1"), "set by the first", Alias(1));
        await second.PublishAsync(probe.Topic("a/2"), "set by the second", Alias(1));
        await first.PublishAsync("", "used by the first", Alias(1));

        await ReceiveAsync(probe, subscriber, ("set by the first", "a/1"), ("set by the second", "a/2"), ("used by the first", "a/1"));
    }

    /// <summary>The receiver has announced no maximum, so it must see topics and no alias.</summary>
    [Check("MQTT-3.3.2-11", "Trap-60")]
    public static async Task The_alias_of_the_publisher_is_not_forwarded(Probe probe)
    {
        var (publisher, subscriber) = await ConnectAsync(probe);

        await publisher.PublishAsync(probe.Topic("a"), "set", Alias(1));
        await publisher.PublishAsync("", "used", Alias(1));

        foreach (var payload in new[] { "set", "used" })
        {
            var publish = await subscriber.ReceivePublishAsync(payload);
            EnsureTopic(publish, probe.Topic("a"));
            Probe.Ensure(publish.Property(PropertyId.TopicAlias) is null, "no Topic Alias", publish);
        }
    }

    [Check("MQTT-3.3.2-12", "MQTT-3.3.1-5", "Trap-60")]
    public static async Task A_message_published_by_alias_is_retained_under_its_topic(Probe probe)
    {
        var (publisher, _) = await ConnectAsync(probe);
        Needs.Retained(publisher);
        await publisher.PublishAsync(probe.Topic("a"), "kept", Alias(1) with { Retain = true });
        await publisher.PublishAsync("", "kept by alias", Alias(1) with { Retain = true });

        var retained = await (await probe.ConnectAsync()).SubscribeAndTakeRetainedAsync(probe.Topic("a"), new SubscribeOptions(), 1);
        Probe.Ensure(retained[0] is { Text: "kept by alias" }, "PUBLISH 'kept by alias'", retained[0]);
        EnsureTopic(retained[0], probe.Topic("a"));
    }

    [Check("MQTT-3.3.2-12", "Trap-60")]
    public static async Task An_alias_may_be_used_in_the_segment_that_sets_it(Probe probe)
    {
        var (publisher, subscriber) = await ConnectAsync(probe);

        await publisher.SendAsync(
            Packets.Publish(probe.Version, probe.Topic("a/1"), "1", Alias(1, qos: 0), 0),
            Packets.Publish(probe.Version, "", "2", Alias(1, qos: 0), 0),
            Packets.Publish(probe.Version, probe.Topic("a/2"), "3", Alias(1, qos: 0), 0),
            Packets.Publish(probe.Version, "", "4", Alias(1, qos: 0), 0));

        await ReceiveAsync(probe, subscriber, ("1", "a/1"), ("2", "a/1"), ("3", "a/2"), ("4", "a/2"));
    }

    /// <summary>Nothing is said about it; but the client cannot know that the alias was lost, and QoS 0 tells it nothing at all.</summary>
    [Check("Trap-62", Versions = Versions.Mqtt5, IsRecommendation = true)]
    public static async Task A_PUBLISH_that_is_refused_still_sets_its_alias(Probe probe)
    {
        var publisher = await probe.ConnectAsync();
        Needs.TopicAliases(publisher, 1);
        await publisher.SendPublishAsync($"$SYS/{probe.Prefix}", "x", Alias(1));
        var answer = await publisher.ReceiveUnlessClosedAsync(0x87, 0x90);
        Probe.SkipUnless(answer is { Type: PacketType.Puback, ReasonCode: >= 0x80 }, "the broker does not refuse PUBLISH to $SYS with PUBACK");

        var packetId = await publisher.SendPublishAsync("", "x", Alias(1));

        var again = await publisher.ReceiveAnswerAsync(PacketType.Puback, packetId);
        Probe.Ensure(again.ReasonCode == answer!.ReasonCode, "the same refusal", again);
    }

    private static PublishOptions Alias(int alias, int qos = 1) =>
        new() { QoS = qos, Properties = [WireProperty.Number(PropertyId.TopicAlias, (uint)alias)] };

    /// <summary>A publisher, and a subscriber that gets everything of this check with QoS 0, in order.</summary>
    private static async Task<(WireClient Publisher, WireClient Subscriber)> ConnectAsync(Probe probe)
    {
        var publisher = await probe.ConnectAsync();
        Needs.TopicAliases(publisher, 1);
        Needs.QoS(publisher, 2);
        Needs.Wildcards(publisher);
        return (publisher, await probe.ConnectSubscriberAsync(probe.Topic("#")));
    }

    private static async Task SetAliasAsync(Probe probe, ConnectOptions options)
    {
        var publisher = await probe.ConnectAsync(options);
        Needs.TopicAliases(publisher, 1);
        await publisher.PublishAsync(probe.Topic("a"), "set", Alias(1));
        await publisher.PublishAsync("", "used", Alias(1));
        await publisher.DisconnectAsync();
    }

    /// <summary>The order of messages to different topics is free (§4.6).</summary>
    private static async Task ReceiveAsync(Probe probe, WireClient subscriber, params (string Payload, string Topic)[] expected)
    {
        var topics = expected.ToDictionary(pair => pair.Payload, pair => pair.Topic, StringComparer.Ordinal);
        while (topics.Count > 0)
        {
            var publish = await subscriber.ReceivePublishAsync();
            Probe.Ensure(topics.Remove(publish.Text, out var topic), $"PUBLISH with one of the payloads {string.Join(", ", topics.Keys)}", publish);
            EnsureTopic(publish, probe.Topic(topic!));
        }
    }

    private static void EnsureTopic(Received publish, string topic) =>
        Probe.Ensure(string.Equals(publish.Topic, topic, StringComparison.Ordinal), $"Topic Name \"{topic}\"", publish);
}
