using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>SUBSCRIBE and SUBACK, replacing a subscription, and the Subscription Options (5.0 §3.8).</summary>
public sealed class SubscribeTests
{
    [Theory, Spec("MQTT-3.8.4-1", "MQTT-3.8.4-2", "MQTT-3.8.4-5", "MQTT-3.8.4-6", "MQTT-3.8.4-7", "MQTT-3.9.3-1", "MQTT-2.2.1-6", "R27")]
    [Spec("MQTT3-3.8.4-1", "MQTT3-3.8.4-2", "MQTT3-3.8.4-4", "MQTT3-3.8.4-5", "MQTT3-3.9.3-1", "MQTT3-2.3.1-7")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void One_SUBACK_answers_all_filters_in_their_order(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client", version);

        var suback = client.SubscribeRaw([("c", 2), ("a", 0), ("b", 1), ("a", 1), ("d/#", 2)]);

        Assert.Equal(1, suback.PacketId);
        Assert.Equal([2, 0, 1, 1, 2], suback.Codes);
        client.ReceivesNothing();
    }

    /// <summary>The packet is handled as if each filter had come in a packet of its own.</summary>
    [Theory, Spec("MQTT-3.8.4-5", "MQTT-3.8.4-3", "MQTT3-3.8.4-4", "MQTT3-3.8.4-3", "R27")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void The_same_filter_twice_in_one_packet_is_one_subscription_with_the_last_QoS(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var client = broker.Connect("client", version);
        client.SubscribeRaw([("a", 0), ("a", 2), ("a", 1)]);

        broker.Connect("publisher").Publish("a", "x", QoS.ExactlyOnce);

        Assert.Equal(QoS.AtLeastOnce, client.ReceivesPublish().QoS);
        client.ReceivesNothing();
    }

    [Theory, Spec("MQTT-3.8.4-3", "MQTT3-3.8.4-3", "R27")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void The_same_filter_again_replaces_the_QoS(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var client = broker.Connect("client", version);
        var publisher = broker.Connect("publisher");

        foreach (var qos in new[] { QoS.ExactlyOnce, QoS.AtMostOnce, QoS.AtLeastOnce })
        {
            client.Subscribe("a/+", qos);
            publisher.Publish("a/b", "x", QoS.ExactlyOnce);
            Assert.Equal(qos, client.ReceivesPublish().QoS);
            client.ReceivesNothing();
        }

        client.Unsubscribe("a/+");
        publisher.Publish("a/b", "x", QoS.ExactlyOnce);
        client.ReceivesNothing();
    }

    [Fact, Spec("MQTT-3.8.4-3")]
    public void The_same_filter_again_replaces_all_options_and_the_identifier()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client").Subscribe("a", QoS.AtLeastOnce, noLocal: true, retainAsPublished: true, properties: Identifier(7));
        client.Publish("a", "own", retain: true);
        client.ReceivesNothing();

        client.Subscribe("a", QoS.AtMostOnce, retainHandling: RetainHandling.DoNotSend);

        client.Publish("a", "own", QoS.AtLeastOnce, retain: true);
        var publish = client.ReceivesPublishAmong(PacketType.Puback);
        Assert.Equal((QoS.AtMostOnce, false, false), (publish.QoS, publish.Retain, publish.Has(PropertyId.SubscriptionIdentifier)));
    }

    /// <summary>A filter is its bytes: nothing is folded, trimmed or normalised.</summary>
    [Fact, Spec("MQTT-4.7.3-4", "MQTT-3.10.4-1")]
    public void Filters_that_differ_by_one_byte_are_different()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client");

        foreach (var filter in new[] { "a", "A", "a/", "/a", "ä", "a\u0308", " a" })
        {
            client.Subscribe(filter);
        }

        Assert.Equal(7, broker.Core.Tree.SubscriptionCount);
    }

    /// <summary>Reserved bits, QoS 3 and, in 5.0, Retain Handling 3.</summary>
    [Theory, Spec("MQTT-3.8.3-5", "MQTT3-3-8.3-4")]
    [InlineData(0x03, 0x82, 0)]
    [InlineData(0x30, 0x82, 0)]
    [InlineData(0x40, 0x81, 0)]
    [InlineData(0x80, 0x81, 0)]
    [InlineData(0x04, -1, 0)]
    [InlineData(0x08, -1, 0)]
    [InlineData(0x10, -1, 0)]
    public void Options_that_do_not_exist_close_the_connection(byte options, int code5, int granted)
    {
        foreach (var version in Enum.GetValues<ProtocolVersion>())
        {
            var broker = new BrokerHarness();
            var client = broker.Connect("client", version);

            client.SendSubscribe([("a", options)]);

            if (version == ProtocolVersion.Mqtt5 && code5 < 0)
            {
                Assert.Equal([(byte)granted], client.Receives(PacketType.Suback).Codes);
            }
            else
            {
                client.IsClosedWith((DisconnectReasonCode)Math.Max(0, code5));
            }
        }
    }

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "no filter", RawPacket.Of(0x82, 0, 1, 0) },
        { "flags 0000", RawPacket.Of(0x80, 0, 1, 0, 0, 1, (byte)'a', 0) },
        { "packet id 0", RawPacket.Of(0x82, 0, 0, 0, 0, 1, (byte)'a', 0) },
        { "no options", RawPacket.Of(0x82, 0, 1, 0, 0, 1, (byte)'a') },
        { "ill-formed UTF-8", RawPacket.Of(0x82, 0, 1, 0, 0, 2, 0xC3, 0x28, 0) },
        { "U+0000", RawPacket.Of(0x82, 0, 1, 0, 0, 1, 0, 0) },
        { "identifier 0", RawPacket.Of(0x82, 0, 1, 2, 0x0B, 0, 0, 1, (byte)'a', 0) },
        { "two identifiers", RawPacket.Of(0x82, 0, 1, 4, 0x0B, 1, 0x0B, 2, 0, 1, (byte)'a', 0) },
    };

    [Theory, Spec("MQTT-3.8.1-1", "MQTT-3.8.3-1", "MQTT-3.8.3-2", "MQTT-2.2.1-3", "MQTT-4.7.3-2", "MQTT-4.13.1-1", "R49")]
    [MemberData(nameof(Malformed))]
    public void A_SUBSCRIBE_that_is_not_allowed_closes_the_connection(string what, byte[] packet)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client");

        client.SendBytes(packet);

        Assert.True(client.Receives(PacketType.Disconnect).ReasonCode is 0x81 or 0x82, what);
        client.ReceivesNothing();
        Assert.True(client.IsClosed);
    }

    [Theory, Spec("MQTT3-3.8.1-1", "MQTT3-3.8.3-1", "MQTT3-3.8.3-3", "R49")]
    [MemberData(nameof(Malformed))]
    public void A_SUBSCRIBE_that_is_not_allowed_closes_a_3_1_1_connection(string what, byte[] packet)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client", ProtocolVersion.Mqtt311);
        byte[] withoutProperties = [packet[0], (byte)(packet[1] - 1 - packet[4]), packet[2], packet[3], .. packet[(5 + packet[4])..]];

        client.SendBytes(withoutProperties);

        var isAllowed = what.Contains("identifier", StringComparison.Ordinal);      // without its properties the packet is good
        Assert.Equal(!isAllowed, client.IsClosed);
    }

    [Theory, Spec("MQTT-3.9.3-2", "MQTT3-3.9.3-2")]
    [InlineData(ProtocolVersion.Mqtt311, 0x80)]
    [InlineData(ProtocolVersion.Mqtt5, 0x87)]
    public void A_filter_without_the_right_is_refused_in_SUBACK(ProtocolVersion version, byte code)
    {
        var access = new TestAccess();
        access.DeniedFilters.Add("secret/#");
        var broker = new BrokerHarness(access: access);
        var client = broker.Connect("client", version);

        var suback = client.SubscribeRaw([("open", 1), ("secret/#", 1)]);

        Assert.Equal([1, code], suback.Codes);
        broker.Connect("publisher").Publish("secret/x", "x");
        client.ReceivesNothing();
    }

    /// <summary>3.1 has no failure code: granting what is never delivered would be a lie.</summary>
    [Fact, Spec("R5", "R49")]
    public void A_filter_without_the_right_closes_a_3_1_connection()
    {
        var access = new TestAccess();
        access.DeniedFilters.Add("secret/#");
        var broker = new BrokerHarness(access: access);
        var client = broker.Connect("client", ProtocolVersion.Mqtt31);

        client.SendSubscribe([("secret/#", 1)]);

        client.ReceivesNothing();
        Assert.True(client.IsClosed);
    }

    [Theory, Spec("MQTT-3.8.3-3")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void No_Local_keeps_own_messages_away_and_lets_others_through(int shards)
    {
        var broker = new BrokerHarness(shards);
        var client = broker.Connect("client").Subscribe("a", QoS.ExactlyOnce, noLocal: true);
        var other = broker.Connect("other").Subscribe("a", noLocal: true);

        client.Publish("a", "own", QoS.ExactlyOnce);
        other.Publish("a", "others", QoS.ExactlyOnce);

        Assert.Equal(["others"], client.ReceivesAllPublishes().Select(publish => publish.PayloadText));
        Assert.Equal(["own"], other.ReceivesAllPublishes().Select(publish => publish.PayloadText));
        Assert.Equal(2, broker.Dropped(DropReason.NoLocal));
    }

    [Fact, Spec("MQTT-3.8.3-3")]
    public void No_Local_holds_after_the_session_was_resumed()
    {
        var broker = new BrokerHarness();
        broker.Persistent("client").Subscribe("a", QoS.AtLeastOnce, noLocal: true).DropConnection();
        var client = broker.Persistent("client");

        client.PublishAcknowledged("a", "own", QoS.AtLeastOnce);

        client.ReceivesNothing();
    }

    /// <summary>The message is stored for others; the publisher does not want it back from the store either.</summary>
    [Fact, Spec("MQTT-3.8.3-3")]
    public void No_Local_keeps_own_retained_messages_away()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client");
        client.PublishAcknowledged("a/own", "x", QoS.AtLeastOnce, retain: true);
        broker.Connect("other").PublishAcknowledged("a/others", "x", QoS.AtLeastOnce, retain: true);

        client.Subscribe("a/+", QoS.AtLeastOnce, noLocal: true);

        Assert.Equal(["a/others"], client.ReceivesAllPublishes().Select(publish => publish.Topic));
        Assert.Equal(1, broker.Dropped(DropReason.NoLocal));
        broker.Connect("third").Subscribe("a/own", noLocal: true).ReceivesPublish();
    }

    /// <summary>What counts is the client identifier, not the session it published in.</summary>
    [Fact, Spec("MQTT-3.8.3-3")]
    public void No_Local_knows_a_client_again_after_a_clean_start()
    {
        var broker = new BrokerHarness();
        broker.Connect("client").PublishAcknowledged("a", "x", QoS.AtLeastOnce, retain: true).Disconnect();

        var client = broker.Connect("client", cleanStart: true).Subscribe("a", QoS.AtLeastOnce, noLocal: true);

        client.ReceivesNothing();
    }

    [Fact, Spec("MQTT-3.8.3-4")]
    public void No_Local_on_a_shared_subscription_is_a_protocol_error()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client");

        client.SendSubscribe([("$share/g/a", 0x04)]);

        client.IsClosedWith(DisconnectReasonCode.ProtocolError);
    }

    private static TestProperties Identifier(uint identifier) => new TestProperties().Add(PropertyId.SubscriptionIdentifier, identifier);
}
