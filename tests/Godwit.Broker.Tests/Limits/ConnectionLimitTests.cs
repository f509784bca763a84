using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Limits;

/// <summary>ConnectionsMax, SessionsMax and the packet sizes: what a full broker still does, and how early it says no.</summary>
public sealed class ConnectionLimitTests
{
    [Theory, Spec("MQTT-3.1.4-3", "R13")]
    [InlineData(1)]
    [InlineData(3)]
    public void A_takeover_needs_no_room(int shards)
    {
        var broker = new BrokerHarness(shards, limits => limits.ConnectionsMax = limits.SessionsMax = 2);
        broker.Persistent("other");
        var old = broker.Connect("a");

        var client = broker.Connect("a");

        old.IsClosedWith(DisconnectReasonCode.SessionTakenOver);
        Assert.False(client.IsClosed);
        Assert.Equal((2, 2), (broker.Core.ConnectedCount, broker.Core.SessionCount));
    }

    [Fact]
    public void A_session_of_a_client_that_is_away_may_be_resumed_or_replaced()
    {
        var broker = new BrokerHarness(limits: limits => limits.SessionsMax = 1);
        broker.Persistent("a").Disconnect();

        Assert.True(broker.Persistent("a").Connack!.SessionPresent);
        Assert.False(broker.Connect("a", cleanStart: true).Connack!.SessionPresent);
    }

    [Fact]
    public void A_place_is_free_again_when_somebody_leaves()
    {
        var broker = new BrokerHarness(limits: limits => limits.ConnectionsMax = 1);
        var first = broker.Persistent("first");

        broker.ConnectIsRefused("second");
        first.Disconnect();
        broker.Connect("second");

        Assert.Equal(2, broker.Core.SessionCount);
    }

    [Fact]
    public void Who_is_refused_for_lack_of_room_finds_its_session_as_it_was()
    {
        var broker = new BrokerHarness(limits: limits => limits.ConnectionsMax = 1);
        broker.Persistent("a").Subscribe("t", QoS.AtLeastOnce).Disconnect();
        var other = broker.Connect("other");

        Assert.Equal(0x89, broker.ConnectIsRefused("a", cleanStart: true).ReasonCode);
        other.Publish("t", "kept", QoS.AtLeastOnce);
        other.Disconnect();

        var client = broker.Persistent("a");
        Assert.True(client.Connack!.SessionPresent);
        Assert.Equal("kept", client.ReceivesPublish().PayloadText);
    }

    /// <summary>Trap 19: a declared length is judged before its bytes are there.</summary>
    [Theory, Spec("MQTT-3.2.2-15")]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void A_packet_that_will_be_too_large_is_refused_from_its_header_alone(ProtocolVersion version)
    {
        var broker = new BrokerHarness(limits: limits => limits.PacketSizeBytesMax = 1000);
        var client = broker.Connect("a", version);
        var patient = broker.Connect("b", version);

        client.SendBytes([0x30, 0xE6, 0x07]);       // 998 and 3 bytes of header
        patient.SendBytes([0x30, 0xE5, 0x07]);

        client.IsClosedWith(DisconnectReasonCode.PacketTooLarge);
        Assert.False(patient.IsClosed);
    }

    [Fact]
    public void A_CONNECT_that_will_be_too_large_is_closed_from_its_header_alone()
    {
        var broker = new BrokerHarness(limits: limits => limits.ConnectSizeBytesMax = 1000);
        var client = broker.Open();
        var patient = broker.Open();

        client.SendBytes([0x10, 0xE6, 0x07]);
        patient.SendBytes([0x10, 0xE5, 0x07]);

        Assert.True(client.IsClosed);
        Assert.False(patient.IsClosed);
        Assert.Equal(["handshake Connect PacketTooLarge PacketTooLarge"], broker.Events);
    }
}
