using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests;

/// <summary>What CONNECT may look like in each version, and what the broker makes of its fields.</summary>
public sealed class ConnectTests
{
    [Theory, Spec("MQTT-3.1.2-1", "MQTT-3.1.4-5", "MQTT-3.2.2-1", "MQTT3-3.1.2-1", "MQTT3-3.1.4-4", "MQTT3-3.2.0-1", "R5", "R6", "R10")]
    [InlineData("MQIsdp", 3, "20 02 00 00")]
    [InlineData("MQTT", 4, "20 02 00 00")]
    [InlineData("MQTT", 5, "20 0B 00 00 08 27 00 1E 84 80 22 00 64")]
    public void Every_version_is_accepted_with_a_CONNACK_of_its_own_form(string name, byte level, string connack)
    {
        var client = new BrokerHarness().Open();
        client.Version = (ProtocolVersion)level;

        client.SendBytes(RawPacket.Connect(name, level));

        Assert.Equal(Convert.FromHexString(connack.Replace(" ", "")), client.Receives(PacketType.Connack).Bytes);
        client.ReceivesNothing();
        Assert.False(client.IsClosed);
    }

    [Theory, Spec("R5")]
    [InlineData("MQIsdp", 0x83)]
    [InlineData("MQTT", 0x84)]
    public void The_bridge_bit_of_Mosquitto_in_the_level_is_ignored(string name, byte level)
    {
        var client = new BrokerHarness().Open();
        client.Version = ProtocolVersion.Mqtt311;

        client.SendBytes(RawPacket.Connect(name, level));

        Assert.Equal(0, client.Receives(PacketType.Connack).ReasonCode);
    }

    [Theory, Spec("MQTT-3.1.2-2", "MQTT3-3.1.2-2", "MQTT3-3.2.2-5", "R7")]
    [InlineData("MQTT", 0)]
    [InlineData("MQTT", 3)]
    [InlineData("MQIsdp", 4)]
    [InlineData("MQIsdp", 5)]
    [InlineData("MQIsdp", 6)]
    [InlineData("MQIsdp", 0x84)]
    public void A_level_that_only_3_x_can_mean_is_refused_with_return_code_1(string name, byte level)
    {
        var broker = new BrokerHarness();
        var client = broker.Open();

        client.SendBytes(RawPacket.Connect(name, level));

        client.Version = ProtocolVersion.Mqtt311;
        Assert.Equal(Convert.FromHexString("20020001"), client.Receives(PacketType.Connack).Bytes);
        Assert.True(client.IsClosed);
        Assert.Equal(["handshake Connect ProtocolVersionUnsupported UnsupportedProtocolVersion"], broker.Events);
    }

    [Theory, Spec("MQTT-3.1.2-2", "R7")]
    [InlineData(6)]
    [InlineData(0x7F)]
    [InlineData(0xFF)]
    public void A_level_above_5_is_refused_with_0x84_in_the_form_of_5_0(byte level)
    {
        var client = new BrokerHarness().Open();

        client.SendBytes(RawPacket.Connect("MQTT", level));

        Assert.Equal(Convert.FromHexString("2003008400"), client.Receives(PacketType.Connack).Bytes);
        Assert.True(client.IsClosed);
    }

    [Theory, Spec("MQTT-3.1.2-1", "MQTT3-3.1.2-1", "R7")]
    [InlineData("mqtt")]
    [InlineData("MQTTX")]
    [InlineData("MQISDP")]
    [InlineData("")]
    public void A_wrong_protocol_name_is_closed_without_an_answer(string name)
    {
        var broker = new BrokerHarness();
        var client = broker.Open();

        client.SendBytes(RawPacket.Connect(name));

        client.ReceivesNothing();
        Assert.True(client.IsClosed);
        Assert.Equal(["handshake Connect ProtocolNameInvalid UnsupportedProtocolVersion"], broker.Events);
    }

    /// <summary>Flags, level, the code that 5.0 is told. 3.1.1 is closed without a CONNACK.</summary>
    [Theory, Spec("MQTT-3.1.2-3", "MQTT-3.1.2-11", "MQTT-3.1.2-12", "MQTT-3.1.2-13", "MQTT-3.1.4-1")]
    [Spec("MQTT3-3.1.2-3", "MQTT3-3.1.2-11", "MQTT3-3.1.2-14", "MQTT3-3.1.2-22", "MQTT3-3.1.4-1", "R10", "R14")]
    [InlineData(0x03, "Reserved flag")]
    [InlineData(0x0A, "Will QoS without Will Flag")]
    [InlineData(0x22, "Will Retain without Will Flag")]
    [InlineData(0x1E, "Will QoS 3")]
    public void Impossible_flags_are_malformed(byte flags, string what)
    {
        var payload = (flags & 0x04) != 0 ? RawPacket.Text("raw").Concat(new byte[] { 0 }).Concat(RawPacket.Text("t")).Concat(RawPacket.Text("p")).ToArray() : null;
        var old = new BrokerHarness().Open();
        var client = new BrokerHarness().Open();

        old.SendBytes(RawPacket.Connect("MQTT", 4, flags, payload: payload));
        client.SendBytes(RawPacket.Connect("MQTT", 5, flags, payload: payload));

        old.ReceivesNothing();
        Assert.True(old.IsClosed, what);
        Assert.Equal(0x81, client.Receives(PacketType.Connack).ReasonCode);
        Assert.True(client.IsClosed, what);
    }

