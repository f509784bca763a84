using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests;

public sealed class SmokeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_message_reaches_its_subscriber_at_every_QoS_and_on_every_shard(int shards)
    {
        var broker = new BrokerHarness(shards);
        var watchers = Enumerable.Range(0, 8).Select(i => broker.Connect($"watcher{i}").Subscribe("a/+/c", QoS.ExactlyOnce)).ToList();
        var publisher = broker.Connect("publisher");

        publisher.Publish("a/b/c", "zero");
        publisher.PublishAcknowledged("a/b/c", "one", QoS.AtLeastOnce);
        publisher.PublishAcknowledged("a/b/c", "two", QoS.ExactlyOnce);

        foreach (var watcher in watchers)
        {
            Assert.Equal(["zero", "one", "two"], watcher.ReceivesAllPublishes().Select(publish => publish.PayloadText));
        }
    }

    [Fact]
    public void A_will_is_published_when_the_connection_drops()
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("status/#");
        var sensor = broker.Connect("sensor", will: new TestWill("status/sensor", "offline"));

        sensor.DropConnection();

        Assert.Equal("offline", watcher.ReceivesPublish().PayloadText);
    }
}
