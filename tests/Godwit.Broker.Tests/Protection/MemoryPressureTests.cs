using Godwit.Broker.Protection;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Protection;

/// <summary>What the broker does while memory is scarce. How scarce it is the host says.</summary>
public sealed class MemoryPressureTests
{
    private const int Version3ServerUnavailable = 3;

    [Fact]
    public void The_largest_publisher_is_not_read_until_there_is_memory_again()
    {
        var broker = new BrokerHarness();
        var reader = broker.Connect("reader").Subscribe("t");
        var large = broker.Connect("large");
        var small = broker.Connect("small");
        broker.Core.SetOverload(OverloadLevel.High);
        broker.Run();
        large.Publish("t", new string('x', 100_000));
        small.Publish("t", "small");
        reader.ReceivesAllPublishes();

        broker.Advance(TimeSpan.FromMilliseconds(50));

        Assert.False(large.Connection.WantsInput);
        Assert.True(small.Connection.WantsInput);
        large.Publish("t", "held back");
        small.Publish("t", "goes on");
        Assert.Equal("goes on", reader.ReceivesPublish().PayloadText);
        Assert.Equal(1, broker.Counters.Protected[(int)ProtectionReason.MemoryPublisher]);

        broker.Core.SetOverload(OverloadLevel.None);
        broker.Run();
        large.ReadOn();
        Assert.Equal("held back", reader.ReceivesPublish().PayloadText);
        Assert.Equal(0, broker.Counters.Dropped.Sum());
    }

    /// <summary>Who sends little goes on, while there is any memory.</summary>
    [Theory]
    [InlineData(OverloadLevel.High, 10_000, true)]
    [InlineData(OverloadLevel.Critical, 1_000, true)]
    [InlineData(OverloadLevel.Critical, 10_000, false)]
    [InlineData(OverloadLevel.Full, 10, false)]
    public void While_all_together_send_little_nobody_is_held(OverloadLevel level, int bytes, bool isRead)
    {
        var broker = new BrokerHarness();
        var small = broker.Connect("small");
        broker.Core.SetOverload(level);
        broker.Run();

        for (var tick = 0; tick < 10; tick++)
        {
            small.Publish("t", new string('x', bytes));
            broker.Advance(TimeSpan.FromMilliseconds(50));
        }

        Assert.Equal(isRead, small.Connection.WantsInput);
    }

    [Theory]
    [InlineData(OverloadLevel.High, true)]
    [InlineData(OverloadLevel.Critical, false)]
    public void Memory_that_does_not_shrink_makes_the_broker_slow_and_only_the_second_mark_makes_it_deaf(OverloadLevel level, bool isReadAgain)
    {
        var broker = new BrokerHarness();
        var large = broker.Connect("large", keepAlive: 10);
        broker.Core.SetOverload(level);
        broker.Run();
        large.Publish("t", new string('x', 100_000));
        broker.Advance(TimeSpan.FromMilliseconds(50));
        Assert.False(large.Connection.WantsInput);

        broker.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(isReadAgain, large.Connection.WantsInput);

        broker.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(isReadAgain, large.IsClosed);              // who is not read cannot be heard
    }

    [Fact]
    public void While_it_lasts_more_and_more_publishers_are_held_the_largest_first()
    {
        var broker = new BrokerHarness();
        var clients = Enumerable.Range(0, 8).Select(i => broker.Connect($"c{i}")).ToList();
        broker.Core.SetOverload(OverloadLevel.High);
        broker.Run();
        var held = new List<int>();

        for (var tick = 0; tick < 20; tick++)
        {
            for (var i = 0; i < clients.Count; i++)
            {
                clients[i].Publish("t", new string('x', 5_000 << i));
            }

            broker.Advance(TimeSpan.FromMilliseconds(50));
            held.Add(clients.Count(client => !client.Connection.WantsInput));
            Assert.Equal(clients.Skip(clients.Count - held[^1]), clients.Where(client => !client.Connection.WantsInput));
        }

        Assert.Equal(1, held[0]);
        Assert.Equal(5, held[^1]);              // the other three send little
    }

