using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Testing.Running;

namespace Godwit.Interop.Scenarios;

/// <summary>All that each client program does with the broker, in each protocol version it speaks; the everyday part is inherited.</summary>
public abstract class ClientScenarios<TClient>(IBrokerUnderTest broker, TClient client) : EverydayScenarios<TClient>(broker, client)
    where TClient : class, IClientProgram, IVersions
{
    [Theory, MemberData(nameof(EachVersion)), Spec("R15")]
    public async Task Publishes_any_bytes_unchanged(MqttVersion version)
    {
        var topic = Unique.Name("bytes");
        byte[] payload = [.. Enumerable.Range(0, 70_000).Select(index => (byte)(index * 7))];
        await using var watcher = await WatchAsync(topic);

        await PublishAsync(new PublishRequest { Version = version, Topic = topic, Payload = payload, QoS = 2 });

        Assert.Equal(payload, (await watcher.NextAsync()).Payload);
    }

    [Theory, MemberData(nameof(EachVersion)), Spec("R15")]
    public async Task Receives_a_large_message_unchanged(MqttVersion version)
    {
        var topic = Unique.Name("large");
        var text = string.Concat(Enumerable.Range(0, 9_000).Select(index => $"zeile{index};"));
        await using var receiver = await SubscribeAsync(Request(version, topic));

        await OtherPublishesAsync(version, topic, text, 1);

        Assert.Equal(text, (await receiver.NextAsync()).Text);
    }

    [Theory, MemberData(nameof(EachVersion)), Spec("R23", "R24", "R25", "R28")]
    public async Task Wildcard_subscriptions_get_what_matches_and_nothing_else(MqttVersion version)
    {
        var root = Unique.Name("wild");
        await using var plus = await SubscribeAsync(Request(version, $"{root}/+/temperature"));
        await using var hash = await SubscribeAsync(Request(version, $"{root}/sensor/#"));

        foreach (var topic in new[] { "sensor/10/temperature", "sensor", "sensor/10/a/temperature", "sensor/temperature", "sensors", "10/temperature" })
        {
            await OtherPublishesAsync(version, $"{root}/{topic}", topic, 1);
        }

        await OtherPublishesAsync(version, $"{root}/sensor/temperature", "end", 1);

        Assert.Equal(["sensor/temperature", "10/temperature", "end"], await UntilEndAsync(plus));
        Assert.Equal(["sensor/10/temperature", "sensor", "sensor/10/a/temperature", "sensor/temperature", "end"], await UntilEndAsync(hash));
    }

    [Theory, MemberData(nameof(EachVersion)), Spec("R31", "MQTT-3.1.2-4")]
    public async Task Clean_start_forgets_the_session(MqttVersion version)
    {
        var topic = Unique.Name("clean");
        var session = Request(version, $"{topic}/kept") with { CleanStart = false };
        await using (var before = await SubscribeAsync(session))
        {
            await before.LeaveAsync();
        }

        await OtherPublishesAsync(version, $"{topic}/kept", "queued", 1);
        await using var after = await SubscribeAsync(session with { CleanStart = true, Filters = [$"{topic}/new"] });
        await OtherPublishesAsync(version, $"{topic}/kept", "no longer subscribed", 1);
        await OtherPublishesAsync(version, $"{topic}/new", "marker", 1);

        Assert.Equal("marker", (await after.NextAsync()).Text);
    }

    [Theory, MemberData(nameof(EachVersion)), Spec("R28", "MQTT-4.8.2-4")]
    public async Task Shared_subscription_gives_each_message_to_one_member(MqttVersion version)
    {
        var topic = Unique.Name("shared");
        var filter = $"$share/workers/{topic}/#";
        await using var one = await SubscribeAsync(Request(version, filter));
        await using var two = await SubscribeAsync(Request(version, filter));

        for (var number = 0; number < 6; number++)
        {
            await OtherPublishesAsync(version, $"{topic}/job", $"job {number}", 1);
        }

        // Round robin: three each. A message delivered twice would leave one of the two a wrong third.
        List<string> jobs = [];
        for (var number = 0; number < 3; number++)
        {
            jobs.Add((await one.NextAsync()).Text);
            jobs.Add((await two.NextAsync()).Text);
        }

        jobs.Sort(StringComparer.Ordinal);
        Assert.Equal(["job 0", "job 1", "job 2", "job 3", "job 4", "job 5"], jobs);
    }

    [Theory, MemberData(nameof(EachVersion)), Spec("R13", "MQTT-3.1.4-3")]
    public async Task Second_connection_of_a_client_id_takes_over(MqttVersion version)
    {
        var topic = Unique.Name("takeover");
        var request = Request(version, topic) with { IsTakenOver = true };
        await using var first = await SubscribeAsync(request);

        await using var second = await SubscribeAsync(request);

        await first.ClosedByBrokerAsync();
        if (first is ToolReceiver)
        {
            // The tools come back at once and so push the second one out, which comes back in its turn when they are gone.
            await first.KillAsync();
        }

        await OtherPublishesAsync(version, topic, "for the second", 1, retain: true);
        Assert.Equal("for the second", (await second.NextAsync()).Text);
    }

    private static async Task<IReadOnlyList<string>> UntilEndAsync(IReceiver receiver)
    {
        List<string> texts = [];
        do
        {
            texts.Add((await receiver.NextAsync()).Text);
        }
        while (texts is not [.., "end"]);

        return texts;
    }
}
