using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;

namespace Godwit.Conformance.Checks;

/// <summary>Who gets the messages of a shared subscription (5.0 §4.8.2).</summary>
public static class SharedChecks
{
    private const int MessageCount = 12;

    /// <summary>Each message goes to exactly one of the members.</summary>
    [Check("Trap-88", Versions = Versions.Mqtt5)]
    public static async Task Each_message_goes_to_exactly_one_member(Probe probe)
    {
        var members = new[] { await MemberAsync(probe, "g", "a"), await MemberAsync(probe, "g", "a"), await MemberAsync(probe, "g", "a") };

        var publisher = await PublishAsync(probe, "a", qos: 1);

        var counts = await CollectAsync(probe, publisher, members);
        probe.Saw("three members got " + string.Join(", ", counts));
    }

    /// <summary>Two groups with one filter each get every message once.</summary>
    [Check("Trap-89", Versions = Versions.Mqtt5)]
    public static async Task Two_groups_each_get_every_message(Probe probe)
    {
        var one = new[] { await MemberAsync(probe, "g", "a"), await MemberAsync(probe, "g", "a") };
        var two = new[] { await MemberAsync(probe, "h", "a"), await MemberAsync(probe, "h", "a") };

        var publisher = await PublishAsync(probe, "a", qos: 1);

        await CollectAsync(probe, publisher, one);
        await CollectAsync(probe, publisher, two);
    }

    /// <summary>The group is the name together with the filter: one name with two filters is two groups.</summary>
    [Check("Trap-89", Versions = Versions.Mqtt5)]
    public static async Task One_name_with_two_filters_is_two_groups(Probe probe)
    {
        var one = new[] { await MemberAsync(probe, "g", "a"), await MemberAsync(probe, "g", "a") };
        var two = new[] { await MemberAsync(probe, "g", "+"), await MemberAsync(probe, "g", "+") };

        var publisher = await PublishAsync(probe, "a", qos: 1);

        await CollectAsync(probe, publisher, one);
        await CollectAsync(probe, publisher, two);
    }

    /// <summary>A client that is a member and has a subscription of its own gets a copy for each.</summary>
    [Check("Trap-89", Versions = Versions.Mqtt5)]
    public static async Task A_member_with_a_subscription_of_its_own_gets_both_copies(Probe probe)
    {
        var client = await MemberAsync(probe, "g", "a");
        await client.SubscribeAsync(probe.Topic("a"), new SubscribeOptions());
        var publisher = await probe.ConnectAsync();

        await publisher.PublishAsync(probe.Topic("a"), "m", qos: 0);

        await client.ReceivePublishAsync("m");
        await client.ReceivePublishAsync("m");
        Probe.Ensure((await ReceiveAllAsync(probe, publisher, client)).Count == 0, "two copies", "more");
    }

    /// <summary>Others with ordinary subscriptions get their copies beside the group.</summary>
    [Check("MQTT-4.5.0-1", "Trap-88")]
    public static async Task Ordinary_subscribers_get_every_message_beside_a_group(Probe probe)
    {
        var members = new[] { await MemberAsync(probe, "g", "+"), await MemberAsync(probe, "g", "+") };
        var ordinary = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos: 1);

        var publisher = await PublishAsync(probe, "a", qos: 1);

