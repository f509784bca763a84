using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>UNSUBSCRIBE and UNSUBACK (5.0 §3.10, §3.11).</summary>
public sealed class UnsubscribeTests
{
    [Theory, Spec("MQTT-3.10.4-1", "MQTT-3.10.4-2", "MQTT-3.10.4-4", "MQTT3-3.10.4-1", "MQTT3-3.10.4-2", "MQTT3-3.10.4-4", "R29")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void After_UNSUBACK_no_message_comes_for_the_filter(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var client = broker.Connect("client", version).Subscribe("a/+", QoS.AtLeastOnce).Subscribe("b", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");

        client.Unsubscribe("a/+");

        publisher.Publish("a/x", "x", QoS.AtLeastOnce);
        Assert.Equal(0x10, publisher.Receives(PacketType.Puback).ReasonCode);
        publisher.Publish("b", "x", QoS.AtLeastOnce);
        Assert.Equal("b", client.ReceivesPublish().Topic);
        client.ReceivesNothing();
    }

    [Fact, Spec("MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT-4.8.2-1")]
    public void A_filter_that_cannot_be_subscribed_is_named_as_invalid()
    {
        var client = new BrokerHarness().Connect("client").Subscribe("a");

        var unsuback = client.Unsubscribe("a#", "+a", "$share/g", "a");

        Assert.Equal([0x8F, 0x8F, 0x8F, 0x00], unsuback.Codes);
    }

    [Fact, Spec("MQTT-3.10.4-5", "MQTT-3.10.4-6", "MQTT-3.11.3-1", "MQTT-3.11.3-2", "MQTT-2.2.1-6")]
    public void UNSUBACK_has_a_code_for_each_filter_in_order()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client").Subscribe("a").Subscribe("b/#");

        var unsuback = client.Unsubscribe("nothing", "b/#", "a", "a");

        Assert.Equal(3, unsuback.PacketId);
        Assert.Equal([0x11, 0, 0, 0x11], unsuback.Codes);
    }

    [Theory, Spec("MQTT3-3.10.4-4", "MQTT3-3.10.4-5", "MQTT3-3.10.4-6", "MQTT3-2.3.1-7")]
    [MemberData(nameof(Variants.Versions3), MemberType = typeof(Variants))]
    public void UNSUBACK_of_3_x_has_no_codes_and_comes_also_when_nothing_was_there(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client", version).Subscribe("a");

        Assert.Equal([0xB0, 2, 0, 2], client.Unsubscribe("nothing").Bytes);
        Assert.Equal([0xB0, 2, 0, 3], client.Unsubscribe("a", "b", "a").Bytes);
    }

    /// <summary>Filters are compared character by character, not by what they match.</summary>
    [Theory, Spec("MQTT-3.10.4-1", "MQTT3-3.10.4-1", "R29")]
    [InlineData("a/b")]
    [InlineData("a/#")]
    [InlineData("#")]
    [InlineData("A/+")]
    [InlineData("a/+/")]
    [InlineData("$share/g/a/+")]
    public void Only_exactly_the_same_filter_is_removed(string other)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client").Subscribe("a/+");

        Assert.Equal([0x11], client.Unsubscribe(other).Codes);

        broker.Connect("publisher").Publish("a/b", "x");
        client.ReceivesPublish();
    }

    [Theory, Spec("MQTT-3.10.4-1")]
    [InlineData("a", "$share/g/a")]
    [InlineData("$share/g/a", "a")]
    [InlineData("$share/g/a", "$share/h/a")]
    public void A_filter_and_the_same_filter_shared_are_two_subscriptions(string removed, string kept)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client").Subscribe("a").Subscribe("$share/g/a").Subscribe("$share/h/a");
        var publisher = broker.Connect("publisher");
        publisher.Publish("a", "x");
        Assert.Equal(3, client.ReceivesAllPublishes().Count);

        Assert.Equal([0], client.Unsubscribe(removed).Codes);
        publisher.Publish("a", "x");
        Assert.Equal(2, client.ReceivesAllPublishes().Count);

        Assert.Equal([0], client.Unsubscribe(kept).Codes);
        publisher.Publish("a", "x");
        Assert.Single(client.ReceivesAllPublishes());
    }

    [Theory, Spec("MQTT-3.10.4-1")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void Another_clients_subscription_is_its_own(int shards)
    {
        var broker = new BrokerHarness(shards);
        var first = broker.Connect("first").Subscribe("a");
        var second = broker.Connect("second").Subscribe("a");

        first.Unsubscribe("a");

        broker.Connect("publisher").Publish("a", "x");
        first.ReceivesNothing();
        second.ReceivesPublish();
    }

    [Fact, Spec("MQTT-3.10.4-1")]
    public void Hundreds_of_subscriptions_come_and_go()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client");
        var filters = Enumerable.Range(0, 300).Select(i => $"level/{i % 7}/{(i % 3 == 0 ? "+" : i)}/{i}").ToArray();
        client.SubscribeRaw([.. filters.Select(filter => (filter, (byte)1))]);
        Assert.Equal(300, broker.Core.Tree.SubscriptionCount);

        Assert.All(client.Unsubscribe(filters).Codes, code => Assert.Equal(0, code));

        Assert.Equal(0, broker.Core.Tree.SubscriptionCount);
        Assert.All(client.Unsubscribe(filters).Codes, code => Assert.Equal(0x11, code));
    }

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "no filter", [0xA2, 2, 0, 1] },
        { "flags 0000", [0xA0, 5, 0, 1, 0, 1, (byte)'a'] },
        { "packet id 0", [0xA2, 5, 0, 0, 0, 1, (byte)'a'] },
        { "ill-formed UTF-8", [0xA2, 6, 0, 1, 0, 2, 0xC3, 0x28] },
        { "cut short", [0xA2, 5, 0, 1, 0, 2, (byte)'a'] },
    };

    [Theory, Spec("MQTT-3.10.1-1", "MQTT-3.10.3-1", "MQTT-3.10.3-2", "MQTT3-3.10.1-1", "MQTT3-3.10.3-1", "MQTT3-3.10.3-2", "R49")]
    [MemberData(nameof(Malformed))]
    public void An_UNSUBSCRIBE_that_is_not_allowed_closes_the_connection(string what, byte[] packet)
    {
        foreach (var version in Enum.GetValues<ProtocolVersion>())
        {
            var broker = new BrokerHarness();
            var client = broker.Connect("client", version);
            byte[] bytes = version == ProtocolVersion.Mqtt5 ? [packet[0], (byte)(packet[1] + 1), packet[2], packet[3], 0, .. packet[4..]] : packet;

            client.SendBytes(bytes);

            if (version == ProtocolVersion.Mqtt5)
            {
                Assert.True((DisconnectReasonCode)client.Receives(PacketType.Disconnect).ReasonCode is DisconnectReasonCode.MalformedPacket or DisconnectReasonCode.ProtocolError, what);
            }

            client.ReceivesNothing();
            Assert.True(client.IsClosed, what);
        }
    }
}