    /// <summary>A flood over loopback fills a hundred megabytes before the clock ticks.</summary>
    [Theory]
    [InlineData(OverloadLevel.High, 1_100_000)]
    [InlineData(OverloadLevel.Critical, 70_000)]
    public void Who_sends_more_than_a_share_is_held_before_the_next_look(OverloadLevel level, int bytes)
    {
        var broker = new BrokerHarness(limits: limits => (limits.OutputBytesMax, limits.PacketSizeBytesMax) = (10_000_000, 10_000_000));
        var reader = broker.Connect("reader").Subscribe("t", QoS.AtLeastOnce);
        var large = broker.Connect("large");
        var small = broker.Connect("small");
        broker.Core.SetOverload(level);
        broker.Run();

        large.Publish("t", new string('x', bytes), QoS.AtLeastOnce);
        small.Publish("t", "small", QoS.AtLeastOnce);

        Assert.Equal((false, true), (large.Connection.WantsInput, small.Connection.WantsInput));
        Assert.Equal("small", reader.ReceivesPublish().PayloadText);
        Assert.Equal(1, broker.Counters.Protected[(int)ProtectionReason.MemoryPublisher]);
        broker.Core.SetOverload(OverloadLevel.None);
        broker.Run();
        large.ReadOn();
        Assert.Equal(bytes, reader.ReceivesPublish().PayloadText.Length);
    }

    [Theory]
    [InlineData(ProtocolVersion.Mqtt5, (int)ConnackReasonCode.QuotaExceeded)]
    [InlineData(ProtocolVersion.Mqtt311, Version3ServerUnavailable)]
    [InlineData(ProtocolVersion.Mqtt31, Version3ServerUnavailable)]
    public void At_the_first_mark_no_new_session_begins_and_an_old_one_goes_on(ProtocolVersion version, int code)
    {
        var broker = new BrokerHarness();
        broker.Persistent("known", version).DropConnection();
        broker.Core.SetOverload(OverloadLevel.High);
        broker.Run();

        Assert.Equal(code, broker.ConnectIsRefused("new", version).ReasonCode);
        broker.Persistent("known", version);
        Assert.Equal(1, broker.Counters.Protected[(int)ProtectionReason.MemorySession]);
    }

    [Theory, Spec("MQTT-3.2.2-8")]
    [InlineData(ProtocolVersion.Mqtt5, (int)ConnackReasonCode.ServerUnavailable)]
    [InlineData(ProtocolVersion.Mqtt311, Version3ServerUnavailable)]
    [InlineData(ProtocolVersion.Mqtt31, Version3ServerUnavailable)]
    public void At_the_second_mark_nobody_is_let_in_and_who_is_in_stays(ProtocolVersion version, int code)
    {
        var broker = new BrokerHarness();
        broker.Persistent("known", version).DropConnection();
        var inside = broker.Connect("inside", version);
        broker.Core.SetOverload(OverloadLevel.Critical);
        broker.Run();

        Assert.Equal(code, broker.ConnectIsRefused("new", version).ReasonCode);
        Assert.Equal(code, broker.ConnectIsRefused("known", version, cleanStart: false).ReasonCode);
        Assert.Equal(code, broker.ConnectIsRefused("inside", version).ReasonCode);
        inside.SendBytes([0xC0, 0x00]);
        inside.Receives(PacketType.Pingresp);
        Assert.Equal(3, broker.Counters.Protected[(int)ProtectionReason.MemoryConnect]);

        broker.Core.SetOverload(OverloadLevel.None);
        broker.Run();
        broker.Connect("new", version);
    }

    [Fact]
    public void At_the_second_mark_QoS_0_is_dropped_and_counted_and_QoS_1_arrives()
    {
        var broker = new BrokerHarness(shards: 2);
        var readers = Enumerable.Range(0, 4).Select(i => broker.Connect($"reader{i}").Subscribe("t", QoS.AtLeastOnce)).ToList();
        var publisher = broker.Connect("publisher");
        broker.Core.SetOverload(OverloadLevel.Critical);
        broker.Run();

        publisher.Publish("t", "zero");
        publisher.SendBytes([.. Enumerable.Repeat((byte[])[0x30, 0x05, 0, 1, (byte)'t', 0, (byte)'r'], 10).SelectMany(packet => packet)]);     // a run
        publisher.Publish("t", "one", QoS.AtLeastOnce);

        Assert.All(readers, reader => Assert.Equal("one", reader.ReceivesPublish().PayloadText));
        Assert.Equal(4 * 11, broker.Dropped(DropReason.MemoryCritical));

        broker.Core.SetOverload(OverloadLevel.None);
        broker.Run();
        publisher.Publish("t", "zero");
        Assert.All(readers, reader => Assert.Equal("zero", reader.ReceivesPublish().PayloadText));
    }

    [Fact]
    public void A_connection_that_ends_while_it_is_held_is_forgotten()
    {
        var broker = new BrokerHarness();
        var large = broker.Connect("large");
        broker.Core.SetOverload(OverloadLevel.High);
        broker.Run();
        large.Publish("t", new string('x', 100_000));
        broker.Advance(TimeSpan.FromMilliseconds(50));
        large.DropConnection();

        broker.Core.SetOverload(OverloadLevel.None);
        broker.Run();

        Assert.Equal(0, broker.Counters.Connected);
    }
}