    [Fact, Spec("MQTT3-3.1.2-22", "MQTT-3.1.2-19", "R14")]
    public void A_password_needs_a_user_name_in_3_1_1_but_not_in_5_0()
    {
        byte[] payload = [.. RawPacket.Text("raw"), .. RawPacket.Text("secret")];
        var access = new TestAccess { Password = "secret" };
        var old = new BrokerHarness(access: access).Open();
        var client = new BrokerHarness(access: access).Open();

        old.SendBytes(RawPacket.Connect("MQTT", 4, 0x42, payload: payload));
        client.SendBytes(RawPacket.Connect("MQTT", 5, 0x42, payload: payload));

        old.ReceivesNothing();
        Assert.True(old.IsClosed);
        Assert.Equal(0, client.Receives(PacketType.Connack).ReasonCode);
    }

    [Theory, Spec("MQTT-4.7.0-1", "MQTT3-4.7.1-1", "MQTT3-3.1.4-1")]
    [InlineData("")]
    [InlineData("a/+")]
    [InlineData("a/#")]
    public void A_will_topic_that_is_no_topic_name_is_refused(string topic)
    {
        byte[] willOf311 = [.. RawPacket.Text("raw"), .. RawPacket.Text(topic), .. RawPacket.Text("gone")];
        byte[] willOf5 = [.. RawPacket.Text("raw"), 0, .. RawPacket.Text(topic), .. RawPacket.Text("gone")];
        var old = new BrokerHarness().Open();
        var client = new BrokerHarness().Open();

        old.SendBytes(RawPacket.Connect("MQTT", 4, 0x06, payload: willOf311));
        client.SendBytes(RawPacket.Connect("MQTT", 5, 0x06, payload: willOf5));

        old.ReceivesNothing();
        Assert.True(old.IsClosed);
        Assert.Equal(0x90, client.Receives(PacketType.Connack).ReasonCode);
        Assert.True(client.IsClosed);
    }

    [Theory, Spec("MQTT-1.5.4-1", "MQTT-1.5.4-2", "MQTT-3.1.3-4", "MQTT3-1.5.3-1", "MQTT3-1.5.3-2", "MQTT3-3.1.3-4")]
    [InlineData("0001 00")]
    [InlineData("0003 EDA080")]
    [InlineData("0002 C080")]
    [InlineData("0005 6162")]
    public void A_client_identifier_that_is_no_string_is_malformed(string clientId)
    {
        var bytes = Convert.FromHexString(clientId.Replace(" ", ""));
        var old = new BrokerHarness().Open();
        var client = new BrokerHarness().Open();

        old.SendBytes(RawPacket.Connect("MQTT", 4, payload: bytes));
        client.SendBytes(RawPacket.Connect("MQTT", 5, payload: bytes));

        old.ReceivesNothing();
        Assert.True(old.IsClosed);
        Assert.Equal(0x81, client.Receives(PacketType.Connack).ReasonCode);
    }

    /// <summary>The payload begins with the client identifier <c>a</c>; what follows is not what the flags say, or no string.</summary>
    [Theory, Spec("MQTT-3.1.2-9", "MQTT-3.1.2-16", "MQTT-3.1.2-17", "MQTT-3.1.2-18", "MQTT-3.1.2-19", "MQTT-3.1.3-11", "MQTT-3.1.3-12")]
    [Spec("MQTT3-3.1.2-9", "MQTT3-3.1.2-18", "MQTT3-3.1.2-19", "MQTT3-3.1.2-20", "MQTT3-3.1.2-21", "MQTT3-3.1.3-10", "MQTT3-3.1.3-11", "R14")]
    [InlineData(0x82, "", "User Name Flag without user name")]
    [InlineData(0xC2, "000175", "Password Flag without password")]
    [InlineData(0x02, "000175", "user name without User Name Flag")]
    [InlineData(0x82, "000175 000170", "password without Password Flag")]
    [InlineData(0x82, "000175 00", "half a length behind the user name")]
    [InlineData(0x82, "0001FF", "user name that is not UTF-8")]
    [InlineData(0x82, "000100", "user name with U+0000")]
    [InlineData(0x06, "", "Will Flag without a will")]
    [InlineData(0x06, "000174", "Will Flag without a will payload")]
    [InlineData(0x06, "0002C080 000170", "will topic that is not UTF-8")]
    public void Payload_and_flags_must_agree(byte flags, string behindClientId, string what)
    {
        var rest = Convert.FromHexString(behindClientId.Replace(" ", ""));
        byte[] willProperties = (flags & 0x04) != 0 && rest.Length > 0 ? [0] : [];
        var old = new BrokerHarness().Open();
        var client = new BrokerHarness().Open();

        old.SendBytes(RawPacket.Connect("MQTT", 4, flags, payload: [0, 1, (byte)'a', .. rest]));
        client.SendBytes(RawPacket.Connect("MQTT", 5, flags, payload: [0, 1, (byte)'a', .. willProperties, .. rest]));

        old.ReceivesNothing();
        Assert.True(old.IsClosed, what);
        Assert.True(client.Receives(PacketType.Connack).ReasonCode == 0x81, what);
        Assert.True(client.IsClosed, what);
    }

