using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Security;

/// <summary>AUTH behind CONNACK (5.0 §4.12.1): the host is asked, and answers when it likes.</summary>
public sealed class ReauthenticationTests
{
    private const string Method = "SCRAM-SHA-256";

    private readonly BrokerHarness _broker = new(shards: 2) { Rules = new ListenerRules { AuthenticationMethods = ["SCRAM-SHA-1", Method] } };

    [Fact, Spec("MQTT-4.12.0-1", "Trap-43")]
    public void A_method_that_the_host_does_not_know_is_refused() =>
        Assert.Equal(0x8C, _broker.ConnectIsRefused("a", properties: MethodOf("SCRAM-SHA-512")).ReasonCode);

    [Fact, Spec("MQTT-4.12.0-5", "MQTT-4.12.0-6")]
    public void CONNACK_repeats_the_method_of_CONNECT_and_names_none_without_one()
    {
        var with = _broker.Connect("a", properties: MethodOf(Method)).Connack!;
        var without = _broker.Connect("b").Connack!;

        Assert.Equal(Method, with.Text(PropertyId.AuthenticationMethod));
        Assert.False(without.Has(PropertyId.AuthenticationMethod));
    }

    [Fact, Spec("MQTT-4.12.0-2", "MQTT-4.12.0-5", "MQTT-4.12.1-1")]
    public void An_exchange_of_several_steps_ends_with_the_new_identity_and_publishing_goes_on()
    {
        var client = _broker.Connect("a", properties: MethodOf(Method), userName: "alice").Subscribe("t");
        var identity = new Identity { UserName = "alice", Groups = ["operators"] };
        client.Send(Auth(0x19, "client first"));
        client.Publish("t", "goes on");
        client.ReceivesPublish();

        Answer(client, shard => shard.ContinueAuthentication(client.Connection, "server first"u8));
        var step = client.Receives(PacketType.Auth);
        client.Send(Auth(0x18, "client final"));
        Answer(client, shard => shard.CompleteAuthentication(client.Connection, identity, "server final"u8));
        var end = client.Receives(PacketType.Auth);

        Assert.Equal((0x18, Method, "server first"), (step.ReasonCode, step.Text(PropertyId.AuthenticationMethod), step.Text(PropertyId.AuthenticationData)));
        Assert.Equal((0x00, Method, "server final"), (end.ReasonCode, end.Text(PropertyId.AuthenticationMethod), end.Text(PropertyId.AuthenticationData)));
        Assert.Same(identity, client.Connection.Identity);
        Assert.Equal(["reauthenticate a client first True", "reauthenticate a client final False"], _broker.Events.Where(line => line.StartsWith("reauth", StringComparison.Ordinal)));
        client.Send(Auth(0x19, "again"));
        Assert.False(client.IsClosed);
    }

    [Fact, Spec("MQTT-4.12.1-2")]
    public void A_failure_ends_the_connection_with_its_reason()
    {
        var client = _broker.Connect("a", properties: MethodOf(Method));
        client.Send(Auth(0x19, "wrong"));

        Answer(client, shard => shard.FailAuthentication(client.Connection, DisconnectReasonCode.NotAuthorized, "unknown user"));

        client.IsClosedWith(DisconnectReasonCode.NotAuthorized);
        Assert.Contains("disconnected a AuthenticationFailed NotAuthorized", _broker.Events);
    }

    [Fact, Spec("Hostile-30")]
    public void Another_user_cannot_come_in_by_re_authentication()
    {
        var client = _broker.Connect("a", properties: MethodOf(Method), userName: "alice");
        client.Send(Auth(0x19, "mallory"));

        Answer(client, shard => shard.CompleteAuthentication(client.Connection, new Identity { UserName = "mallory" }, default));

        client.IsClosedWith(DisconnectReasonCode.NotAuthorized);
    }

    [Theory, Spec("MQTT-4.12.0-3", "MQTT-4.12.1-1")]
    [InlineData(new byte[] { 0x19 }, "another method", "AuthenticationMethodChanged")]
    [InlineData(new byte[] { 0x18 }, Method, "AuthenticationOutOfTurn")]
    [InlineData(new byte[] { 0x19, 0x19 }, Method, "AuthenticationOutOfTurn")]
    [InlineData(new byte[] { 0x19, 0x18 }, Method, "AuthenticationOutOfTurn")]
    [InlineData(new byte[] { 0x00 }, Method, "ReasonCodeInvalid")]
    public void AUTH_that_does_not_fit_is_a_protocol_error(byte[] codes, string method, string error)
    {
        var client = _broker.Connect("a", properties: MethodOf(Method));

        foreach (var code in codes)
        {
            client.Send(Auth(code, "data", method));
        }

        client.IsClosedWith(DisconnectReasonCode.ProtocolError);
        Assert.Contains($"packet a Auth {error}", _broker.Events);
    }

    [Fact]
    public void An_answer_for_a_client_that_has_left_does_nothing()
    {
        var client = _broker.Connect("a", properties: MethodOf(Method));
        client.Send(Auth(0x19, "first"));
        client.DropConnection();

        Answer(client, shard => shard.ContinueAuthentication(client.Connection, "late"u8));
        Answer(client, shard => shard.CompleteAuthentication(client.Connection, null, default));
        Answer(client, shard => shard.FailAuthentication(client.Connection, DisconnectReasonCode.NotAuthorized, "late"));

        client.ReceivesNothing();
    }

    [Fact]
    public void An_administrator_disconnects_the_clients_that_are_meant()
    {
        var banned = Enumerable.Range(0, 4).Select(i => _broker.Connect($"b{i}", i == 0 ? ProtocolVersion.Mqtt311 : ProtocolVersion.Mqtt5, userName: "mallory")).ToList();
        var other = _broker.Connect("other", userName: "alice");

        _broker.Core.Disconnect(connection => connection.UserName == "mallory", DisconnectReasonCode.AdministrativeAction, "banned");
        _broker.Run();

        Assert.All(banned, client => client.IsClosedWith(DisconnectReasonCode.AdministrativeAction));
        Assert.False(other.IsClosed);
        Assert.Contains("disconnected b1 AdministrativeAction AdministrativeAction", _broker.Events);
    }

    private static TestProperties MethodOf(string method) => new TestProperties().Add(PropertyId.AuthenticationMethod, method);

    private static AuthPacket Auth(byte code, string data, string method = Method) => new()
    {
        ReasonCode = (AuthReasonCode)code,
        Properties = PropertyBlock.FromTrusted(MethodOf(method).Add(PropertyId.AuthenticationData, data).Bytes),
    };

    private void Answer(TestClient client, Action<Shard> answer)
    {
        _broker.Core.Post(client.ShardIndex, new HostCall(answer));
        _broker.Run();
    }
}
