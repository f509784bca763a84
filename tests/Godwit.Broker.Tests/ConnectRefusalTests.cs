using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>Every way to be refused by a well-formed CONNECT, with the code of each version.</summary>
public sealed class ConnectRefusalTests
{
    /// <summary>Codes a policy may answer, and what 3.x clients read instead: never a value above 5.</summary>
    [Theory, Spec("MQTT-3.1.3-8", "MQTT-3.1.4-2", "MQTT-3.2.2-6", "MQTT-3.2.2-7", "MQTT-3.2.2-8", "MQTT3-3.1.3-9", "MQTT3-3.2.2-4", "MQTT3-3.2.2-5", "R11", "R14", "Trap-104")]
    [InlineData(ConnackReasonCode.UnsupportedProtocolVersion, 1)]
    [InlineData(ConnackReasonCode.ClientIdentifierNotValid, 2)]
    [InlineData(ConnackReasonCode.ServerUnavailable, 3)]
    [InlineData(ConnackReasonCode.ServerBusy, 3)]
    [InlineData(ConnackReasonCode.QuotaExceeded, 3)]
    [InlineData(ConnackReasonCode.ConnectionRateExceeded, 3)]
    [InlineData(ConnackReasonCode.UseAnotherServer, 3)]
    [InlineData(ConnackReasonCode.ServerMoved, 3)]
    [InlineData(ConnackReasonCode.BadUserNameOrPassword, 4)]
    [InlineData(ConnackReasonCode.NotAuthorized, 5)]
    [InlineData(ConnackReasonCode.Banned, 5)]
    public void The_access_policy_refuses_with_a_code_that_each_version_understands(ConnackReasonCode code, int returnCode)
    {
        var broker = new BrokerHarness(access: new TestAccess { ConnectAnswer = code });

        Assert.Equal((int)code, broker.ConnectIsRefused("a", ProtocolVersion.Mqtt5).ReasonCode);
        Assert.Equal(returnCode, broker.ConnectIsRefused("a", ProtocolVersion.Mqtt311, cleanStart: false).ReasonCode);
        Assert.Equal(returnCode, broker.ConnectIsRefused("a", ProtocolVersion.Mqtt31).ReasonCode);
        Assert.Equal(0, broker.Core.SessionCount);
    }

    [Fact, Spec("R11", "R14")]
    public void User_name_and_password_are_the_policys_to_judge()
    {
        var broker = new BrokerHarness(access: new TestAccess { Password = "right" });

        broker.Connect("a", ProtocolVersion.Mqtt311, userName: "ann", password: "right");

        Assert.Equal(4, broker.ConnectIsRefused("b", ProtocolVersion.Mqtt311, userName: "ann", password: "wrong").ReasonCode);
        Assert.Equal(0x86, broker.ConnectIsRefused("b", ProtocolVersion.Mqtt5, userName: "ann").ReasonCode);
    }

    [Theory, Spec("MQTT3-3.1.3-8", "MQTT3-3.1.3-9", "R11")]
    [InlineData(ProtocolVersion.Mqtt311, false)]
    [InlineData(ProtocolVersion.Mqtt31, false)]
    [InlineData(ProtocolVersion.Mqtt31, true)]
    public void An_empty_client_identifier_is_refused_with_2_where_it_means_nothing(ProtocolVersion version, bool cleanStart)
    {
        var broker = new BrokerHarness();

        Assert.Equal(2, broker.ConnectIsRefused("", version, cleanStart).ReasonCode);
    }

    [Fact, Spec("MQTT3-3.1.3-6", "MQTT3-3.1.3-7")]
    public void An_empty_client_identifier_with_clean_session_gets_a_unique_one_in_3_1_1()
    {
        var broker = new BrokerHarness();

        broker.Connect("", ProtocolVersion.Mqtt311);
        broker.Connect("", ProtocolVersion.Mqtt311);

        Assert.Equal(["connected auto-1 False", "connected auto-2 False"], broker.Events);
        Assert.Equal(2, broker.Core.ConnectedCount);
    }

    [Fact, Spec("MQTT-4.12.0-1", "MQTT-4.12.0-4")]
    public void An_authentication_method_is_refused_because_none_is_supported()
    {
        var broker = new BrokerHarness();
        var properties = new TestProperties().Add(PropertyId.AuthenticationMethod, "SCRAM-SHA-256");

        Assert.Equal(0x8C, broker.ConnectIsRefused("a", properties: properties).ReasonCode);
    }

