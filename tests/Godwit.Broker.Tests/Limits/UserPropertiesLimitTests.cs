using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Limits;

/// <summary>UserPropertiesMax holds for every packet that a client may put User Properties into.</summary>
public sealed class UserPropertiesLimitTests
{
    private const int Limit = 3;

    private static readonly Dictionary<PacketType, Action<TestClient, PropertyBytes>> Packets = new()
    {
        [PacketType.Publish] = (client, bytes) => client.Publish("t", "m", properties: bytes.Value),
        [PacketType.Puback] = (client, bytes) => client.Send(new PubackPacket { PacketId = 1, Properties = bytes.Block }),
        [PacketType.Pubrec] = (client, bytes) => client.Send(new PubrecPacket { PacketId = 1, Properties = bytes.Block }),
        [PacketType.Pubrel] = (client, bytes) => client.Send(new PubrelPacket { PacketId = 1, Properties = bytes.Block }),
        [PacketType.Pubcomp] = (client, bytes) => client.Send(new PubcompPacket { PacketId = 1, Properties = bytes.Block }),
        [PacketType.Subscribe] = (client, bytes) => client.SendSubscribe([("t", 0)], bytes.Value),
        [PacketType.Unsubscribe] = (client, bytes) => client.Send(new UnsubscribePacket { PacketId = 1, FilterBytes = RawPacket.Text("t"), Properties = bytes.Block }),
        [PacketType.Disconnect] = (client, bytes) => client.Disconnect(properties: bytes.Value),
    };

    public static TheoryData<PacketType> Types => [.. Packets.Keys];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_packet_may_have_as_many_as_the_limit_says(PacketType type)
    {
        var broker = new BrokerHarness(limits: limits => limits.UserPropertiesMax = Limit);

        Packets[type](broker.Connect("a"), new PropertyBytes(Users(Limit)));

        Assert.DoesNotContain(broker.Events, line => line.StartsWith("packet "));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void One_more_closes_the_connection(PacketType type)
    {
        var broker = new BrokerHarness(limits: limits => limits.UserPropertiesMax = Limit);
        var client = broker.Connect("a");

        Packets[type](client, new PropertyBytes(Users(Limit + 1)));

        client.IsClosedWith(DisconnectReasonCode.QuotaExceeded);
        Assert.Contains($"packet a {type} TooManyUserProperties", broker.Events);
    }

    /// <summary>CONNECT and its will are one packet.</summary>
    [Theory]
    [InlineData(3, 0, true)]
    [InlineData(0, 3, true)]
    [InlineData(1, 2, true)]
    [InlineData(4, 0, false)]
    [InlineData(0, 4, false)]
    [InlineData(2, 2, false)]
    public void CONNECT_and_its_will_are_counted_together(int inConnect, int inWill, bool isAccepted)
    {
        var broker = new BrokerHarness(limits: limits => limits.UserPropertiesMax = Limit);
        var will = new TestWill("t", "m", Properties: Users(inWill));

        if (isAccepted)
        {
            broker.Connect("a", will: will, properties: Users(inConnect));
        }
        else
        {
            Assert.Equal(0x97, broker.ConnectIsRefused("a", will: will, properties: Users(inConnect)).ReasonCode);
        }
    }

    [Fact]
    public void A_limit_of_0_forbids_them()
    {
        var broker = new BrokerHarness(limits: limits => limits.UserPropertiesMax = 0);
        var client = broker.Connect("a");

        client.Publish("t", "m", properties: Users(1));

        client.IsClosedWith(DisconnectReasonCode.QuotaExceeded);
    }

    /// <summary>User Properties, all alike.</summary>
    internal static TestProperties Users(long count)
    {
        var properties = new TestProperties();
        for (var i = 0; i < count; i++)
        {
            properties.AddUser("name", "value");
        }

        return properties;
    }

    private sealed record PropertyBytes(TestProperties Value)
    {
        public PropertyBlock Block => PropertyBlock.FromTrusted(Value.Bytes);
    }
}
