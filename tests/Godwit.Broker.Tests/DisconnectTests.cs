using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>DISCONNECT from the client, and how the broker closes from its side (5.0 §3.14, §4.13).</summary>
public sealed class DisconnectTests
{
    [Theory, Spec("MQTT-3.14.4-3", "MQTT3-3.14.4-3")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void DISCONNECT_closes_without_an_answer(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a", version);

        client.Disconnect();

        client.ReceivesNothing();
        Assert.True(client.IsClosed);
        Assert.Contains("disconnected a ClientDisconnect NormalDisconnection", broker.Events);
    }

    [Theory]
    [InlineData("E0 00")]
    [InlineData("E0 01 00")]
    [InlineData("E0 02 00 00")]
    public void All_three_lengths_of_a_normal_DISCONNECT_mean_the_same(string packet)
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("will");
        var client = broker.Connect("a", will: new TestWill("will", "gone"));

        client.SendBytes(Convert.FromHexString(packet.Replace(" ", "")));

        watcher.ReceivesNothing();
        Assert.Contains("disconnected a ClientDisconnect NormalDisconnection", broker.Events);
    }

    [Fact, Spec("MQTT-3.14.4-1", "MQTT3-3.14.4-2")]
    public void Nothing_behind_DISCONNECT_is_handled()
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("#");
        var client = broker.Connect("a");

        client.SendBytes([0xE0, 0x00, 0x30, 0x05, 0x00, 0x01, (byte)'t', 0x00, (byte)'m']);

        watcher.ReceivesNothing();
        client.ReceivesNothing();
    }

    [Fact]
    public void Answers_to_what_came_before_DISCONNECT_still_leave()
    {
        var client = new BrokerHarness().Connect("a");

        client.SendBytes([0xC0, 0x00, 0xE0, 0x00]);

        client.Receives(PacketType.Pingresp);
        Assert.True(client.IsClosed);
    }

    /// <summary>Table 3-10: codes that only a server sends, and one that does not exist.</summary>
    [Theory, Spec("MQTT-3.14.2-1", "MQTT-4.13.1-1")]
    [InlineData(0x87)]
    [InlineData(0x89)]
    [InlineData(0x8B)]
    [InlineData(0x8D)]
    [InlineData(0x8E)]
    [InlineData(0x8F)]
    [InlineData(0x9A)]
    [InlineData(0x9B)]
    [InlineData(0xA2)]
    [InlineData(0x01)]
    public void A_code_that_clients_may_not_send_is_a_protocol_error(byte code)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a");

        client.SendBytes([0xE0, 0x01, code]);

        client.IsClosedWith(DisconnectReasonCode.ProtocolError);
    }

    [Fact, Spec("MQTT-4.13.1-1")]
    public void A_property_of_another_packet_is_malformed()
    {
        var client = new BrokerHarness().Connect("a");

        client.Disconnect(properties: new TestProperties().Add(PropertyId.WillDelayInterval, 1));

        client.IsClosedWith(DisconnectReasonCode.MalformedPacket);
    }

    [Fact, Spec("MQTT-4.13.1-1", "MQTT3-4.8.0-1")]
    public void Bytes_in_a_DISCONNECT_of_3_1_1_are_malformed()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a", ProtocolVersion.Mqtt311);

        client.SendBytes([0xE0, 0x01, 0x00]);

        client.IsClosedWith(DisconnectReasonCode.MalformedPacket);
        Assert.Contains("packet a Disconnect TrailingBytes", broker.Events);
    }

    [Theory, Spec("MQTT-4.13.1-1", "MQTT-4.13.2-1", "MQTT3-4.8.0-1", "R49")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void Only_5_0_clients_are_told_why_they_are_closed(ProtocolVersion version)
    {
        var client = new BrokerHarness().Connect("a", version);

        client.SendBytes([0x00, 0x00]);

        client.IsClosedWith(DisconnectReasonCode.MalformedPacket);
    }

    [Fact, Spec("MQTT-3.14.2-1", "MQTT-3.14.2-2")]
    public void The_DISCONNECT_of_the_broker_is_a_code_and_the_reason_in_words()
    {
        var client = new BrokerHarness().Connect("a", properties: TestProperties.Expiry(10));

        client.SendBytes([0x00, 0x00]);

        var disconnect = client.Receives(PacketType.Disconnect);
        Assert.Equal(0x81, disconnect.ReasonCode);
        Assert.Equal("the packet type is reserved", disconnect.Text(PropertyId.ReasonString));
        Assert.False(disconnect.Has(PropertyId.SessionExpiryInterval));
    }

    [Theory, Spec("MQTT-3.14.2-3", "MQTT-3.1.2-24")]
    [InlineData(20, "E0 01 81")]
    [InlineData(3, "E0 01 81")]
    [InlineData(2, "")]
    public void The_DISCONNECT_of_the_broker_fits_the_client_or_is_left_out(int packetSizeMax, string expected)
    {
        var broker = new BrokerHarness(limits: limits => limits.TopicAliasMaximum = 0);
        var client = broker.Connect("a");
        client.Connection.PacketSizeMax = packetSizeMax;

        client.SendBytes([0x00, 0x00]);

        Assert.Equal(expected, string.Join(' ', client.TakeStream().Select(value => $"{value:X2}")));
        Assert.True(client.IsClosed);
    }

    [Fact, Spec("MQTT-4.13.1-1")]
    public void Answers_to_good_packets_leave_before_the_DISCONNECT_for_a_bad_one()
    {
        var client = new BrokerHarness().Connect("a");

        client.SendBytes([0xC0, 0x00, 0xC0, 0x00, 0x00, 0x00, 0xC0, 0x00]);

        client.Receives(PacketType.Pingresp);
        client.Receives(PacketType.Pingresp);
        client.IsClosedWith(DisconnectReasonCode.MalformedPacket);
    }

    [Fact, Spec("R41")]
    public void A_lost_connection_is_not_written_to()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a").Subscribe("t");

        client.DropConnection();
        broker.Connect("publisher").Publish("t", "for nobody");

        client.ReceivesNothing();
        Assert.Contains("disconnected a ConnectionLost NormalDisconnection", broker.Events);
    }

    [Theory, Spec("MQTT-3.1.2-24")]
    [InlineData(19, 0x95)]
    [InlineData(20, 0x00)]
    public void A_SUBACK_larger_than_the_client_can_take_closes_the_connection(uint maximumPacketSize, int reasonCode)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a", properties: new TestProperties().Add(PropertyId.MaximumPacketSize, maximumPacketSize));

        client.SendSubscribe([.. Enumerable.Range(0, 15).Select(i => ($"t{i}", (byte)0))]);

        if (reasonCode == 0)
        {
            Assert.Equal(20, client.Receives(PacketType.Suback).Bytes.Length);
        }
        else
        {
            client.IsClosedWith((DisconnectReasonCode)reasonCode);
        }
    }
}
