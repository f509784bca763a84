using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests;

/// <summary>The host's log as messages of the broker.</summary>
public sealed class LogTopicsTests
{
    [Fact]
    public void A_line_goes_to_whoever_is_there_to_read_it()
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("$SYS/broker/log/#", QoS.ExactlyOnce);
        var other = broker.Connect("other").Subscribe("#", QoS.ExactlyOnce);

        broker.OnShard(0, shard => shard.PublishLog("M/subscribe", "saw 1 trees/+"));

        var line = watcher.ReceivesPublish();
        Assert.Equal(("$SYS/broker/log/M/subscribe", "saw 1 trees/+", QoS.ExactlyOnce, false), (line.Topic, line.PayloadText, line.QoS, line.Retain));
        Assert.Equal(20u, line.Number(PropertyId.MessageExpiryInterval));
        other.ReceivesNothing();
        broker.Connect("late").Subscribe("$SYS/broker/log/#").ReceivesNothing();
    }
}
