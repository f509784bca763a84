using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests;

/// <summary>What the CONNACK of an accepted 5.0 client says: the truth, and only what differs from what clients assume.</summary>
public sealed class ConnackTests
{
    private const int NoPacketSizeMax = 268_435_460;        // 5 bytes of fixed header and 2^28 - 1

    [Fact]
    public void Nothing_is_said_where_everything_is_as_clients_assume()
    {
        var broker = new BrokerHarness(limits: limits =>
        {
            limits.PacketSizeBytesMax = NoPacketSizeMax;
            limits.TopicAliasMaximum = 0;
        });

        var connack = broker.Connect("a").Connack!;

        Assert.Equal(Convert.FromHexString("2003000000"), connack.Bytes);
    }

    [Fact]
    public void The_defaults_announce_packet_size_and_topic_aliases()
    {
        var connack = new BrokerHarness().Connect("a").Connack!;

        Assert.Equal([PropertyId.MaximumPacketSize, PropertyId.TopicAliasMaximum], Ids(connack));
        Assert.Equal(2_000_000U, connack.Number(PropertyId.MaximumPacketSize));
        Assert.Equal(100U, connack.Number(PropertyId.TopicAliasMaximum));
    }

    [Fact, Spec("MQTT-3.2.2-9")]
    public void Everything_that_is_restricted_is_announced()
    {
        var broker = new BrokerHarness(
            limits: limits =>
            {
                limits.PacketSizeBytesMax = 1000;
                limits.TopicAliasMaximum = 7;
                limits.ReceiveMaximum = 20;
                limits.KeepAliveSecondsMax = 60;
            },
            settings: settings =>
            {
                settings.MaximumQoS = QoS.AtLeastOnce;
                settings.RetainAvailable = false;
                settings.SessionExpirySecondsMax = 3600;
            });

        var connack = broker.Connect("", properties: new TestProperties().Add(PropertyId.SessionExpiryInterval, 7200)).Connack!;

        Assert.Equal(3600U, connack.Number(PropertyId.SessionExpiryInterval));
        Assert.Equal(20U, connack.Number(PropertyId.ReceiveMaximum));
        Assert.Equal(1U, connack.Number(PropertyId.MaximumQoS));
        Assert.Equal(0U, connack.Number(PropertyId.RetainAvailable));
        Assert.Equal(1000U, connack.Number(PropertyId.MaximumPacketSize));
        Assert.Equal("auto-1", connack.Text(PropertyId.AssignedClientIdentifier));
        Assert.Equal(7U, connack.Number(PropertyId.TopicAliasMaximum));
        Assert.Equal(60U, connack.Number(PropertyId.ServerKeepAlive));
        Assert.Equal(8, Ids(connack).Count);
    }

    [Theory, Spec("MQTT-3.1.3-6", "MQTT-3.1.3-7", "MQTT-3.2.2-16")]
    [InlineData(true)]
    [InlineData(false)]
    public void An_empty_client_identifier_gets_one_that_the_client_can_come_back_with(bool cleanStart)
    {
        var broker = new BrokerHarness();
        var first = broker.Connect("", cleanStart: cleanStart, properties: new TestProperties().Add(PropertyId.SessionExpiryInterval, 60));
        var assigned = first.Connack!.Text(PropertyId.AssignedClientIdentifier);
        first.DropConnection();

        var again = broker.Connect(assigned, cleanStart: false).Connack!;

        Assert.True(again.SessionPresent);
        Assert.False(again.Has(PropertyId.AssignedClientIdentifier));
    }

    [Fact, Spec("MQTT-3.2.2-16")]
    public void Every_client_without_an_identifier_gets_another_one()
    {
        var broker = new BrokerHarness(shards: 3);

        var assigned = Enumerable.Range(0, 10).Select(_ => broker.Connect("").Connack!.Text(PropertyId.AssignedClientIdentifier)).ToList();

        Assert.Equal(10, assigned.Distinct().Count());
        Assert.Equal(10, broker.Core.ConnectedCount);
    }

    [Theory, Spec("MQTT-3.2.2-22")]
    [InlineData(59, false)]
    [InlineData(60, false)]
    [InlineData(61, true)]
    [InlineData(0, true)]
    public void A_Server_Keep_Alive_is_announced_only_to_those_who_asked_for_more(ushort keepAlive, bool isAnnounced)
    {
        var broker = new BrokerHarness(limits: limits => limits.KeepAliveSecondsMax = 60);

        var connack = broker.Connect("a", keepAlive: keepAlive).Connack!;

        Assert.Equal(isAnnounced, connack.Has(PropertyId.ServerKeepAlive));
    }

    [Theory]
    [InlineData(3599U, null)]
    [InlineData(3600U, null)]
    [InlineData(3601U, 3600U)]
    [InlineData(uint.MaxValue, 3600U)]
    public void A_Session_Expiry_Interval_is_announced_only_where_it_was_cut(uint wanted, uint? announced)
    {
        var broker = new BrokerHarness(settings: settings => settings.SessionExpirySecondsMax = 3600);

        var connack = broker.Connect("a", properties: new TestProperties().Add(PropertyId.SessionExpiryInterval, wanted)).Connack!;

        Assert.Equal(announced, connack.Has(PropertyId.SessionExpiryInterval) ? connack.Number(PropertyId.SessionExpiryInterval) : null);
    }

    [Theory, Spec("MQTT-3.1.2-28", "MQTT-4.12.0-6")]
    [InlineData(0)]
    [InlineData(1)]
    public void Response_information_is_never_given_and_no_method_named(uint requested)
    {
        var properties = new TestProperties().Add(PropertyId.RequestResponseInformation, requested).Add(PropertyId.RequestProblemInformation, 0);

        var connack = new BrokerHarness().Connect("a", properties: properties).Connack!;

        Assert.Equal([PropertyId.MaximumPacketSize, PropertyId.TopicAliasMaximum], Ids(connack));
    }

    [Theory, Spec("MQTT-3.1.2-29")]
    [InlineData(0)]
    [InlineData(1)]
    public void Acknowledgements_carry_no_problem_information_that_was_not_wanted(uint wanted)
    {
        var broker = new BrokerHarness(access: new TestAccess { DeniedTopics = { "denied" }, DeniedFilters = { "denied" } });
        var client = broker.Connect("a", properties: new TestProperties().Add(PropertyId.RequestProblemInformation, wanted));

        client.Publish("denied", "m", QoS.AtLeastOnce);
        client.Publish("denied", "m", QoS.ExactlyOnce);
        client.Pubrel(77);
        client.SendSubscribe([("denied", 0)]);

        Assert.All(client.ReceivesAll(), packet => Assert.Empty(packet.PropertyBytes));
    }

    [Theory, Spec("MQTT3-3.2.2-6")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    public void A_3_x_client_is_told_nothing_of_all_this(ProtocolVersion version)
    {
        var broker = new BrokerHarness(limits: limits =>
        {
            limits.ReceiveMaximum = 20;
            limits.KeepAliveSecondsMax = 60;
        });

        Assert.Equal(Convert.FromHexString("20020000"), broker.Connect("a", version, keepAlive: 60).Connack!.Bytes);
    }

    private static List<PropertyId> Ids(ReceivedPacket packet)
    {
        var ids = new List<PropertyId>();
        foreach (var property in packet.Properties)
        {
            ids.Add(property.Id);
        }

        return ids;
    }
}
