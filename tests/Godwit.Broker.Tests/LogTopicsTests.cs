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

        broker.Core.PublishLog("M/subscribe", "saw 1 trees/+");
        broker.Run();

        var line = watcher.ReceivesPublish();
        Assert.Equal(("$SYS/broker/log/M/subscribe", "saw 1 trees/+", QoS.ExactlyOnce, false), (line.Topic, line.PayloadText, line.QoS, line.Retain));
        Assert.Equal(20u, line.Number(PropertyId.MessageExpiryInterval));
        other.ReceivesNothing();
        broker.Connect("late").Subscribe("$SYS/broker/log/#").ReceivesNothing();
    }

    [Fact]
    public void More_lines_than_can_be_published_are_lost_and_the_next_ones_come_again()
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("$SYS/broker/log/N");

        for (var i = 0; i < 1_500; i++)
        {
            broker.Core.PublishLog("N", "many");
        }

        broker.Run();
        broker.Core.PublishLog("N", "last");
        broker.Run();

        Assert.Equal([.. Enumerable.Repeat("many", 1_000), "last"], watcher.ReceivesAllPublishes().Select(packet => packet.PayloadText));
    }
}
