using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Testing.Running;

namespace Godwit.Interop.Scenarios;

/// <summary>What MQTT 5.0 adds, with a client program that can set properties and show them.</summary>
public abstract class Mqtt5Scenarios<TClient>(IBrokerUnderTest broker, TClient client) : Scenario<TClient>(broker, client)
    where TClient : class, IClientProgram, IVersions
{
    /// <summary>One second more than an expiry of one second: brokers count whole seconds.</summary>
    private static readonly TimeSpan LongerThanASecond = TimeSpan.FromSeconds(2.2) + Deadlines.Slack;

    private static readonly MessageProperties Everything = new()
    {
        ContentType = "text/plain",
        ResponseTopic = "answers/here",
        CorrelationData = "request-7",
        MessageExpirySeconds = 600,
        PayloadFormatIndicator = 1,
        UserProperties = [("trace", "1"), ("trace", "2"), ("area", "north"), ("", "empty-name")],
    };

    [Theory, InlineData(0), InlineData(1), InlineData(2), Spec("MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-17", "MQTT-3.3.2-18", "MQTT-3.3.2-20")]
    public async Task Properties_that_the_client_sends_arrive_unaltered(int qos)
    {
        var topic = Unique.Name("properties");
        await using var watcher = await WatchAsync(topic);

        await PublishAsync(Message(topic, "text", qos) with { Properties = Everything });

        AssertEverything((await watcher.NextAsync()).Properties);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2), Spec("MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-17", "MQTT-3.3.2-18", "MQTT-3.3.2-20")]
    public async Task Properties_reach_the_client_unaltered(int qos)
    {
        var topic = Unique.Name("properties");
        await using var receiver = await SubscribeAsync(Request(MqttVersion.Mqtt5, topic));

        await Other.PublishAsync(Broker, Message(topic, "text", qos) with { Properties = Everything });

        AssertEverything((await receiver.NextAsync()).Properties);
    }

    [Fact, Spec("MQTT-3.3.2-5", "MQTT-3.3.2-6")]
    public async Task Message_expiry_counts_down_while_the_receiver_is_away()
    {
        var topic = Unique.Name("expiry");
        var session = Request(MqttVersion.Mqtt5, topic) with { CleanStart = false };
        await using (var before = await SubscribeAsync(session))
        {
            await before.LeaveAsync();
        }

        await PublishAsync(Message(topic, "for a second", 1) with { Properties = new MessageProperties { MessageExpirySeconds = 1 } });
        await PublishAsync(Message(topic, "for a minute", 1) with { Properties = new MessageProperties { MessageExpirySeconds = 60 } });
        await Task.Delay(LongerThanASecond, TestContext.Current.CancellationToken);

        await using var after = await SubscribeAsync(session);
        var message = await after.NextAsync();
        Assert.Equal("for a minute", message.Text);
        Assert.InRange(message.Properties.MessageExpirySeconds ?? 0, 40, 58);
    }

    [Fact, Spec("R33", "MQTT-3.1.2-23")]
    public async Task Session_ends_when_its_expiry_interval_has_passed()
    {
        var topic = Unique.Name("session");
        var session = Request(MqttVersion.Mqtt5, topic) with { CleanStart = false, SessionExpirySeconds = 1 };
        await using (var before = await SubscribeAsync(session))
        {
            await before.LeaveAsync();
        }

        await Task.Delay(LongerThanASecond, TestContext.Current.CancellationToken);
        await Other.PublishAsync(Broker, Message(topic, "nobody is subscribed", 1));

        await using var after = await SubscribeAsync(session);
        await Other.PublishAsync(Broker, Message(topic, "marker", 1));
        Assert.Equal("marker", (await after.NextAsync()).Text);
    }

    [Fact, Spec("MQTT-3.3.4-3", "MQTT-3.3.4-4")]
    public async Task Subscription_identifier_comes_with_each_message()
    {
        var topic = Unique.Name("identifier");
        await using var receiver = await SubscribeAsync(Request(MqttVersion.Mqtt5, $"{topic}/+") with { SubscriptionIdentifier = 268_435_455 });

        await Other.PublishAsync(Broker, Message($"{topic}/a", "text", 1));

        Assert.Equal([268_435_455], (await receiver.NextAsync()).Properties.SubscriptionIdentifiers);
    }

    [Fact, Spec("MQTT-3.3.2-8")]
    public async Task Message_with_a_topic_alias_arrives_under_its_topic()
    {
        var topic = Unique.Name("alias");
        await using var watcher = await WatchAsync(topic);

        await PublishAsync(Message(topic, "text", 1) with { Properties = new MessageProperties { TopicAlias = 1 } });

        var message = await watcher.NextAsync();
        Assert.Equal((topic, "text"), (message.Topic, message.Text));
    }

    /// <summary>A message in 5.0.</summary>
    protected static PublishRequest Message(string topic, string text, int qos) => PublishRequest.Of(MqttVersion.Mqtt5, topic, text, qos);

    private static void AssertEverything(MessageProperties actual)
    {
        Assert.Equal(Everything.ContentType, actual.ContentType);
        Assert.Equal(Everything.ResponseTopic, actual.ResponseTopic);
        Assert.Equal(Everything.CorrelationData, actual.CorrelationData);
        Assert.InRange(actual.MessageExpirySeconds ?? 0, 590, 600);
        Assert.Equal(Everything.PayloadFormatIndicator, actual.PayloadFormatIndicator);
        Assert.Equal(Everything.UserProperties, actual.UserProperties);
    }
}
