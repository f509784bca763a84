using System.Diagnostics;
using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Testing.Running;

namespace Godwit.Interop.Scenarios;

/// <summary>What only a client library shows: codes of acknowledgements, subscription options, ways to disconnect.</summary>
public abstract class LibraryScenarios<TClient>(IBrokerUnderTest broker, TClient client) : Mqtt5Scenarios<TClient>(broker, client)
    where TClient : class, ILibraryProgram, IVersions
{
    /// <summary>Time for a client to come back before its will is published.</summary>
    private static readonly int DelaySeconds = 2 + (int)Deadlines.Slack.TotalSeconds;

    [Theory, InlineData(MqttVersion.Mqtt311), InlineData(MqttVersion.Mqtt5), Spec("R30", "R31", "MQTT-3.2.2-2", "MQTT-3.2.2-3")]
    public async Task CONNACK_tells_whether_a_session_is_present(MqttVersion version)
    {
        var persistent = Request(version) with { CleanStart = false };

        Assert.False(await IsPresentAsync(persistent));
        Assert.True(await IsPresentAsync(persistent));
        Assert.False(await IsPresentAsync(persistent with { CleanStart = true }));
        Assert.False(await IsPresentAsync(persistent));
    }

    [Theory, MemberData(nameof(EachVersion)), Spec("R29", "MQTT-3.10.4-1")]
    public async Task Unsubscribing_ends_the_messages(MqttVersion version)
    {
        var topic = Unique.Name("unsubscribe");
        await using var connection = await ConnectAsync(Request(version, $"{topic}/a", $"{topic}/b"));

        await connection.UnsubscribeAsync($"{topic}/a");

        await OtherPublishesAsync(version, $"{topic}/a", "not subscribed", 1);
        await OtherPublishesAsync(version, $"{topic}/b", "marker", 1);
        Assert.Equal("marker", (await connection.NextAsync()).Text);
    }

    [Theory, MemberData(nameof(EachVersion)), Spec("R27", "MQTT-3.8.4-3")]
    public async Task Subscribing_the_same_filter_again_replaces_it(MqttVersion version)
    {
        var topic = Unique.Name("replace");
        var session = Request(version, topic) with { CleanStart = false };
        await using (var before = await ConnectAsync(session))
        {
            await before.LeaveAsync();
        }

        await using var after = await ConnectAsync(session with { QoS = 0 });
        await OtherPublishesAsync(version, topic, "once", 2);
        await OtherPublishesAsync(version, topic, "marker", 2);

        var message = await after.NextAsync();
        Assert.Equal(("once", 0), (message.Text, message.QoS));
        Assert.Equal("marker", (await after.NextAsync()).Text);
    }

    [Fact, Spec("MQTT-3.8.4-6", "MQTT-3.11.3-2")]
    public async Task SUBACK_and_UNSUBACK_have_a_reason_code_for_each_filter()
    {
        var topic = Unique.Name("codes");
        await using var connection = await ConnectAsync(Request(MqttVersion.Mqtt5, $"{topic}/a", $"{topic}/b") with { QoS = 1 });

        Assert.Equal([1, 1], connection.SubackCodes);
        Assert.Equal([0x00], await connection.UnsubscribeAsync($"{topic}/a"));
        Assert.Equal([0x11], await connection.UnsubscribeAsync($"{topic}/a"));      // No subscription existed
    }

    [Fact, Spec("R13", "MQTT-3.1.4-3")]
    public async Task Takeover_closes_with_reason_0x8E()
    {
        var request = Request(MqttVersion.Mqtt5);
        await using var first = await ConnectAsync(request);

        await using var second = await ConnectAsync(request);

        await first.ClosedByBrokerAsync();
        Assert.SkipWhen(BrokerUnderTest.IsMosquitto, "mosquitto 2.0.11 closes the connection without DISCONNECT");
        Assert.Equal(0x8E, first.CloseReason);
    }

    [Fact, Spec("MQTT-3.2.2-16")]
    public async Task Empty_client_id_gets_an_assigned_one()
    {
        await using var connection = await ConnectAsync(Request(MqttVersion.Mqtt5) with { ClientId = "" });

        Assert.NotEmpty(connection.AssignedClientId ?? "");
    }

    [Fact, Spec("MQTT-3.8.3-3")]
    public async Task No_Local_keeps_own_messages_away()
    {
        var topic = Unique.Name("nolocal");
        await using var connection = await ConnectAsync(Request(MqttVersion.Mqtt5, topic) with { NoLocal = true });

        await connection.PublishAsync(Message(topic, "own", 1));
        await Other.PublishAsync(Broker, Message(topic, "of another", 1));

        Assert.Equal("of another", (await connection.NextAsync()).Text);
    }

    [Theory, InlineData(false), InlineData(true), Spec("MQTT-3.3.1-12", "MQTT-3.3.1-13")]
    public async Task Retain_As_Published_keeps_the_flag(bool asPublished)
    {
        var topic = Unique.Name("rap");
        await using var connection = await ConnectAsync(Request(MqttVersion.Mqtt5, topic) with { RetainAsPublished = asPublished });

        await OtherPublishesAsync(MqttVersion.Mqtt5, topic, "kept", 1, retain: true);

        Assert.Equal(asPublished, (await connection.NextAsync()).Retain);
    }

    [Theory, InlineData(0, "kept", "kept"), InlineData(1, "kept", "marker"), InlineData(2, "marker", "marker")]
    [Spec("MQTT-3.3.1-9", "MQTT-3.3.1-10", "MQTT-3.3.1-11")]
    public async Task Retain_Handling_chooses_when_retained_messages_come(int handling, string first, string again)
    {
        var topic = Unique.Name("handling");
        await OtherPublishesAsync(MqttVersion.Mqtt5, topic, "kept", 1, retain: true);
        var session = Request(MqttVersion.Mqtt5, topic) with { CleanStart = false, RetainHandling = handling };

        Assert.Equal(first, await FirstAsync(session));
        Assert.Equal(again, await FirstAsync(session));
    }

    [Fact, Spec("R41", "MQTT-3.1.2-10")]
    public async Task DISCONNECT_with_reason_0x04_publishes_the_will()
    {
        var topic = Unique.Name("will");
        await using var watcher = await WatchAsync(topic);
        await using var connection = await ConnectAsync(Request(MqttVersion.Mqtt5) with { Will = new Will(topic, "left on purpose", 2, Retain: false) });

        await connection.LeaveWithWillAsync();

        var will = await watcher.NextAsync();
        Assert.Equal(("left on purpose", 2), (will.Text, will.QoS));
    }

    [Fact, Spec("MQTT-3.1.3-9")]
    public async Task Will_delay_holds_the_will_back()
    {
        var topic = Unique.Name("delay");
        await using var watcher = await WatchAsync(topic);
        await using var dying = await ConnectAsync(Request(MqttVersion.Mqtt5) with
        {
            SessionExpirySeconds = 60,
            Will = new Will(topic, "late", 1, Retain: false) { DelaySeconds = DelaySeconds },
            IsKilled = true,
        });

        var killed = Stopwatch.GetTimestamp();
        await dying.KillAsync();

        Assert.Equal("late", (await watcher.NextAsync()).Text);
        Assert.InRange(Stopwatch.GetElapsedTime(killed).TotalSeconds, DelaySeconds - 1.1, DelaySeconds + 5 + Deadlines.Slack.TotalSeconds);      // whole seconds of a broker's clock
    }

    [Fact, Spec("MQTT-3.1.3-9")]
    public async Task Will_is_not_published_when_the_client_is_back_within_the_delay()
    {
        var topic = Unique.Name("delay");
        await using var watcher = await WatchAsync(topic);
        var request = Request(MqttVersion.Mqtt5) with { SessionExpirySeconds = 60, CleanStart = false };
        await (await ConnectAsync(Request(MqttVersion.Mqtt5))).DisposeAsync();      // the library is loaded before time counts
        await using var dying = await ConnectAsync(request with
        {
            Will = new Will(topic, "never", 1, Retain: false) { DelaySeconds = DelaySeconds },
            IsKilled = true,
        });

        await dying.KillAsync();
        await using var back = await ConnectAsync(request);
        await Task.Delay(TimeSpan.FromSeconds(DelaySeconds + 1.2), TestContext.Current.CancellationToken);
        await Other.PublishAsync(Broker, Message(topic, "marker", 1));

        Assert.Equal("marker", (await watcher.NextAsync()).Text);
    }

    [Theory, InlineData(1), InlineData(2), Spec("MQTT-3.3.4-9")]
    public async Task Receive_Maximum_of_one_still_gets_every_message_in_order(int qos)
    {
        var topic = Unique.Name("window");
        await using var receiver = await ConnectAsync(Request(MqttVersion.Mqtt5, topic) with { ReceiveMaximum = 1 });
        await using var sender = await ConnectAsync(Request(MqttVersion.Mqtt5));

        for (var number = 0; number < 20; number++)
        {
            await sender.PublishAsync(Message(topic, $"{number}", qos));
        }

        for (var number = 0; number < 20; number++)
        {
            Assert.Equal($"{number}", (await receiver.NextAsync()).Text);
        }
    }

    [Fact, Spec("MQTT-3.3.2-12")]
    public async Task Topic_alias_stands_for_the_topic_in_later_messages()
    {
        var topic = Unique.Name("alias");
        await using var watcher = await WatchAsync($"{topic}/+");
        await using var connection = await ConnectAsync(Request(MqttVersion.Mqtt5));
        var alias = new MessageProperties { TopicAlias = 3 };

        await connection.PublishAsync(Message($"{topic}/a", "sets the alias", 1) with { Properties = alias });
        await connection.PublishAsync(Message("", "uses it", 1) with { Properties = alias });
        await connection.PublishAsync(Message($"{topic}/b", "sets it anew", 1) with { Properties = alias });
        await connection.PublishAsync(Message("", "uses that", 1) with { Properties = alias });

        foreach (var expected in new[] { ("a", "sets the alias"), ("a", "uses it"), ("b", "sets it anew"), ("b", "uses that") })
        {
            var message = await watcher.NextAsync();
            Assert.Equal(expected, (message.Topic[(topic.Length + 1)..], message.Text));
        }
    }

    /// <summary>Connects with the library.</summary>
    protected Task<IConnection> ConnectAsync(SubscribeRequest request) => Client.ConnectAsync(Broker, request);

    private async Task<bool> IsPresentAsync(SubscribeRequest request)
    {
        await using var connection = await ConnectAsync(request);

        return connection.SessionPresent;
    }

    /// <summary>The first message after subscribing: a retained one, or else a marker.</summary>
    private async Task<string> FirstAsync(SubscribeRequest request)
    {
        await using var connection = await ConnectAsync(request);
        await Other.PublishAsync(Broker, Message(request.Filters[0], "marker", 0));

        var first = (await connection.NextAsync()).Text;
        if (first is not "marker")
        {
            // Read on, so that the first message is acknowledged and does not come again.
            Assert.Equal("marker", (await connection.NextAsync()).Text);
        }

        return first;
    }
}
