using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Durability;

/// <summary>The log has more to write than it should: those who wait for it are not read, everybody else is, up to a second limit.</summary>
public sealed class SlowLogTests
{
    private const ushort KeepAlive = 10;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(KeepAlive);

    private readonly BrokerHarness _broker = new(log: new TestLog());

    private long LimitBytes => _broker.Core.Limits.MailboxBytesMax;

    [Fact]
    public void Who_waits_for_the_log_is_not_read_until_its_answers_have_left()
    {
        var publisher = Publisher();

        Behind(LimitBytes + 1);
        publisher.Publish("t", "1", QoS.AtLeastOnce);
        publisher.Publish("t", "2", QoS.AtLeastOnce);
        Assert.NotEqual(0, publisher.UnreadBytes);
        Assert.False(_broker.Core.Shards[0].IsReadingPaused);

        CatchUp();
        publisher.ReadOn();
        _broker.Flush();
        Assert.Equal([PacketType.Puback, PacketType.Puback], publisher.ReceivesTypes(2));
        Assert.Equal(0, publisher.UnreadBytes);
    }

    [Fact]
    public void Up_to_the_limit_everybody_is_read()
    {
        var publisher = Publisher();

        Behind(LimitBytes);
        publisher.Publish("t", "1", QoS.AtLeastOnce);
        publisher.Publish("t", "2", QoS.AtLeastOnce);

        Assert.Equal(0, publisher.UnreadBytes);
    }

    [Fact]
    public void Who_does_not_wait_for_the_log_is_answered()
    {
        Publisher();
        var pinger = _broker.Connect("pinger");
        var subscriber = _broker.Connect("subscriber").Subscribe("live");
        Behind(LimitBytes * 16);

        pinger.SendBytes([0xC0, 0x00]);
        pinger.Publish("live", "m");

        pinger.Receives(PacketType.Pingresp);
        Assert.Equal("m", subscriber.ReceivesPublish().PayloadText);
        Assert.False(_broker.Core.Shards[0].IsReadingPaused);
    }

    [Fact]
    public void Nobody_is_read_when_far_too_much_waits()
    {
        Publisher();

        Behind((LimitBytes * 16) + 16);

        Assert.True(_broker.Core.Shards[0].IsReadingPaused);
    }

    [Fact, Spec("MQTT-3.1.2-22", "MQTT3-3.1.2-24")]
    public void The_silence_of_who_is_not_read_does_not_count()
    {
        var publisher = Publisher();
        Behind(LimitBytes + 1);
        publisher.Publish("t", "1", QoS.AtLeastOnce);
        _broker.Advance(Interval * 10);
        Assert.False(publisher.IsClosed);

        CatchUp();

        publisher.Receives(PacketType.Puback);
        _broker.Advance(Interval * 1.4);
        Assert.False(publisher.IsClosed);
        _broker.Advance(Interval * 0.2);
        Assert.True(publisher.IsClosed);
    }

    [Fact, Spec("MQTT-3.1.2-22", "MQTT3-3.1.2-24")]
    public void While_nobody_is_read_nobodys_silence_counts()
    {
        var client = _broker.Connect("client", keepAlive: KeepAlive);
        Behind(LimitBytes * 20);
        _broker.Advance(Interval * 10);
        Assert.False(client.IsClosed);

        CatchUp();

        _broker.Advance(Interval * 1.6);
        Assert.True(client.IsClosed);
    }

    /// <summary>A client whose messages go to a durable session.</summary>
    private TestClient Publisher()
    {
        _broker.Persistent("away").Subscribe("t", QoS.AtLeastOnce).DropConnection();
        return _broker.Connect("publisher", keepAlive: KeepAlive);
    }

    private void Behind(long bytes)
    {
        _broker.HoldBack();
        _broker.Log!.WaitingBytes = bytes;
    }

    private void CatchUp()
    {
        _broker.Log!.WaitingBytes = 0;
        _broker.Flush();
    }
}
