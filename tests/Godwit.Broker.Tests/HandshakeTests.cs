using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>The order of packets at the beginning of a connection, however their bytes arrive.</summary>
public sealed class HandshakeTests
{
    public static TheoryData<PacketType> AllTypesButConnect => [.. Enum.GetValues<PacketType>().Where(type => type != PacketType.Connect)];

    [Theory, Spec("MQTT-3.1.0-1", "MQTT3-3.1.0-1", "R8")]
    [MemberData(nameof(AllTypesButConnect))]
    public void Any_other_packet_before_CONNECT_is_closed_without_an_answer(PacketType type)
    {
        var broker = new BrokerHarness();
        var client = broker.Open();

        client.SendBytes([(byte)((int)type << 4)]);

        client.ReceivesNothing();
        Assert.True(client.IsClosed);
        Assert.Equal([$"handshake {type} FirstPacketNotConnect ProtocolError"], broker.Events);
    }

    [Theory, Spec("MQTT-3.1.0-2", "MQTT-3.2.0-2", "MQTT3-3.1.0-2")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void A_second_CONNECT_closes_the_connection(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a", version);

        client.Connect("b", version, cleanStart: true, keepAlive: 0, will: null, properties: null, userName: null);

        client.IsClosedWith(DisconnectReasonCode.ProtocolError);
        Assert.Equal(["connected a False", "packet a Connect SecondConnect", "disconnected a PacketRefused ProtocolError"], broker.Events);
    }

    [Theory, Spec("MQTT-4.13.1-1", "MQTT3-4.8.0-1", "R49")]
    [InlineData("20 03 00 00 00", "20 02 00 00", PacketType.Connack)]
    [InlineData("90 04 00 01 00 00", "90 03 00 01 00", PacketType.Suback)]
    [InlineData("B0 04 00 01 00 00", "B0 02 00 01", PacketType.Unsuback)]
    [InlineData("D0 00", "D0 00", PacketType.Pingresp)]
    public void A_packet_that_only_servers_send_closes_the_connection(string mqtt5, string mqtt3, PacketType type)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a");
        var old = broker.Connect("b", ProtocolVersion.Mqtt311);

        client.SendBytes(Convert.FromHexString(mqtt5.Replace(" ", "")));
        old.SendBytes(Convert.FromHexString(mqtt3.Replace(" ", "")));

        client.IsClosedWith(DisconnectReasonCode.ProtocolError);
        old.IsClosedWith(DisconnectReasonCode.ProtocolError);
        Assert.Contains($"packet a {type} WrongDirection", broker.Events);
        Assert.Contains($"packet b {type} WrongDirection", broker.Events);
    }

    [Fact, Spec("MQTT-4.12.0-6", "MQTT-4.12.0-7", "MQTT-4.12.1-1")]
    public void AUTH_is_a_protocol_error_because_no_method_was_agreed()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a");

        client.SendBytes([0xF0, 0x07, 0x19, 0x05, 0x15, 0x00, 0x02, (byte)'m', (byte)'1']);

