using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Testing.Running;
using Godwit.Interop.Scenarios;

namespace Godwit.Interop.Tests;

/// <summary>What else Debian's Paho C brings: <c>paho_cs_pub</c> and <c>paho_cs_sub</c> (synchronous API), and properties of <c>paho_c_pub</c>.</summary>
public sealed class Paho_C_synchronous(BrokerUnderTest broker, PahoCTools client) : Scenario<PahoCTools>(broker, client)
{
    private const string Package = "paho.mqtt.c-examples";

    [Theory, MemberData(nameof(EachVersionAndQoS)), Spec("R54")]
    public async Task From_paho_cs_pub_to_paho_cs_sub(MqttVersion version, int qos)
    {
        var topic = Unique.Name("paho");
        string[] common = ["-t", topic, "-h", Broker.Host, "-p", Broker.PortText, "-q", $"{qos}", "-V", Version(version), "-i"];
        string[] subscribe = [.. common, Unique.Name("paho-cs-sub"), "--verbose"];
        await using var receiver = await ToolReceiver.StartAsync(
            Broker, Programs.Require("paho_cs_sub", Package), subscribe, new PahoOutput(hasSize: false));

        await using var publisher = ProgramRun.Start(
            Programs.Require("paho_cs_pub", Package), [.. common, Unique.Name("paho-cs-pub"), "-m", "between Paho and Paho"]);
        Assert.True(await publisher.EndAsync() == 0, publisher.Transcript());

        var message = await receiver.NextAsync();
        Assert.Equal((topic, "between Paho and Paho", qos), (message.Topic, message.Text, message.QoS));
    }

    [Fact, Spec("MQTT-3.3.2-17", "MQTT-3.3.2-18")]
    public async Task Properties_of_paho_c_pub_arrive()
    {
        var topic = Unique.Name("paho");
        await using var watcher = await WatchAsync(topic);

        // paho_c_pub takes one user property.
        var properties = new MessageProperties { MessageExpirySeconds = 300, UserProperties = [("area", "north")] };
        await PublishAsync(PublishRequest.Of(MqttVersion.Mqtt5, topic, "text", 1) with { Properties = properties });

        var message = await watcher.NextAsync();
        Assert.Equal([("area", "north")], message.Properties.UserProperties);
        Assert.InRange(message.Properties.MessageExpirySeconds ?? 0, 290, 300);
    }

    private static string Version(MqttVersion version) => version switch
    {
        MqttVersion.Mqtt31 => "31",
        MqttVersion.Mqtt311 => "311",
        _ => "5",
    };
}
