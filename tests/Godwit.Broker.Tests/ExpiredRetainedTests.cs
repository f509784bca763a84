using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests;

/// <summary>An expired retained message is really gone: it gives back its place in the store, whichever shard had stored it.</summary>
public sealed class ExpiredRetainedTests
{
    [Theory, Spec("MQTT-3.3.2-5", "R45")]
    [InlineData(1)]
    [InlineData(3)]
    public void Retained_messages_leave_the_store_each_at_its_time(int shards)
    {
        var broker = new BrokerHarness(shards);
        for (uint second = 1; second <= 12; second++)
        {
            broker.Connect($"publisher{second}").Publish($"t/{second}", "m", retain: true, properties: Expiring(second));
        }

        broker.Connect("publisher").Publish("t/never", "m", retain: true);

        for (var left = 13; left > 1; left--)
        {
            Assert.Equal(left, broker.Core.RetainedCount);
            broker.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1, broker.Core.RetainedCount);
        Assert.Equal(long.MaxValue, broker.Core.Shards.Min(shard => shard.NextDeadlineMs));
    }

    [Fact, Spec("R45")]
    public void The_expiry_of_the_server_holds_for_3_1_1_publishers()
    {
        var broker = new BrokerHarness(settings: settings => settings.RetainedExpirySeconds = 60);
        broker.Connect("publisher", ProtocolVersion.Mqtt311).Publish("t", "m", retain: true);

        broker.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(1, broker.Core.RetainedCount);
        broker.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, broker.Core.RetainedCount);
    }

    [Fact]
    public void An_expired_message_makes_room_below_the_limit()
    {
        var broker = new BrokerHarness(limits: limits => limits.RetainedMessagesMax = 1);
        var publisher = broker.Connect("publisher");
        publisher.Publish("t/1", "m", retain: true, properties: Expiring(5));

        publisher.Publish("t/2", "no room", QoS.AtLeastOnce, retain: true);
        Assert.Equal(0x97, publisher.Receives(PacketType.Puback).ReasonCode);
        broker.Advance(TimeSpan.FromSeconds(5));
        publisher.Publish("t/2", "room", QoS.AtLeastOnce, retain: true);

        Assert.NotEqual(0x97, publisher.Receives(PacketType.Puback).ReasonCode);
        Assert.Equal(1, broker.Core.RetainedCount);
    }

    [Theory]
    [InlineData(100, 5)]
    [InlineData(5, 100)]
    public void A_replacement_has_its_own_expiry(uint first, uint second)
    {
        var broker = new BrokerHarness();
        var publisher = broker.Connect("publisher");

        publisher.Publish("t", "first", retain: true, properties: Expiring(first));
        publisher.Publish("t", "second", retain: true, properties: Expiring(second));

        broker.Advance(TimeSpan.FromSeconds(second) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, broker.Core.RetainedCount);
        broker.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, broker.Core.RetainedCount);
    }

    [Fact]
    public void Messages_that_are_cleared_before_their_time_leave_nothing_behind()
    {
        var broker = new BrokerHarness();
        var publisher = broker.Connect("publisher");
        publisher.Publish("kept", "m", retain: true, properties: Expiring(50_000));

        for (var i = 0; i < 5_000; i++)
        {
            publisher.Publish($"t/{i}", "m", retain: true, properties: Expiring(100_000));
            publisher.Publish($"t/{i}", "", retain: true);
        }

        Assert.InRange(broker.Core.Tree.ExpiryEntryCount, 1, 1_100);
        broker.Advance(TimeSpan.FromSeconds(50_000));
        Assert.Equal(0, broker.Core.RetainedCount);
    }

    private static TestProperties Expiring(uint seconds) => new TestProperties().Add(PropertyId.MessageExpiryInterval, seconds);
}