    [Fact, Spec("MQTT-3.1.4-1", "MQTT3-3.1.4-1")]
    public void Bytes_behind_the_last_field_are_malformed()
    {
        var client = new BrokerHarness().Open();

        client.SendBytes(RawPacket.Connect("MQTT", 5, payload: [.. RawPacket.Text("raw"), 0]));

        Assert.Equal(0x81, client.Receives(PacketType.Connack).ReasonCode);
        Assert.True(client.IsClosed);
    }

    [Fact, Spec("MQTT-1.5.5-1")]
    public void A_Remaining_Length_longer_than_necessary_is_malformed_in_5_0_only()
    {
        var short311 = RawPacket.Connect("MQTT", 4);
        var short5 = RawPacket.Connect("MQTT", 5);
        var old = new BrokerHarness().Open();
        var client = new BrokerHarness().Open();
        old.Version = ProtocolVersion.Mqtt311;

        old.SendBytes([0x10, (byte)(short311[1] | 0x80), 0, .. short311[2..]]);
        client.SendBytes([0x10, (byte)(short5[1] | 0x80), 0, .. short5[2..]]);

        Assert.Equal(0, old.Receives(PacketType.Connack).ReasonCode);
        Assert.Equal(0x81, client.Receives(PacketType.Connack).ReasonCode);
    }

    /// <summary>Trap 101: MQTT 3.1 put the flags before the Remaining Length, so the fields they announce may be missing at the end.</summary>
    [Fact, Spec("R5")]
    public void A_3_1_client_may_leave_user_name_and_password_out_behind_its_flags()
    {
        var client = new BrokerHarness().Open();
        client.Version = ProtocolVersion.Mqtt31;

        client.SendBytes(RawPacket.Connect("MQIsdp", 3, 0xC2));

        Assert.Equal(0, client.Receives(PacketType.Connack).ReasonCode);
    }

    [Theory, Spec("MQTT-3.1.3-5", "MQTT3-3.1.3-5")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void Client_identifiers_of_1_to_23_characters_and_longer_ones_are_taken_as_they_are(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        string[] clientIds = ["0", "ABCDEFGHIJKLMNOPQRSTUVW", " padded ", new string('x', 200), "ä", "a\u0308", "\uFEFFbom"];

        foreach (var clientId in clientIds)
        {
            broker.Connect(clientId, version, cleanStart: false);
        }

        Assert.Equal(clientIds.Select(clientId => $"connected {clientId} False"), broker.Events);
        Assert.Equal(clientIds.Length, broker.Core.SessionCount);
    }

    [Theory, Spec("MQTT-3.1.2-24")]
    [InlineData(1)]
    [InlineData(4)]
    public void A_client_that_cannot_even_take_a_CONNACK_is_closed_without_one(uint maximumPacketSize)
    {
        var broker = new BrokerHarness();
        var client = broker.Open();

        client.Connect("a", ProtocolVersion.Mqtt5, true, 0, null, new TestProperties().Add(PropertyId.MaximumPacketSize, maximumPacketSize), null);

        client.ReceivesNothing();
        Assert.True(client.IsClosed);
        Assert.Equal(0, broker.Core.SessionCount);
    }

    /// <summary>What the CONNACK has to say takes 13 bytes here; leaving some of it out would not be truthful.</summary>
    [Theory, Spec("MQTT-3.1.2-24")]
    [InlineData(12, 0x95)]
    [InlineData(13, 0x00)]
    public void A_client_that_cannot_take_the_whole_CONNACK_is_refused(uint maximumPacketSize, int reasonCode)
    {
        var broker = new BrokerHarness();
        var client = broker.Open();

        client.Connect("a", ProtocolVersion.Mqtt5, true, 0, null, new TestProperties().Add(PropertyId.MaximumPacketSize, maximumPacketSize), null);

        Assert.Equal(reasonCode, client.Receives(PacketType.Connack).ReasonCode);
        Assert.Equal(reasonCode != 0, client.IsClosed);
        Assert.Equal(reasonCode == 0 ? 1 : 0, broker.Core.SessionCount);
    }
}
