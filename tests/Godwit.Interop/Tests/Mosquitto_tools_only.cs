using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Testing.Running;
using Godwit.Interop.Scenarios;

namespace Godwit.Interop.Tests;

/// <summary>What only Mosquitto's tools do: <c>mosquitto_rr</c>, clearing retained messages, a will on purpose.</summary>
public sealed class Mosquitto_tools_only(BrokerUnderTest broker, MosquittoTools client) : Scenario<MosquittoTools>(broker, client)
{
    private const string Package = "mosquitto-clients";

    [Fact, Spec("MQTT-3.3.2-15", "MQTT-3.3.2-16")]
    public async Task Request_is_answered_on_its_response_topic()
    {
        var topic = Unique.Name("request");
        await using var responder = await WatchAsync(topic);
        string[] line = ["-h", Broker.Host, "-p", Broker.PortText, "-V", "mqttv5", "-t", topic, "-e", $"{topic}/answer", "-m", "question"];
        await using var requester = ProgramRun.Start(
            Programs.Require("mosquitto_rr", Package), [.. line, "-q", "1", "-D", "publish", "correlation-data", "c-1", "-W", "5"]);

        var request = await responder.NextAsync();
        Assert.Equal(("question", $"{topic}/answer", "c-1"), (request.Text, request.Properties.ResponseTopic, request.Properties.CorrelationData));
        var answer = PublishRequest.Of(MqttVersion.Mqtt5, request.Properties.ResponseTopic!, "answer", 1);
        await Other.PublishAsync(Broker, answer with { Properties = new MessageProperties { CorrelationData = request.Properties.CorrelationData } });

        Assert.Equal(0, await requester.EndAsync());
        Assert.Equal(["answer"], requester.Output.Lines);
    }

    [Fact, Spec("R44")]
    public async Task Remove_retained_clears_what_a_filter_matches()
    {
        var topic = Unique.Name("remove");
        await using var watcher = await WatchAsync($"{topic}/+");
        string[] names = ["a", "b", "c"];
        foreach (var name in names)
        {
            await OtherPublishesAsync(MqttVersion.Mqtt311, $"{topic}/{name}", "old", 1, retain: true);
            Assert.Equal("old", (await watcher.NextAsync()).Text);
        }

        string[] line = ["-h", Broker.Host, "-p", Broker.PortText, "-t", $"{topic}/#", "--remove-retained"];
        await using var removal = ProgramRun.Start(Programs.Require("mosquitto_sub", Package), line);
        foreach (var _ in names)
        {
            Assert.Equal("", (await watcher.NextAsync()).Text);
        }

        await using var receiver = await WatchAsync($"{topic}/#");
        await OtherPublishesAsync(MqttVersion.Mqtt311, $"{topic}/z", "marker", 1);
        Assert.Equal("marker", (await receiver.NextAsync()).Text);
    }

    /// <summary>In 5.0 mosquitto_sub that is ended by a signal sends DISCONNECT with reason 0x04.</summary>
    [Fact, Spec("R41", "MQTT-3.1.2-10")]
    public async Task Ended_by_a_signal_the_subscriber_asks_for_its_will()
    {
        var topic = Unique.Name("will");
        await using var watcher = await WatchAsync(topic);
        await using var leaving = await SubscribeAsync(Request(MqttVersion.Mqtt5, $"{topic}/in") with { Will = new Will(topic, "gone", 1, Retain: false) });

        await leaving.LeaveAsync();

        Assert.Equal("gone", (await watcher.NextAsync()).Text);
    }
}
