using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Durability;

/// <summary>For some topics the administrator lets an acknowledgement mean less.</summary>
public sealed class RelaxedTopicsTests
{
    [Theory]
    [InlineData("telemetry/a", QoS.AtLeastOnce, true)]
    [InlineData("telemetry/a", QoS.ExactlyOnce, false)]
    [InlineData("telemetri/a", QoS.AtLeastOnce, false)]
    [InlineData("x/telemetry/a", QoS.AtLeastOnce, false)]
    public void An_acknowledgement_of_a_relaxed_topic_does_not_wait(string topic, QoS qos, bool isAtOnce)
    {
        var log = new TestLog();
        var broker = new BrokerHarness(settings: settings => Assert.True(settings.TrySet("RelaxedTopics", "debug/, telemetry/", out _)), log: log);
        broker.Persistent("away").Subscribe("#", QoS.ExactlyOnce).Disconnect();
        var publisher = broker.Connect("publisher");
        log.IsEager = false;

        publisher.Publish(topic, "21.5", qos);

        var answer = qos == QoS.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec;
        if (!isAtOnce)
        {
            publisher.ReceivesNothing();
            log.Flush();
            broker.Run();
        }

        publisher.Receives(answer);
        log.Flush();
        Assert.Single(log.State().Queue);
    }

    [Theory]
    [InlineData("a/+")]
    [InlineData("a/#")]
    public void A_filter_is_no_beginning_of_a_topic(string value)
    {
        var settings = new BrokerSettings();

        Assert.False(settings.TrySet("RelaxedTopics", value, out var error));

        Assert.Contains("telemetry/", error);
    }
}
