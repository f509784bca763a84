using Godwit.Broker.Shards;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Security;

/// <summary>Clients are slowed down: not read, or not sent to, until a time. Nothing of theirs is lost.</summary>
public sealed class ThrottleTests
{
    private readonly FixedDelay _throttle = new();

    [Theory]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void A_client_that_publishes_too_fast_is_read_later(ProtocolVersion version)
    {
        var broker = Broker();
        var other = broker.Connect("other").Subscribe("t", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher", version);
        _throttle.ReadDelayMs = 500;

        publisher.Publish("t", "1", QoS.AtLeastOnce);
        publisher.Publish("t", "2", QoS.AtLeastOnce);
        Assert.Single(other.ReceivesAllPublishes());
        Assert.False(publisher.Connection.WantsInput);
        broker.Advance(TimeSpan.FromMilliseconds(500));
        publisher.ReadOn();

        Assert.Single(other.ReceivesAllPublishes());
        Assert.Equal((1, 2), (_throttle.PublishesMax, _throttle.Inputs["publisher"]));
    }

    [Fact]
    public void A_client_that_is_not_read_does_not_run_out_of_its_Keep_Alive()
    {
        var broker = Broker();
        var publisher = broker.Connect("publisher", keepAlive: 10);
        _throttle.ReadDelayMs = 60_000;
        publisher.Publish("t", "1");

        broker.Advance(TimeSpan.FromSeconds(74));
        Assert.False(publisher.IsClosed);
        broker.Advance(TimeSpan.FromSeconds(2));

        Assert.True(publisher.IsClosed);                    // 15 s after it was read again
    }

    [Theory]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void What_a_client_takes_too_fast_waits_and_keeps_its_order(QoS qos)
    {
        var broker = Broker();
        var reader = broker.Connect("reader").Subscribe("t", qos);
        var publisher = broker.Connect("publisher");
        _throttle.SendDelayMs = 500;

        for (var i = 0; i < 5; i++)
        {
            publisher.Publish("t", $"{i}", qos);
        }

        var received = reader.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText);
        Assert.Equal(["0"], received);
        broker.Advance(TimeSpan.FromSeconds(5));
        received.AddRange(reader.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));

        Assert.Equal(["0", "1", "2", "3", "4"], received);
        Assert.Equal(0, broker.Counters.Dropped.Sum());
    }

    [Fact]
    public void A_client_that_is_slowed_down_can_still_be_closed_with_a_reason()
    {
        var broker = Broker();
        var client = broker.Connect("client", keepAlive: 1).Subscribe("t");
        _throttle.SendDelayMs = 10_000;
        client.Publish("t", "m");
        client.ReceivesPublish();

        broker.Advance(TimeSpan.FromSeconds(2));

        client.IsClosedWith(Protocol.ReasonCodes.DisconnectReasonCode.KeepAliveTimeout);
    }

    private BrokerHarness Broker()
    {
        var broker = new BrokerHarness();
        broker.Core.Throttle = _throttle;
        return broker;
    }

    private sealed class FixedDelay : IThrottle
    {
        public long ReadDelayMs { get; set; }

        public long SendDelayMs { get; set; }

        public int PublishesMax { get; private set; }

        public Dictionary<string, int> Inputs { get; } = [];

        public long AfterInput(Connection connection, int publishes, int bytes, long nowMs)
        {
            PublishesMax = Math.Max(PublishesMax, publishes);
            Inputs[connection.ClientId] = Inputs.GetValueOrDefault(connection.ClientId) + (publishes > 0 ? 1 : 0);
            return publishes > 0 ? nowMs + ReadDelayMs : 0;
        }

        public long AfterOutput(Connection connection, int bytes, long nowMs) => connection.ClientId is "reader" or "client" ? nowMs + SendDelayMs : 0;
    }
}
