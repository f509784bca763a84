using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Limits;

/// <summary>Limits of names hold wherever a name stands: PUBLISH, an alias, a will, a filter with and without <c>$share</c>.</summary>
public sealed class NameLimitTests
{
    [Theory]
    [InlineData("12345678", true)]
    [InlineData("123456789", true)]
    [InlineData("1234567890", false)]
    public void A_will_topic_is_limited_in_bytes(string topic, bool isAccepted)
    {
        var broker = new BrokerHarness(limits: limits => limits.TopicBytesMax = 9);

        if (isAccepted)
        {
            broker.Connect("a", will: new TestWill(topic, "m"));
        }
        else
        {
            Assert.Equal(0x90, broker.ConnectIsRefused("a", will: new TestWill(topic, "m")).ReasonCode);
            Assert.Equal(5, broker.ConnectIsRefused("a", ProtocolVersion.Mqtt311, will: new TestWill(topic, "m")).ReasonCode);
        }
    }

    [Theory]
    [InlineData("a/b", true)]
    [InlineData("a/b/c", true)]
    [InlineData("a/b/c/", false)]
    [InlineData("///", false)]
    public void A_will_topic_is_limited_in_levels(string topic, bool isAccepted)
    {
        var broker = new BrokerHarness(limits: limits => limits.TopicLevelsMax = 3);

        var client = broker.Open();
        client.Connect("a", ProtocolVersion.Mqtt5, cleanStart: true, keepAlive: 0, new TestWill(topic, "m"), properties: null, userName: null);

        Assert.Equal(isAccepted ? 0 : 0x90, client.Receives(PacketType.Connack).ReasonCode);
    }

    /// <summary>For a shared subscription the whole string counts, as it stands in SUBSCRIBE.</summary>
    [Theory]
    [InlineData("123456789", 0)]
    [InlineData("1234567890", 0)]
    [InlineData("12345678901", 0x8F)]
    [InlineData("$share/g/t", 0)]
    [InlineData("$share/g/tt", 0x8F)]
    public void A_filter_is_limited_in_bytes(string filter, byte code)
    {
        var broker = new BrokerHarness(limits: limits => limits.TopicBytesMax = 10);

        Assert.Equal(code, broker.Connect("a").SubscribeRaw([(filter, 0)]).Codes[0]);
        Assert.Equal(code == 0 ? 0 : 0x80, broker.Connect("b", ProtocolVersion.Mqtt311).SubscribeRaw([(filter, 0)]).Codes[0]);
    }

    [Theory]
    [InlineData("a/+", 0)]
    [InlineData("a/b/#", 0)]
    [InlineData("a/b/c/#", 0x8F)]
    public void A_filter_is_limited_in_levels(string filter, byte code)
    {
        var broker = new BrokerHarness(limits: limits => limits.TopicLevelsMax = 3);

        Assert.Equal(code, broker.Connect("a").SubscribeRaw([(filter, 0)]).Codes[0]);
    }

    /// <summary>3.1 has no failure code in SUBACK: grant or close.</summary>
    [Fact]
    public void A_3_1_client_is_closed_for_a_filter_beyond_a_limit()
    {
        var broker = new BrokerHarness(limits: limits => limits.TopicBytesMax = 10);
        var client = broker.Connect("a", ProtocolVersion.Mqtt31);

        client.SendSubscribe([("12345678901", 0)]);

        client.IsClosedWith(DisconnectReasonCode.TopicFilterInvalid);
    }

    [Fact]
    public void One_filter_beyond_a_limit_leaves_the_others_of_the_packet_alone()
    {
        var broker = new BrokerHarness(limits: limits => limits.TopicBytesMax = 10);

        var suback = broker.Connect("a").SubscribeRaw([("t/1", 1), ("12345678901", 1), ("t/2", 2)]);

        Assert.Equal([0x01, 0x8F, 0x02], suback.Codes);
        Assert.Equal(2, broker.Core.SubscriptionCount);
    }

    /// <summary>FilterBytesPerSessionMax: what is given up makes room, however many filters there were.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    public void Room_of_a_filter_that_is_given_up_is_free_again(int count)
    {
        var broker = new BrokerHarness(limits: limits => limits.FilterBytesPerSessionMax = count * 260);
        var client = broker.Connect("a");
        var filters = Enumerable.Range(10, count).Select(number => $"{number}").ToArray();

        for (var round = 0; round < 3; round++)
        {
            Assert.All(filters, filter => Assert.Equal([0], client.SubscribeRaw([(filter, 0)]).Codes));
            Assert.Equal([0x97], client.SubscribeRaw([("beyond", 0)]).Codes);
            client.Unsubscribe(filters);
        }

        Assert.Equal(0, broker.Core.SubscriptionCount);
    }

    /// <summary>A deep filter costs as much memory as its levels, not as its bytes.</summary>
    [Fact]
    public void Levels_of_a_filter_count()
    {
        var broker = new BrokerHarness(limits: limits => limits.FilterBytesPerSessionMax = 100_000);
        var client = broker.Connect("a");

        Assert.Equal([0x97], client.SubscribeRaw([(new string('/', 400), 0)]).Codes);
        Assert.Equal([0x00], client.SubscribeRaw([(new string('x', 400), 0)]).Codes);
        Assert.Equal(1, broker.Core.SubscriptionCount);
    }
}
