using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Topic Aliases that the broker sets (5.0 §3.3.2.3.4). It need not set any.</summary>
public static class ServerTopicAliasChecks
{
    private const string None = "Topic Aliases from the broker: none";

    [Check("MQTT-3.3.2-11", "Trap-61")]
    public static async Task A_client_that_takes_no_aliases_gets_none(Probe probe)
    {
        foreach (var maximum in new ushort?[] { null, 0 })
        {
            var subscriber = await probe.ConnectAsync(new ConnectOptions { TopicAliasMaximum = maximum });
            await subscriber.SubscribeAsync(probe.Topic("a"), 1);

            foreach (var publish in await PublishAndReceiveAsync(probe, subscriber, "a", "a", "a"))
            {
                Probe.Ensure(publish.Property(PropertyId.TopicAlias) is null && publish.Topic.Length > 0, "a Topic Name and no Topic Alias", publish);
            }
        }
    }

    /// <summary>With more topics than aliases, so that a broker which never stops would be seen.</summary>
    [Check("MQTT-3.3.2-11", "MQTT-3.3.2-8", "Trap-61")]
    public static async Task The_broker_sets_no_alias_above_the_maximum_of_the_client(Probe probe)
    {
        foreach (var maximum in new ushort[] { 1, 2, 5 })
        {
            var subscriber = await probe.ConnectAsync(new ConnectOptions { TopicAliasMaximum = maximum });
            await SubscribeToAllAsync(probe, subscriber);

            foreach (var publish in await PublishAndReceiveAsync(probe, subscriber, [.. Enumerable.Range(0, 30).Select(i => $"t{i % 10}")]))
            {
                var alias = publish.NumberOr(PropertyId.TopicAlias, 1);
                Probe.Ensure(alias >= 1 && alias <= maximum, $"no Topic Alias, or one of 1 to {maximum}", publish);
            }
        }
    }

    [Check("MQTT-3.3.2-3", "Trap-61")]
    public static async Task An_alias_of_the_broker_stands_for_the_topic_it_was_set_with(Probe probe)
    {
        foreach (var maximum in new ushort[] { 1, 3, ushort.MaxValue })
        {
            var subscriber = await probe.ConnectAsync(new ConnectOptions { TopicAliasMaximum = maximum });
            await SubscribeToAllAsync(probe, subscriber);

            string[] topics = ["a", "a", "b", "b", "a", "c", "d", "a", "b", "c", "d", "a"];
            EnsureTopics(probe, await PublishAndReceiveAsync(probe, subscriber, topics), []);
        }
    }

    /// <summary>Both sides number their aliases on their own.</summary>
    [Check("MQTT-3.3.2-12", "Trap-60", "Trap-61")]
    public static async Task Aliases_of_client_and_broker_are_independent(Probe probe)
    {
        var client = await probe.ConnectAsync(new ConnectOptions { TopicAliasMaximum = 1 });
        Needs.TopicAliases(client, 1);
        await client.SubscribeAsync(probe.Topic("in"));
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("out"));
        var aliased = new PublishOptions { Properties = [WireProperty.Number(PropertyId.TopicAlias, 1)] };
        var known = new Dictionary<uint, string>();

        await client.SendPublishAsync(probe.Topic("out"), "1", aliased);
        EnsureTopics(probe, await PublishAndReceiveAsync(probe, client, "in", "in"), known);
        await client.SendPublishAsync("", "2", aliased);
        EnsureTopics(probe, await PublishAndReceiveAsync(probe, client, "in"), known);

