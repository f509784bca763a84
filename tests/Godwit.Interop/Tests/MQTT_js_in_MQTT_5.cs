using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Testing.Running;
using Godwit.Interop.Scenarios;

namespace Godwit.Interop.Tests;

/// <summary>What MQTT 5.0 adds, with <see cref="MqttJs"/>.</summary>
public sealed class MQTT_js_in_MQTT_5(BrokerUnderTest broker, MqttJs client) : LibraryScenarios<MqttJs>(broker, client)
{
    /// <summary>Of the clients here only MQTT.js understands aliases that a broker assigns.</summary>
    [Theory, InlineData(1), InlineData(2), InlineData(100), Spec("MQTT-3.1.2-26", "MQTT-3.3.2-12")]
    public async Task Aliases_that_the_broker_may_assign_are_resolved(int maximum)
    {
        var topic = Unique.Name("a-topic-that-is-long-enough-to-be-worth-an-alias");
        await using var connection = await ConnectAsync(Request(MqttVersion.Mqtt5, $"{topic}/+") with { TopicAliasMaximum = maximum });

        for (var number = 0; number < 9; number++)
        {
            await Other.PublishAsync(Broker, Message($"{topic}/{number % 3}", $"{number}", 1));
        }

        for (var number = 0; number < 9; number++)
        {
            var message = await connection.NextAsync();
            Assert.Equal(($"{topic}/{number % 3}", $"{number}"), (message.Topic, message.Text));
        }
    }
}