        await CollectAsync(probe, publisher, members);
        for (var number = 0; number < MessageCount; number++)
        {
            await ordinary.TakeAsync(Text(number));
        }
    }

    /// <summary>A message comes with the QoS that its receiver was granted.</summary>
    [Check("MQTT-4.8.2-3", "Trap-88")]
    public static async Task Each_member_gets_messages_with_the_QoS_of_its_own_grant(Probe probe)
    {
        var members = new List<WireClient>();
        foreach (var qos in new[] { 0, 1, 2 })
        {
            members.Add(await MemberAsync(probe, "g", "a", qos));
        }

        var publisher = await PublishAsync(probe, "a", qos: 2);

        for (var qos = 0; qos < members.Count; qos++)
        {
            foreach (var publish in await ReceiveAllAsync(probe, publisher, members[qos]))
            {
                Probe.Ensure((int)publish.QoS == qos, $"PUBLISH with QoS {qos}, as this member was granted", publish);
            }
        }
    }

    /// <summary>A member that is away with its session may be picked; what it was given waits for it and goes to no other.</summary>
    [Check("MQTT-4.5.0-1", "Trap-88")]
    public static async Task No_message_is_lost_or_doubled_when_a_member_is_away(Probe probe)
    {
        var away = await JoinAsync(probe, await probe.ConnectPersistentAsync("away"), "g", "a", qos: 1);
        await away.DisconnectAsync();
        var here = await MemberAsync(probe, "g", "a");

        var publisher = await PublishAsync(probe, "a", qos: 1);

        var counts = await CollectAsync(probe, publisher, [here, await probe.ResumeAsync("away")]);
        probe.Saw(counts[1] > 0 ? "picks members that are away" : "picks connected members");
    }

    /// <summary>A group whose members are all away keeps its messages in their sessions.</summary>
    [Check("MQTT-4.5.0-1", "Trap-88")]
    public static async Task Messages_wait_when_every_member_is_away(Probe probe)
    {
        foreach (var name in new[] { "away1", "away2" })
        {
            var member = await JoinAsync(probe, await probe.ConnectPersistentAsync(name), "g", "a", qos: 1);
            await member.DisconnectAsync();
        }

        var publisher = await PublishAsync(probe, "a", qos: 1);

        await CollectAsync(probe, publisher, [await probe.ResumeAsync("away1"), await probe.ResumeAsync("away2")]);
    }

    /// <summary>Membership is part of the session: it lasts until UNSUBSCRIBE, and a second SUBSCRIBE is no second membership.</summary>
    [Check("MQTT-3.10.4-1", "MQTT-3.10.4-2", "Trap-85")]
    public static async Task A_member_that_joined_twice_leaves_at_once(Probe probe)
    {
        var leaver = await MemberAsync(probe, "g", "a");
        await JoinAsync(probe, leaver, "g", "a", qos: 0);
        var stayer = await MemberAsync(probe, "g", "a");

        var codes = await leaver.UnsubscribeAsync(Filter(probe, "g", "a"));
        var publisher = await PublishAsync(probe, "a", qos: 1);

        Probe.Ensure(codes is [0], "UNSUBACK 0x00", $"{codes.Length} codes, the first {codes.FirstOrDefault():X2}");
        var counts = await CollectAsync(probe, publisher, [leaver, stayer]);
        Probe.Ensure(counts[0] == 0, "no message for a member that left", $"{counts[0]} messages");
    }

    /// <summary>The group stays when the member that made it goes.</summary>
    [Check("Trap-88", Versions = Versions.Mqtt5)]
    public static async Task A_group_outlives_its_first_member(Probe probe)
    {
        var first = await MemberAsync(probe, "g", "a");
        var second = await MemberAsync(probe, "g", "a");
        await first.DisconnectAsync();

        var publisher = await PublishAsync(probe, "a", qos: 1);

        await CollectAsync(probe, publisher, [second]);
    }

    /// <summary>What is behind the name is a filter like any other: with wildcards, or with an empty first level.</summary>
    [Check("Trap-87", Versions = Versions.Mqtt5)]
    public static async Task The_filter_of_a_group_matches_like_any_other(Probe probe)
    {
        var client = await probe.ConnectAsync();
        Needs.Shared(client);
        await client.SubscribeAsync($"$share/{probe.Prefix}//{probe.Prefix}/+/#", new SubscribeOptions());
        var publisher = await probe.ConnectAsync();

        await publisher.PublishAsync(probe.Topic("a/b"), "no empty level", qos: 0);
        await publisher.PublishAsync($"/{probe.Prefix}", "too short", qos: 0);
        await publisher.PublishAsync($"/{probe.Prefix}/a", "two levels", qos: 0);
        await publisher.PublishAsync($"/{probe.Prefix}/a/b", "three levels", qos: 0);

        await client.ReceivePublishAsync("two levels");
        await client.ReceivePublishAsync("three levels");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Filter(Probe probe, string group, string filter) => $"$share/{probe.Prefix}{group}/{probe.Topic(filter)}";

    private static async Task<WireClient> MemberAsync(Probe probe, string group, string filter, int qos = 1) =>
        await JoinAsync(probe, await probe.ConnectAsync(), group, filter, qos);

    /// <summary>Joins a group, and subscribes to a topic of the member alone by which it is told the end.</summary>
    private static async Task<WireClient> JoinAsync(Probe probe, WireClient client, string group, string filter, int qos)
    {
        Needs.Shared(client);
        await client.SubscribeAsync(Filter(probe, group, filter), qos);
        await client.SubscribeAsync(EndTopic(probe, client), qos: 1);
        return client;
    }

    private static string EndTopic(Probe probe, WireClient member) => probe.Topic("end/" + member.ClientId);

    /// <summary>Publishes 0, 1, ... to a topic.</summary>
    private static async Task<WireClient> PublishAsync(Probe probe, string topic, int qos)
    {
        var publisher = await probe.ConnectPublisherAsync(Math.Max(qos, 1));
        for (var number = 0; number < MessageCount; number++)
        {
            await publisher.PublishAsync(probe.Topic(topic), Text(number), qos);
        }

        return publisher;
    }

    /// <summary>What a member has got before the publisher tells it the end.</summary>
    private static async Task<IReadOnlyList<Received>> ReceiveAllAsync(Probe probe, WireClient publisher, WireClient member)
    {
        await publisher.PublishAsync(EndTopic(probe, member), "end", qos: 1);
        return await member.ReceiveUntilAsync("end");
    }

    /// <summary>Together the members must have each of the published messages once.</summary>
    /// <returns>How many each has got.</returns>
    private static async Task<IReadOnlyList<int>> CollectAsync(Probe probe, WireClient publisher, IReadOnlyList<WireClient> members)
    {
        var counts = new List<int>();
        var all = new List<string>();
        foreach (var member in members)
        {
            var came = await ReceiveAllAsync(probe, publisher, member);
            counts.Add(came.Count);
            all.AddRange(came.Select(publish => publish.Text));
        }

        var expected = Enumerable.Range(0, MessageCount).Select(Text).Order(StringComparer.Ordinal);
        Probe.Ensure(
            expected.SequenceEqual(all.Order(StringComparer.Ordinal), StringComparer.Ordinal),
            $"each of {MessageCount} messages at exactly one member",
            $"the members have {string.Join(' ', all)}");
        return counts;
    }
}
