using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>The form <c>$share/{ShareName}/{filter}</c> (5.0 §4.8.2).</summary>
public static class SharedFilterChecks
{
    /// <summary>The ShareName has at least one character.</summary>
    [Check("MQTT-4.8.2-1", "Trap-87")]
    public static Task A_shared_filter_with_an_empty_name_is_refused(Probe probe) =>
        AreRefusedAsync(probe, $"$share//{probe.Topic("a")}", "$share//#", "$share//", "$share/");

    /// <summary>The ShareName is followed by a slash and a filter.</summary>
    [Check("MQTT-4.8.2-2", "Trap-87")]
    public static Task A_shared_filter_without_a_filter_is_refused(Probe probe) =>
        AreRefusedAsync(probe, $"$share/{probe.Prefix}", $"$share/{probe.Prefix}/");

    /// <summary>The ShareName has no wildcards.</summary>
    [Check("MQTT-4.8.2-2", "Trap-87")]
    public static Task A_shared_filter_with_a_wildcard_in_its_name_is_refused(Probe probe) => AreRefusedAsync(
        probe,
        $"$share/+/{probe.Topic("a")}",
        $"$share/#/{probe.Topic("a")}",
        $"$share/{probe.Prefix}#/{probe.Topic("a")}",
        $"$share/{probe.Prefix}+/{probe.Topic("a")}",
        $"$share/+{probe.Prefix}/{probe.Topic("a")}",
        "$share/#",
        "$share/+");

    /// <summary>What follows the ShareName is a filter, with the rules of filters.</summary>
    [Check("MQTT-4.8.2-2", "MQTT-4.7.1-1", "MQTT-4.7.1-2", "Trap-87", "Trap-80")]
    public static Task A_shared_filter_with_a_misplaced_wildcard_is_refused(Probe probe) => AreRefusedAsync(
        probe,
        $"$share/{probe.Prefix}/{probe.Topic("a/#/b")}",
        $"$share/{probe.Prefix}/{probe.Topic("a#")}",
        $"$share/{probe.Prefix}/{probe.Topic("a+")}",
        $"$share/{probe.Prefix}/##");

    /// <summary>A ShareName may be any text: letters have a case, and signs are ordinary.</summary>
    [Check("MQTT-4.8.2-1", "Trap-87")]
    public static async Task Any_name_without_slash_and_wildcards_is_a_group(Probe probe)
    {
        var publisher = await probe.ConnectAsync();
        Needs.Shared(publisher);
        var members = new List<WireClient>();
        foreach (var name in new[] { "g", "G", " ", "$share", "\u00E9", "g g" })
        {
            var member = await probe.ConnectAsync();
            await member.SubscribeAsync($"$share/{name}/{probe.Topic("a")}");
            members.Add(member);
        }

        await publisher.PublishAsync(probe.Topic("a"), "m", qos: 0);

        foreach (var member in members)
        {
            await member.ReceivePublishAsync("m");
            await member.PingAsync();
        }
    }

    /// <summary>Only <c>$share/</c> at the beginning makes a group; elsewhere, or in other letters, it is text.</summary>
    [Check("MQTT-4.8.2-1", "Trap-87")]
    public static async Task Share_in_a_later_level_is_an_ordinary_level(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("$share/g/a"));
        var publisher = await probe.ConnectAsync();

        await publisher.PublishAsync(probe.Topic("a"), "not this", qos: 0);
        await publisher.PublishAsync(probe.Topic("$share/g/a"), "this", qos: 0);

        await subscriber.ReceivePublishAsync("this");
    }

    /// <summary>3.1.1 knows no groups: the filter is an ordinary one, unless the broker offers groups there as well.</summary>
    [Check("Trap-87", Versions = Versions.Mqtt311)]
    public static async Task In_3_1_1_a_shared_filter_is_ordinary_or_a_group(Probe probe)
    {
        var client = await probe.ConnectSubscriberAsync(probe.Topic("end"));
        var packetId = client.NextPacketId();
        await client.SendAsync(Packets.Subscribe(probe.Version, packetId, new SubscribeOptions(), $"$share/{probe.Prefix}/{probe.Topic("a")}"));
        await client.ReceiveAnswerAsync(PacketType.Suback, packetId);
        var publisher = await probe.ConnectAsync();

        await publisher.PublishAsync(probe.Topic("a"), "m", qos: 0);
        await publisher.PublishAsync(probe.Topic("end"), "end", qos: 0);

        var came = await client.ReceiveUntilAsync("end");
        Probe.Ensure(came.Count <= 1, "one copy at most", $"{came.Count} copies");
        probe.Saw(came.Count == 1 ? "has shared subscriptions in 3.1.1" : "has no shared subscriptions in 3.1.1");
    }

    private static async Task AreRefusedAsync(Probe probe, params string[] filters)
    {
        Needs.Shared(await probe.ConnectAsync());
        foreach (var filter in filters)
        {
            probe.Saw(await probe.RefusesFilterAsync(filter));
        }
    }
}
