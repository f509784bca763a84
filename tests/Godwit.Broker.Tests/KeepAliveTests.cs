using Godwit.Broker.Security;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>Keep Alive: a client that sends no packet for 1.5 times the interval is cut off as if the network had failed (5.0 §3.1.2.10).</summary>
public sealed class KeepAliveTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    [Theory, Spec("MQTT-3.1.2-22", "MQTT3-3.1.2-24", "R34", "R35")]
    [InlineData(ProtocolVersion.Mqtt31, 10, 15_000)]
    [InlineData(ProtocolVersion.Mqtt311, 1, 1_500)]
    [InlineData(ProtocolVersion.Mqtt5, 60, 90_000)]
    [InlineData(ProtocolVersion.Mqtt5, ushort.MaxValue, 98_302_500)]        // 65,535 s x 1.5
    public void A_silent_client_is_cut_off_after_one_and_a_half_intervals(ProtocolVersion version, ushort keepAlive, int milliseconds)
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("will");
        var client = broker.Connect("a", version, keepAlive: keepAlive, will: new TestWill("will", "gone"));

        broker.Advance(TimeSpan.FromMilliseconds(milliseconds) - Tick);
        Assert.False(client.IsClosed);
        broker.Advance(Tick);

        client.IsClosedWith(DisconnectReasonCode.KeepAliveTimeout);
        Assert.Equal("gone", watcher.ReceivesPublish().PayloadText);
        Assert.Contains("disconnected a KeepAliveTimeout KeepAliveTimeout", broker.Events);
    }

    [Theory, Spec("MQTT-3.1.2-22", "R34")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void An_interval_of_0_switches_it_off(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a", version, keepAlive: 0);

        broker.Advance(TimeSpan.FromDays(365));

        Assert.False(client.IsClosed);
    }

    /// <summary>The notes that asked for this broker say PINGREQ; the specification says any Control Packet, and it wins.</summary>
    [Theory, Spec("MQTT-3.1.2-22", "MQTT3-3.1.2-24", "R35", "R36")]
    [InlineData("C0 00")]                               // PINGREQ
    [InlineData("30 05 00 01 74 00 6D")]                // PUBLISH
    [InlineData("40 02 00 07")]                         // PUBACK that nobody waits for
    [InlineData("62 02 00 07")]                         // PUBREL that nobody waits for
    [InlineData("82 07 00 01 00 00 01 74 00")]          // SUBSCRIBE
    [InlineData("A2 06 00 01 00 00 01 74")]             // UNSUBSCRIBE
    public void Any_packet_starts_the_interval_anew(string packet)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a", keepAlive: 10);

        for (var i = 0; i < 5; i++)
        {
            broker.Advance(TimeSpan.FromSeconds(15) - Tick);
            client.SendBytes(Convert.FromHexString(packet.Replace(" ", "")));
        }

        broker.Advance(TimeSpan.FromSeconds(15) - Tick);
        Assert.False(client.IsClosed);
        broker.Advance(Tick);
        Assert.True(client.IsClosed);
    }

    [Fact, Spec("MQTT-3.1.2-22")]
    public void Half_a_packet_is_not_a_packet()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a", keepAlive: 10);
        byte[] publish = [0x30, 0x7F, 0x00, 0x01, (byte)'t', 0x00];
        client.SendBytes(publish);

        for (var second = 1; second < 15; second++)
        {
            broker.Advance(TimeSpan.FromSeconds(1));
            client.SendBytes([(byte)'m']);
            Assert.False(client.IsClosed);
        }

        broker.Advance(TimeSpan.FromSeconds(1));
        client.IsClosedWith(DisconnectReasonCode.KeepAliveTimeout);
    }

    [Fact, Spec("MQTT-3.1.2-22")]
    public void What_the_broker_sends_does_not_count()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a", keepAlive: 10).Subscribe("t");
        var publisher = broker.Connect("publisher");

        for (var second = 1; second <= 15; second++)
        {
            publisher.Publish("t", "news");
            broker.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True(client.IsClosed);
        Assert.Equal(15, client.ReceivesAllPublishes().Count);
    }

    [Theory, Spec("R39")]
    [InlineData(1.0, 10_000)]
    [InlineData(2.5, 25_000)]
    [InlineData(100, 1_000_000)]
    public void The_factor_is_a_setting(double factor, int milliseconds)
    {
        var broker = new BrokerHarness(settings: settings => settings.KeepAliveFactor = factor);
        var client = broker.Connect("a", keepAlive: 10);

        broker.Advance(TimeSpan.FromMilliseconds(milliseconds) - Tick);
        Assert.False(client.IsClosed);
        broker.Advance(Tick);
        Assert.True(client.IsClosed);
    }

    /// <summary>The server holds the client to what it told it, not to what the client had asked for.</summary>
    [Theory, Spec("MQTT-3.2.2-21", "MQTT-3.1.2-22", "Trap-35")]
    [InlineData(0, 20)]
    [InlineData(600, 20)]
    [InlineData(10, 10)]
    public void The_Server_Keep_Alive_is_the_one_that_counts(ushort asked, int inForce)
    {
        var broker = new BrokerHarness(limits: limits => limits.KeepAliveSecondsMax = 20);
        var client = broker.Connect("a", keepAlive: asked);

        broker.Advance(TimeSpan.FromSeconds(1.5 * inForce) - Tick);
        Assert.False(client.IsClosed);
        broker.Advance(Tick);
        Assert.True(client.IsClosed);
    }

    /// <summary>Return code 2, as Mosquitto answers above its max_keepalive.</summary>
    [Theory]
    [InlineData(ProtocolVersion.Mqtt31, 0)]
    [InlineData(ProtocolVersion.Mqtt31, 21)]
    [InlineData(ProtocolVersion.Mqtt311, 0)]
    [InlineData(ProtocolVersion.Mqtt311, 21)]
    [InlineData(ProtocolVersion.Mqtt311, 65_535)]
    public void A_3_x_client_cannot_be_told_a_shorter_interval_and_is_refused(ProtocolVersion version, ushort asked)
    {
        var broker = new BrokerHarness(limits: limits => limits.KeepAliveSecondsMax = 20);

        Assert.Equal(2, broker.ConnectIsRefused("a", version, keepAlive: asked).ReasonCode);
        Assert.False(broker.Connect("a", version, keepAlive: 20).IsClosed);
    }

    /// <summary>A listener's maximum stands in the place of the broker's.</summary>
    [Fact, Spec("MQTT-3.2.2-21")]
    public void Each_listener_may_have_its_own_maximum()
    {
        var rules = new ListenerRules { KeepAliveSecondsMax = 30 };
        var broker = new BrokerHarness(limits: limits => limits.KeepAliveSecondsMax = 20)
        {
            Rules = rules,
            Authenticate = (_, _) => new Identity { Listener = rules },
        };

        Assert.Equal(2, broker.ConnectIsRefused("a", ProtocolVersion.Mqtt311, keepAlive: 31).ReasonCode);
        Assert.False(broker.Connect("a", ProtocolVersion.Mqtt311, keepAlive: 30).IsClosed);
        Assert.Equal(30u, broker.Connect("b", keepAlive: 31).Connack!.Number(PropertyId.ServerKeepAlive));
    }

    /// <summary>Without a maximum everybody keeps what they asked for.</summary>
    [Theory, Spec("MQTT-3.2.2-22")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void Without_a_maximum_any_interval_is_accepted(ProtocolVersion version)
    {
        var client = new BrokerHarness().Connect("a", version, keepAlive: 65_535);

        Assert.Equal(65_535, client.Connection.KeepAliveSeconds);
    }

    [Fact, Spec("MQTT-3.1.2-22")]
    public void Every_client_has_its_own_interval()
    {
        var broker = new BrokerHarness(shards: 2);
        var clients = Enumerable.Range(1, 20).Select(i => broker.Connect($"a{i}", keepAlive: (ushort)(2 * i))).ToList();

        for (var closed = 1; closed <= 20; closed++)
        {
            broker.Advance(TimeSpan.FromSeconds(3));
            Assert.Equal(closed, clients.Count(client => client.IsClosed));
        }

        Assert.Equal(long.MaxValue, broker.Core.Shards.Min(shard => shard.NextDeadlineMs));
    }
}
