using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Testing.Running;

namespace Godwit.Interop.Scenarios;

/// <summary>What every day brings to a client program, in few and small packets, in each protocol version it speaks.</summary>
public abstract class EverydayScenarios<TClient>(IBrokerUnderTest broker, TClient client) : Scenario<TClient>(broker, client)
    where TClient : class, IClientProgram, IVersions
{
    [Theory, MemberData(nameof(EachVersionAndQoS)), Spec("R15", "R16", "R17", "R19", "R54")]
    public async Task Publishes_at_each_QoS(MqttVersion version, int qos)
    {
        var topic = Unique.Name("publish") + "/größe";
        await using var watcher = await WatchAsync(topic);

        await PublishAsync(PublishRequest.Of(version, topic, "12 €", qos));

        var message = await watcher.NextAsync();
        Assert.Equal((topic, "12 €", qos, false), (message.Topic, message.Text, message.QoS, message.Retain));
    }

    [Theory, MemberData(nameof(EachVersionAndQoS)), Spec("R15", "R21", "MQTT-3.8.4-8")]
    public async Task Receives_each_QoS_up_to_that_of_its_subscription(MqttVersion version, int subscribed)
    {
        var topic = Unique.Name("receive");
        await using var receiver = await SubscribeAsync(Request(version, topic) with { QoS = subscribed });

        for (var published = 0; published <= 2; published++)
        {
            await OtherPublishesAsync(version, topic, $"sent at {published}", published);

            var message = await receiver.NextAsync();
            Assert.Equal((topic, $"sent at {published}", false), (message.Topic, message.Text, message.Retain));
            Assert.Equal(Math.Min(published, subscribed), message.QoS);
        }
    }

    [Theory, MemberData(nameof(EachVersion)), Spec("R43", "R44", "MQTT-3.3.1-5", "MQTT-3.3.1-6")]
    public async Task Retained_message_is_set_seen_and_cleared(MqttVersion version)
    {
        var topic = Unique.Name("retained");

        await PublishAsync(PublishRequest.Of(version, topic, "old", 1, retain: true));
        await PublishAsync(PublishRequest.Of(version, topic, "newer", 1, retain: true));

        Assert.Equal(("newer", true), await FirstOnAsync(version, topic));

        await PublishAsync(PublishRequest.Of(version, topic, "", 1, retain: true));

        Assert.Equal(("marker", false), await FirstOnAsync(version, topic));
    }

    [Theory, MemberData(nameof(EachVersion)), Spec("R40", "R41", "MQTT-3.1.2-8")]
    public async Task Will_is_published_after_an_unclean_end(MqttVersion version)
    {
        var topic = Unique.Name("will");
        await using var watcher = await WatchAsync(topic);
        await using var dying = await SubscribeAsync(Request(version, topic + "/in") with
        {
            Will = new Will(topic, "gone", 1, Retain: true),
            IsKilled = true,
        });

        await dying.KillAsync();

        var will = await watcher.NextAsync();
        Assert.Equal((topic, "gone", 1, false), (will.Topic, will.Text, will.QoS, will.Retain));
        Assert.Equal(("gone", true), await FirstOnAsync(version, topic));
    }

    [Theory, MemberData(nameof(EachVersion)), Spec("R42", "MQTT-3.14.4-3")]
    public async Task Will_is_not_published_after_DISCONNECT(MqttVersion version)
    {
        var topic = Unique.Name("will");
        await using var watcher = await WatchAsync(topic);

        await PublishAsync(PublishRequest.Of(version, topic, "hello", 1) with { Will = new Will(topic, "gone", 1, Retain: false) });
        await OtherPublishesAsync(version, topic, "marker", 1);

        Assert.Equal("hello", (await watcher.NextAsync()).Text);
        Assert.Equal("marker", (await watcher.NextAsync()).Text);
    }

    [Theory, MemberData(nameof(EachVersion)), Spec("R30", "R32")]
    public async Task Persistent_session_keeps_messages_sent_while_away(MqttVersion version)
    {
        var topic = Unique.Name("away");
        var session = Request(version, $"{topic}/+") with { CleanStart = false };
        await using (var before = await SubscribeAsync(session))
        {
            await before.LeaveAsync();
        }

        await OtherPublishesAsync(version, $"{topic}/a", "one at QoS 1", 1);
        await OtherPublishesAsync(version, $"{topic}/b", "then one at QoS 2", 2);
        await OtherPublishesAsync(version, $"{topic}/c", "and one more at QoS 1", 1);

        // A client shows a QoS 2 message when its handshake ends, which may be after later messages of QoS 1.
        await using var after = await SubscribeAsync(session);
        ReceivedMessage[] messages = [await after.NextAsync(), await after.NextAsync(), await after.NextAsync()];
        Assert.Equal(
            [($"{topic}/a", "one at QoS 1", 1), ($"{topic}/b", "then one at QoS 2", 2), ($"{topic}/c", "and one more at QoS 1", 1)],
            messages.OrderBy(message => message.Topic, StringComparer.Ordinal).Select(message => (message.Topic, message.Text, message.QoS)));
    }

    /// <summary>The first message a new subscription of the client gets: the retained one, or else a marker sent after it.</summary>
    private async Task<(string Text, bool Retain)> FirstOnAsync(MqttVersion version, string topic)
    {
        await using var receiver = await SubscribeAsync(Request(version, topic));
        await OtherPublishesAsync(version, topic, "marker");
        var first = await receiver.NextAsync();

        return (first.Text, first.Retain);
    }
}