        foreach (var payload in new[] { "1", "2" })
        {
            var publish = await watcher.ReceivePublishAsync(payload);
            Probe.Ensure(string.Equals(publish.Topic, probe.Topic("out"), StringComparison.Ordinal), $"Topic Name {probe.Topic("out")}", publish);
        }
    }

    /// <summary>The client never saw the packet that would have told it the alias.</summary>
    [Check("MQTT-3.1.2-25", "Trap-57", "Trap-61")]
    public static async Task A_PUBLISH_that_was_too_large_to_be_sent_sets_no_alias(Probe probe)
    {
        var subscriber = await probe.ConnectAsync(new ConnectOptions { TopicAliasMaximum = 10, MaximumPacketSize = 200 });
        await SubscribeToAllAsync(probe, subscriber);
        var publisher = await probe.ConnectAsync();
        foreach (var topic in new[] { "a", "b" })
        {
            await publisher.PublishAsync(probe.Topic(topic), new string('x', 300), qos: 1);
        }

        EnsureTopics(probe, await PublishAndReceiveAsync(probe, subscriber, "a", "b", "a", "b"), []);
    }

    [Check("MQTT-3.3.2-7", "Trap-61")]
    public static async Task Aliases_of_the_broker_end_with_the_connection(Probe probe)
    {
        var session = ConnectOptions.Persistent(probe.ClientId("sub")) with { TopicAliasMaximum = 10 };
        var subscriber = await probe.ConnectAsync(session);
        await SubscribeToAllAsync(probe, subscriber);
        EnsureTopics(probe, await PublishAndReceiveAsync(probe, subscriber, "a", "a", "b", "b"), []);
        await subscriber.DisconnectAsync();
        var publisher = await probe.ConnectAsync();
        await publisher.PublishAsync(probe.Topic("a"), "a", qos: 1);

        subscriber = await probe.ConnectAsync(session);

        var known = new Dictionary<uint, string>();
        EnsureTopics(probe, [await subscriber.TakeAsync("a")], known);
        EnsureTopics(probe, await PublishAndReceiveAsync(probe, subscriber, "b", "a", "b"), known);
    }

    /// <summary>It is sent again on a connection on which the alias was never set.</summary>
    [Check("MQTT-3.3.2-7", "Trap-61")]
    public static async Task A_PUBLISH_that_is_sent_again_does_not_rely_on_an_old_alias(Probe probe)
    {
        var session = ConnectOptions.Persistent(probe.ClientId("sub")) with { TopicAliasMaximum = 10 };
        var subscriber = await probe.ConnectAsync(session);
        await SubscribeToAllAsync(probe, subscriber);
        var publisher = await probe.ConnectAsync();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await publisher.PublishAsync(probe.Topic("a"), "a", qos: 1);
            await subscriber.ReceivePublishAsync("a");
        }

        await subscriber.DropAsync();

        subscriber = await probe.ConnectAsync(session);

        var known = new Dictionary<uint, string>();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            EnsureTopics(probe, [await subscriber.ReceivePublishAsync("a")], known);
        }
    }

    private static async Task SubscribeToAllAsync(Probe probe, WireClient subscriber)
    {
        Needs.Wildcards(subscriber);
        await subscriber.SubscribeAsync(probe.Topic("#"), 1);
    }

    /// <summary>One message to each topic, with its name as the payload, one after the other.</summary>
    private static async Task<IReadOnlyList<Received>> PublishAndReceiveAsync(Probe probe, WireClient subscriber, params string[] topics)
    {
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 1);
        var received = new List<Received>();
        foreach (var topic in topics)
        {
            await publisher.PublishAsync(probe.Topic(topic), topic, qos: 1);
            received.Add(await subscriber.TakeAsync(topic));
        }

        await publisher.DisconnectAsync();
        return received;
    }

    /// <summary>Each payload is the name of the topic that the packet must stand for.</summary>
    private static void EnsureTopics(Probe probe, IReadOnlyList<Received> publishes, Dictionary<uint, string> known)
    {
        foreach (var publish in publishes)
        {
            var alias = publish.NumberOr(PropertyId.TopicAlias, 0);
            if (alias != 0 && publish.Topic.Length > 0)
            {
                known[alias] = publish.Topic;
            }

            var topic = publish.Topic.Length > 0 ? publish.Topic : known.GetValueOrDefault(alias, "");
            var expected = probe.Topic(publish.Text);
            Probe.Ensure(string.Equals(topic, expected, StringComparison.Ordinal), $"the topic {expected}, by name or by an alias that was set", publish);
        }

        probe.Saw(known.Count == 0 ? None : "Topic Aliases from the broker: sets them");
    }
}
