using Godwit.Interop.Clients;
using Godwit.Links.Relay;
using Godwit.Links.Wire;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Links.Tests;

/// <summary>A link that stands still: for a moment, for too long, or for ever.</summary>
public abstract class StallScenarios(IBrokerUnderTest broker)
{
    private const ushort KeepAliveSeconds = 1;

    /// <summary>The versions.</summary>
    public static TheoryData<MqttVersion> Versions => [MqttVersion.Mqtt31, MqttVersion.Mqtt311, MqttVersion.Mqtt5];

    /// <summary>The client sends a PUBLISH of which the link lets half through, and then nothing for a minute, which no test waits for.</summary>
    [Theory, MemberData(nameof(Versions)), Spec("R34", "R35", "R41", "R52", "MQTT-3.1.2-22", "MQTT3-3.1.2-24")]
    public async Task A_stall_in_the_middle_of_a_packet_ends_the_connection_and_publishes_the_will(MqttVersion version)
    {
        var topic = Unique.Name("stall");
        using var watcher = await WatchAsync(topic);
        var connect = WireBytes.Connect(version, Unique.Name("stalls"), keepAliveSeconds: KeepAliveSeconds, willTopic: topic);
        var publish = WireBytes.Publish(version, topic, new byte[500], 1, 1);
        await using var relay = StallsAt(connect.Length + (publish.Length / 2), TimeSpan.FromMinutes(1));
        using var client = await WireClient.ConnectAsync(relay.Address, version, connect);

        await client.SendAsync(publish);

        Assert.Equal("gone", await watcher.NextAsync());
        if (version == MqttVersion.Mqtt5 && !BrokerUnderTest.IsMosquitto)
        {
            Assert.Equal(0x8D, (await client.ExpectAsync(WireType.Disconnect)).Body[0]);        // Keep Alive timeout
        }

        Assert.Null(await client.ReadAsync());
    }

    /// <summary>A Keep Alive of six seconds allows nine: the machine may be slow, and two seconds are still few.</summary>
    [Theory, MemberData(nameof(Versions)), Spec("R34", "R52", "MQTT-3.1.2-22", "MQTT3-3.1.2-24")]
    public async Task A_short_stall_in_the_middle_of_a_packet_is_survived(MqttVersion version)
    {
        var topic = Unique.Name("stall");
        using var watcher = await WatchAsync(topic);
        var connect = WireBytes.Connect(version, Unique.Name("stalls"), keepAliveSeconds: 6, willTopic: topic);
        var publish = WireBytes.Publish(version, topic, "survived"u8.ToArray(), 2, 1);
        await using var relay = StallsAt(connect.Length + (publish.Length / 2), TimeSpan.FromSeconds(2));
        using var client = await WireClient.ConnectAsync(relay.Address, version, connect);

        await client.SendAsync(publish);

        await client.ExpectAsync(WireType.Pubrec);
        await client.SendAsync(WireBytes.Acknowledge(WireType.Pubrel, 1));
        await client.ExpectAsync(WireType.Pubcomp);
        Assert.Equal("survived", await watcher.NextAsync());
    }

    /// <summary>Nothing passes any more and nobody closes: the TCP connections of both sides stay as good as new.</summary>
    [Theory, MemberData(nameof(Versions)), Spec("R35", "R41", "R52", "MQTT-3.1.2-22", "MQTT3-3.1.2-24")]
    public async Task The_keep_alive_finds_a_half_open_connection(MqttVersion version)
    {
        var topic = Unique.Name("half-open");
        using var watcher = await WatchAsync(topic);
        var connect = WireBytes.Connect(version, Unique.Name("half-open"), keepAliveSeconds: KeepAliveSeconds, willTopic: topic);
        await using var relay = new BadLinkRelay(
            broker.Address,
            _ => new LinkFaults { Fault = new LinkFault(LinkFaultKind.Silence, LinkDirection.ToBroker, connect.Length + WireBytes.Pingreq.Length) });
        using var client = await WireClient.ConnectAsync(relay.Address, version, connect);

        // The second PINGREQ is lost, and whatever the broker says about it.
        await client.SendAsync([.. WireBytes.Pingreq, .. WireBytes.Pingreq]);

        Assert.Equal("gone", await watcher.NextAsync());
    }

    private BadLinkRelay StallsAt(int position, TimeSpan duration) => new(
        broker.Address,
        _ => new LinkFaults { Fault = new LinkFault(LinkFaultKind.Stall, LinkDirection.ToBroker, position) { Duration = duration } });

    private async Task<WireSubscriber> WatchAsync(string topic)
    {
        var watcher = new WireSubscriber(broker.Address, MqttVersion.Mqtt311, Unique.Name("watcher"));
        await watcher.SubscribeAsync(topic);

        return watcher;
    }
}