    [Fact, Spec("MQTT-3.1.4-1")]
    public void Authentication_data_without_a_method_is_a_protocol_error()
    {
        var broker = new BrokerHarness();
        var properties = new TestProperties().Add(PropertyId.AuthenticationData, "data");

        Assert.Equal(0x82, broker.ConnectIsRefused("a", properties: properties).ReasonCode);
    }

    [Theory, Spec("MQTT-3.1.4-1")]
    [InlineData("21 0000", 0x82, "Receive Maximum 0")]
    [InlineData("27 00000000", 0x82, "Maximum Packet Size 0")]
    [InlineData("17 02", 0x82, "Request Problem Information 2")]
    [InlineData("19 02", 0x82, "Request Response Information 2")]
    [InlineData("21 0001 21 0001", 0x82, "Receive Maximum twice")]
    [InlineData("24 01", 0x81, "Maximum QoS in CONNECT")]
    [InlineData("7F 01", 0x81, "a property that does not exist")]
    [InlineData("21 00", 0x81, "half a Receive Maximum")]
    public void A_property_that_may_not_stand_there_is_refused(string properties, int reasonCode, string what)
    {
        var client = new BrokerHarness().Open();

        client.SendBytes(RawPacket.Connect("MQTT", 5, properties: Convert.FromHexString(properties.Replace(" ", ""))));

        Assert.True(reasonCode == client.Receives(PacketType.Connack).ReasonCode, what);
        Assert.True(client.IsClosed, what);
    }

    [Fact, Spec("MQTT-3.2.2-12")]
    public void A_will_above_the_Maximum_QoS_is_refused()
    {
        var broker = new BrokerHarness(settings: settings => settings.MaximumQoS = QoS.AtLeastOnce);

        broker.Connect("a", will: new TestWill("t", "p", QoS.AtLeastOnce));

        Assert.Equal(0x9B, broker.ConnectIsRefused("b", will: new TestWill("t", "p", QoS.ExactlyOnce)).ReasonCode);
        Assert.Equal(5, broker.ConnectIsRefused("b", ProtocolVersion.Mqtt311, will: new TestWill("t", "p", QoS.ExactlyOnce)).ReasonCode);
    }

    [Fact, Spec("MQTT-3.2.2-13")]
    public void A_retained_will_is_refused_while_retained_messages_are_switched_off()
    {
        var broker = new BrokerHarness(settings: settings => settings.RetainAvailable = false);

        broker.Connect("a", will: new TestWill("t", "p"));

        Assert.Equal(0x9A, broker.ConnectIsRefused("b", will: new TestWill("t", "p", Retain: true)).ReasonCode);
    }

    [Theory]
    [InlineData("$SYS")]
    [InlineData("$SYS/broker/version")]
    public void A_will_on_a_topic_of_the_broker_is_refused(string topic)
    {
        var broker = new BrokerHarness();

        Assert.Equal(0x90, broker.ConnectIsRefused("a", will: new TestWill(topic, "p")).ReasonCode);
        Assert.Equal(5, broker.ConnectIsRefused("a", ProtocolVersion.Mqtt311, will: new TestWill(topic, "p")).ReasonCode);
    }

    [Fact]
    public void A_will_on_any_other_dollar_topic_is_an_ordinary_will()
    {
        var broker = new BrokerHarness();

        broker.Connect("a", will: new TestWill("$SYSTEM/x", "p"));

        Assert.Equal(["connected a False"], broker.Events);
    }

    [Fact, Spec("MQTT-3.2.2-6", "R11")]
    public void A_broker_that_is_stopping_refuses_with_Server_unavailable()
    {
        var broker = new BrokerHarness();
        broker.OnShard(0, shard => shard.Stop());

        Assert.Equal(0x88, broker.ConnectIsRefused("a").ReasonCode);
        Assert.Equal(3, broker.ConnectIsRefused("a", ProtocolVersion.Mqtt311).ReasonCode);
        Assert.Equal(["refused a ServerUnavailable", "refused a ServerUnavailable"], broker.Events);
    }

    [Fact, Spec("MQTT-3.14.0-1")]
    public void A_refusal_is_told_by_CONNACK_alone_and_the_old_session_stays_as_it_is()
    {
        var access = new TestAccess();
        var broker = new BrokerHarness(access: access);
        broker.Connect("a", cleanStart: false, properties: new TestProperties().Add(PropertyId.SessionExpiryInterval, 100)).DropConnection();

        access.ConnectAnswer = ConnackReasonCode.NotAuthorized;
        var connack = broker.ConnectIsRefused("a", cleanStart: true);
        access.ConnectAnswer = ConnackReasonCode.Success;

        Assert.Equal(0x87, connack.ReasonCode);
        Assert.True(broker.Connect("a", cleanStart: false).Connack!.SessionPresent);
    }
}