        client.IsClosedWith(DisconnectReasonCode.ProtocolError);
        Assert.Contains("packet a Auth AuthenticationNotNegotiated", broker.Events);
    }

    [Fact, Spec("MQTT3-2.2.2-2")]
    public void Type_15_does_not_exist_before_5_0()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a", ProtocolVersion.Mqtt311);

        client.SendBytes([0xF0, 0x00]);

        client.IsClosedWith(DisconnectReasonCode.MalformedPacket);
        Assert.Contains("packet a Auth ReservedPacketType", broker.Events);
    }

    [Theory, Spec("R52")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void CONNECT_may_be_split_at_every_byte(ProtocolVersion version)
    {
        var bytes = ConnectAndPingreq(version);

        for (var split = 0; split <= bytes.Length; split++)
        {
            var client = new BrokerHarness().Open();
            client.Version = version;

            client.SendBytes(bytes.AsSpan(0, split));
            client.SendBytes(bytes.AsSpan(split));

            Assert.Equal(0, client.Receives(PacketType.Connack).ReasonCode);
            client.Receives(PacketType.Pingresp);
            client.ReceivesNothing();
        }
    }

    [Fact, Spec("R52")]
    public void CONNECT_and_what_follows_may_come_one_byte_at_a_time()
    {
        var client = new BrokerHarness().Open();

        foreach (var single in ConnectAndPingreq(ProtocolVersion.Mqtt5))
        {
            client.SendBytes([single]);
        }

        client.Receives(PacketType.Connack);
        client.Receives(PacketType.Pingresp);
    }

    /// <summary>A client need not wait for CONNACK; its answer still comes first.</summary>
    [Fact, Spec("MQTT-3.1.4-5", "MQTT-3.2.0-1", "MQTT3-3.2.0-1")]
    public void Packets_behind_an_accepted_CONNECT_are_handled_after_it()
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("t");
        var client = broker.Open();
        byte[] publish = [0x32, 0x07, 0x00, 0x01, (byte)'t', 0x00, 0x01, 0x00, (byte)'m'];

        client.SendBytes([.. ConnectAndPingreq(ProtocolVersion.Mqtt5), .. publish]);

        client.Receives(PacketType.Connack);
        client.Receives(PacketType.Pingresp);
        Assert.Equal(1, client.Receives(PacketType.Puback).PacketId);
        Assert.Equal("m", watcher.ReceivesPublish().PayloadText);
    }

    [Theory, Spec("MQTT-3.1.4-6", "MQTT3-3.1.4-5")]
    [InlineData(false)]
    [InlineData(true)]
    public void Packets_behind_a_refused_CONNECT_are_not_handled(bool isRefusedByShard)
    {
        var broker = new BrokerHarness(shards: 2, limits: limits => limits.SessionsMax = 1);
        var watcher = broker.Connect("watcher").Subscribe("#");
        var client = broker.Open();
        var name = isRefusedByShard ? "MQTT" : "MQIsdp";
        byte[] publish = [0x30, 0x05, 0x00, 0x01, (byte)'t', 0x00, (byte)'m'];

        client.SendBytes([.. RawPacket.Connect(name, 5), .. publish]);

        watcher.ReceivesNothing();
        Assert.True(client.IsClosed);
        Assert.Equal(0, broker.Counters.PublishReceived.Sum());
    }

    /// <summary>Trap 101: only 3.1 repeats these packets with DUP.</summary>
    [Theory, Spec("MQTT-2.1.3-1", "MQTT-3.8.1-1", "MQTT3-2.2.2-1", "MQTT3-2.2.2-2", "MQTT3-3.8.1-1")]
    [InlineData(ProtocolVersion.Mqtt31, true)]
    [InlineData(ProtocolVersion.Mqtt311, false)]
    [InlineData(ProtocolVersion.Mqtt5, false)]
    public void DUP_on_SUBSCRIBE_is_legal_in_3_1_alone(ProtocolVersion version, bool isLegal)
    {
        var client = new BrokerHarness().Connect("a", version);
        byte[] body = version == ProtocolVersion.Mqtt5 ? [0, 1, 0, 0, 1, (byte)'t', 0] : [0, 1, 0, 1, (byte)'t', 0];

        client.SendBytes([0x8A, (byte)body.Length, .. body]);

        if (isLegal)
        {
            Assert.Equal([0], client.Receives(PacketType.Suback).Codes);
        }
        else
        {
            client.IsClosedWith(DisconnectReasonCode.MalformedPacket);
        }
    }

    [Theory, Spec("MQTT-2.1.3-1", "MQTT-3.14.1-1", "MQTT-3.15.1-1", "MQTT3-2.2.2-2", "MQTT3-3.14.1-1")]
    [InlineData(0xC1)]
    [InlineData(0xE8)]
    [InlineData(0x41)]
    [InlineData(0x60)]
    [InlineData(0xF1)]
    public void Reserved_flags_of_the_fixed_header_close_the_connection(byte firstByte)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a");
        var old = broker.Connect("b", ProtocolVersion.Mqtt311);

        client.SendBytes([firstByte]);
        old.SendBytes([firstByte]);

        client.IsClosedWith(DisconnectReasonCode.MalformedPacket);
        old.IsClosedWith(DisconnectReasonCode.MalformedPacket);
    }

    [Fact, Spec("MQTT-3.12.4-1", "MQTT3-3.12.4-1", "R38")]
    public void PINGREQ_and_PINGRESP_are_two_bytes()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a");
        var padded = broker.Connect("b");

        client.SendBytes([0xC0, 0x00]);
        padded.SendBytes([0xC0, 0x01, 0x00]);

        Assert.Equal([0xD0, 0x00], client.Receives(PacketType.Pingresp).Bytes);
        padded.IsClosedWith(DisconnectReasonCode.MalformedPacket);
    }

    [Fact, Spec("MQTT-1.5.5-1", "R9")]
    public void A_fifth_byte_of_Remaining_Length_is_not_waited_for()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a");
        var unknown = broker.Open();

        client.SendBytes([0x30, 0x80, 0x80, 0x80, 0x80]);
        unknown.SendBytes([0x10, 0x80, 0x80, 0x80, 0x80]);

        client.IsClosedWith(DisconnectReasonCode.MalformedPacket);
        Assert.True(unknown.IsClosed);
    }

    /// <summary>A mistake of this program costs the client that met it, and leaves nothing behind.</summary>
    [Fact, Spec("MQTT3-4.8.0-2")]
    public void A_fault_in_CONNECT_closes_that_client_alone()
    {
        var broker = new BrokerHarness { FaultyClientId = "unlucky" };
        var watcher = broker.Connect("watcher").Subscribe("will");
        var client = broker.Open();

        client.Connect("unlucky", ProtocolVersion.Mqtt5, cleanStart: true, keepAlive: 10, new TestWill("will", "gone"), properties: null, userName: null);

        Assert.True(client.IsClosed);
        Assert.Equal("gone", watcher.ReceivesPublish().PayloadText);
        Assert.Equal((1, 1), (broker.Core.ConnectedCount, broker.Core.SessionCount));
        Assert.Equal(long.MaxValue, broker.Core.Shards[0].NextDeadlineMs);
        Assert.Contains("fault unlucky", broker.Events);
    }

    private static byte[] ConnectAndPingreq(ProtocolVersion version)
    {
        var connect = new ConnectPacket { Version = version, CleanStart = true, ClientId = "split"u8, HasWill = true, WillTopic = "w"u8, WillPayload = "gone"u8 };
        var bytes = new byte[connect.Measure()];
        connect.Write(bytes);
        return [.. bytes, 0xC0, 0x00];
    }
}
