using System.Net.Sockets;
using System.Text;
using Godwit.Client.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Tests;

public sealed class ConnectTests
{
    [Theory, Spec("MQTT-3.1.0-1", "MQTT3-3.1.0-1", "MQTT-3.1.3-3", "MQTT3-3.1.3-3")]
    [InlineData(ProtocolVersion.Mqtt31, "100F00064D514973647003" + "02003C" + "000163")]
    [InlineData(ProtocolVersion.Mqtt311, "100D00044D51545404" + "02003C" + "000163")]
    [InlineData(ProtocolVersion.Mqtt5, "101100044D51545405" + "02003C" + "03210100" + "000163")]
    public async Task The_first_packet_is_CONNECT_in_the_form_of_its_version(ProtocolVersion version, string expected)
    {
        var server = new ScriptedServer(version);
        await using var client = new MqttClient(server.Options);

        var connecting = client.ConnectAsync();
        var connection = await server.AcceptAsync();
        var connect = await connection.AcceptAsync();
        await connecting.Soon();

        Assert.Equal(expected, "10" + connect.Body.Length.ToString("X2", null) + Convert.ToHexString(connect.Body));
        Assert.Equal(MqttState.Connected, client.State);
        connection.Close();
    }

    [Fact, Spec("MQTT-3.1.2-9", "MQTT-3.1.2-17", "MQTT-3.1.2-19", "MQTT-3.1.3-1")]
    public async Task All_options_of_CONNECT_stand_in_the_packet()
    {
        var server = new ScriptedServer();
        await using var client = new MqttClient(server.Options with
        {
            ClientId = "line-4",
            Username = "plc",
            Password = "s3cret"u8.ToArray(),
            CleanStart = false,
            KeepAlive = TimeSpan.FromSeconds(7),
            SessionExpiry = Timeout.InfiniteTimeSpan,
            ReceiveMaximum = 5,
            MaximumPacketSize = 1000,
            TopicAliasMaximum = 3,
            RequestResponseInformation = true,
            RequestProblemInformation = false,
            UserProperties = [new("a", "1"), new("a", "2")],
            AuthenticationMethod = "M",
            AuthenticationData = "D"u8.ToArray(),
            Will = new MqttWill
            {
                Topic = "gone",
                Payload = "x"u8.ToArray(),
                QoS = MqttQoS.AtLeastOnce,
                Retain = true,
                Delay = TimeSpan.FromSeconds(9),
                Properties = new() { ContentType = "text/plain", IsText = true, UserProperties = [new("w", "")] },
            },
        });

        var connecting = client.ConnectAsync();
        var connection = await server.AcceptAsync();
        var packet = await connection.AcceptAsync();
        await connecting.Soon();

        var connect = packet.Connect();
        Assert.Equal("line-4", Encoding.UTF8.GetString(connect.ClientId));
        Assert.Equal("plc", Encoding.UTF8.GetString(connect.UserName));
        Assert.Equal("s3cret", Encoding.UTF8.GetString(connect.Password));
        Assert.False(connect.CleanStart);
        Assert.Equal(7, connect.KeepAliveSeconds);
        Assert.Equal(uint.MaxValue, connect.Properties.NumberOr(PropertyId.SessionExpiryInterval, 0));
        Assert.Equal(5u, connect.Properties.NumberOr(PropertyId.ReceiveMaximum, 0));
        Assert.Equal(1000u, connect.Properties.NumberOr(PropertyId.MaximumPacketSize, 0));
        Assert.Equal(3u, connect.Properties.NumberOr(PropertyId.TopicAliasMaximum, 0));
        Assert.Equal(1u, connect.Properties.NumberOr(PropertyId.RequestResponseInformation, 9));
        Assert.Equal(0u, connect.Properties.NumberOr(PropertyId.RequestProblemInformation, 9));
        Assert.Equal(2, connect.Properties.CountOf(PropertyId.UserProperty));
        Assert.True(connect.Properties.TryGet(PropertyId.AuthenticationMethod, out _));
        Assert.True(connect.Properties.TryGet(PropertyId.AuthenticationData, out _));
        Assert.Equal("gone", Encoding.UTF8.GetString(connect.WillTopic));
        Assert.Equal("x", Encoding.UTF8.GetString(connect.WillPayload));
        Assert.Equal(QoS.AtLeastOnce, connect.WillQoS);
        Assert.True(connect.WillRetain);
        Assert.Equal(9u, connect.WillProperties.NumberOr(PropertyId.WillDelayInterval, 0));
        Assert.Equal(1u, connect.WillProperties.NumberOr(PropertyId.PayloadFormatIndicator, 0));
        Assert.Equal(1, connect.WillProperties.CountOf(PropertyId.UserProperty));
        connection.Close();
    }

    [Fact, Spec("R12")]
    public async Task Without_CONNACK_in_time_the_socket_is_closed_and_a_new_connection_made()
    {
        var server = new ScriptedServer();
        await using var client = new MqttClient(server.Options with { ConnectTimeout = TimeSpan.FromSeconds(10) });
        var connecting = client.ConnectAsync();
        var first = await server.AcceptAsync();
        await first.ReadAsync(PacketType.Connect);

        server.Time.Advance(9.9);
        Assert.False(first.Stream.Disposed.IsCompleted);
        server.Time.Advance(0.1);

        await first.EndsAsync();
        var second = await server.AcceptAsync();
        await second.AcceptAsync();
        await connecting.Soon();
        second.Close();
    }

    [Fact, Spec("R12")]
    public async Task After_the_last_attempt_without_CONNACK_the_caller_is_told()
    {
        var server = new ScriptedServer();
        await using var client = new MqttClient(server.Options with { ConnectAttemptsMax = 2 });
        var connecting = client.ConnectAsync();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var connection = await server.AcceptAsync();
            await connection.ReadAsync(PacketType.Connect);
            server.Time.Advance(10);
            await connection.EndsAsync();
        }

        var exception = await Assert.ThrowsAsync<MqttConnectException>(() => connecting.Soon());

        Assert.Equal(MqttConnectFailure.NoConnack, exception.Failure);
        Assert.Equal("No CONNACK within 10 s.", exception.Message);
        Assert.Equal(2, server.ConnectionCount);
        Assert.Equal(MqttState.Disconnected, client.State);
    }

    [Fact]
    public async Task A_host_that_cannot_be_reached_is_an_error_at_once()
    {
        var server = new ScriptedServer { Unreachable = new SocketException((int)SocketError.ConnectionRefused) };
        await using var client = new MqttClient(server.Options);

        var exception = await Assert.ThrowsAsync<MqttConnectException>(() => client.ConnectAsync().Soon());

        Assert.Equal(MqttConnectFailure.Network, exception.Failure);
        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(exception.InnerException).SocketErrorCode);
        Assert.Equal(1, server.ConnectionCount);
    }

    [Fact]
    public async Task A_connection_closed_before_CONNACK_is_named_so()
    {
        var server = new ScriptedServer();
        await using var client = new MqttClient(server.Options);
        var connecting = client.ConnectAsync();
        var connection = await server.AcceptAsync();
        await connection.ReadAsync(PacketType.Connect);

        connection.Close();

        var exception = await Assert.ThrowsAsync<MqttConnectException>(() => connecting.Soon());
        Assert.Equal(MqttConnectFailure.ClosedBeforeConnack, exception.Failure);
    }

    [Theory, Spec("MQTT-3.2.2-7", "MQTT3-3.2.2-5")]
    [InlineData(ProtocolVersion.Mqtt5, ConnackReasonCode.NotAuthorized)]
    [InlineData(ProtocolVersion.Mqtt5, ConnackReasonCode.UnsupportedProtocolVersion)]
    [InlineData(ProtocolVersion.Mqtt311, ConnackReasonCode.BadUserNameOrPassword)]
    [InlineData(ProtocolVersion.Mqtt31, ConnackReasonCode.ClientIdentifierNotValid)]
    public async Task A_refusal_carries_its_reason_code(ProtocolVersion version, ConnackReasonCode code)
    {
        var server = new ScriptedServer(version);
        await using var client = new MqttClient(server.Options);
        var connecting = client.ConnectAsync();
        var connection = await server.AcceptAsync();
        await connection.ReadAsync(PacketType.Connect);

        await connection.SendAsync(Bytes.Connack(version, code: code));

        var exception = await Assert.ThrowsAsync<MqttConnectException>(() => connecting.Soon());
        Assert.Equal(MqttConnectFailure.Refused, exception.Failure);
        Assert.Equal(code, exception.ReasonCode);
        Assert.Equal(version == ProtocolVersion.Mqtt5 ? null : code.ToReturnCode(), exception.ReturnCode);
        await connection.EndsAsync();
    }

    [Fact, Spec("MQTT3-3.1.2-2")]
    public async Task A_server_that_knows_only_3_1_1_refuses_5_0_in_its_own_form()
    {
        var server = new ScriptedServer();
        await using var client = new MqttClient(server.Options);
        var connecting = client.ConnectAsync();
        var connection = await server.AcceptAsync();
        await connection.ReadAsync(PacketType.Connect);

        await connection.SendAsync([0x20, 2, 0, 1]);

        var exception = await Assert.ThrowsAsync<MqttConnectException>(() => connecting.Soon());
        Assert.Equal(ConnackReasonCode.UnsupportedProtocolVersion, exception.ReasonCode);
    }

    [Fact, Spec("MQTT-3.2.2-4")]
    public async Task Session_Present_after_Clean_Start_is_a_protocol_error()
    {
        var server = new ScriptedServer();
        await using var client = new MqttClient(server.Options);
        var connecting = client.ConnectAsync();
        var connection = await server.AcceptAsync();

        await connection.AcceptAsync(sessionPresent: true);

        Assert.Equal(DisconnectReasonCode.ProtocolError, await connection.EndsWithDisconnectAsync());
        var exception = await Assert.ThrowsAsync<MqttConnectException>(() => connecting.Soon());
        Assert.Equal(MqttConnectFailure.ProtocolError, exception.Failure);
    }

    [Fact, Spec("MQTT-3.2.0-1", "MQTT3-3.2.0-1")]
    public async Task A_packet_before_CONNACK_is_a_protocol_error()
    {
        var server = new ScriptedServer();
        await using var client = new MqttClient(server.Options);
        var connecting = client.ConnectAsync();
        var connection = await server.AcceptAsync();
        await connection.ReadAsync(PacketType.Connect);

        await connection.PublishAsync("t", "early");

        Assert.Equal(DisconnectReasonCode.ProtocolError, await connection.EndsWithDisconnectAsync());
        await Assert.ThrowsAsync<MqttConnectException>(() => connecting.Soon());
    }

    [Fact, Spec("MQTT-3.2.2-16", "MQTT-3.1.3-2")]
    public async Task The_assigned_client_id_is_used_from_then_on()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(
            options => options with { ClientId = "", SessionExpiry = TimeSpan.FromSeconds(100) },
            connack: (ref PropertyWriter writer) => writer.Add(PropertyId.AssignedClientIdentifier, "auto-1"));
        connection.Drop();
        await client.DisconnectAsync().Soon();

        var connecting = client.ConnectAsync();
        var again = await server.AcceptAsync();
        var connect = await again.AcceptAsync(sessionPresent: true);
        var result = await connecting.Soon();

        Assert.Equal("auto-1", Encoding.UTF8.GetString(connect.Connect().ClientId));
        Assert.False(connect.Connect().CleanStart);
        Assert.Equal("auto-1", result.ClientId);
        again.Close();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task In_3_1_a_client_without_an_id_makes_one_of_at_most_23_characters()
    {
        var server = new ScriptedServer(ProtocolVersion.Mqtt31);
        await using var client = new MqttClient(server.Options with { ClientId = "" });

        var connecting = client.ConnectAsync();
        var connection = await server.AcceptAsync();
        var connect = await connection.AcceptAsync();
        await connecting.Soon();

        Assert.InRange(connect.Connect().ClientId.Length, 1, 23);
        connection.Close();
    }

    [Fact]
    public async Task What_the_server_allows_is_in_the_result()
    {
        var server = new ScriptedServer();
        await using var client = new MqttClient(server.Options);
        var connecting = client.ConnectAsync();
        var connection = await server.AcceptAsync();
        await connection.AcceptAsync(properties: (ref PropertyWriter writer) =>
        {
            writer.Add(PropertyId.SessionExpiryInterval, 5);
            writer.Add(PropertyId.ReceiveMaximum, 6);
            writer.Add(PropertyId.MaximumQoS, 1);
            writer.Add(PropertyId.RetainAvailable, 0);
            writer.Add(PropertyId.MaximumPacketSize, 7);
            writer.Add(PropertyId.TopicAliasMaximum, 8);
            writer.Add(PropertyId.WildcardSubscriptionAvailable, 0);
            writer.Add(PropertyId.SubscriptionIdentifierAvailable, 0);
            writer.Add(PropertyId.SharedSubscriptionAvailable, 0);
            writer.Add(PropertyId.ServerKeepAlive, 9);
            writer.Add(PropertyId.ResponseInformation, "ri");
            writer.Add(PropertyId.ReasonString, "welcome");
            writer.AddUserProperty("k"u8, "v"u8);
        });

        var result = await connecting.Soon();

        var expected = new MqttConnectResult
        {
            ClientId = "c",
            SessionExpiry = TimeSpan.FromSeconds(5),
            ReceiveMaximum = 6,
            MaximumQoS = MqttQoS.AtLeastOnce,
            RetainAvailable = false,
            MaximumPacketSize = 7,
            TopicAliasMaximum = 8,
            WildcardSubscriptionAvailable = false,
            SubscriptionIdentifierAvailable = false,
            SharedSubscriptionAvailable = false,
            KeepAlive = TimeSpan.FromSeconds(9),
            ResponseInformation = "ri",
            ReasonString = "welcome",
            UserProperties = result.UserProperties,
        };
        Assert.Equal(expected, result);
        Assert.Equal([new MqttUserProperty("k", "v")], result.UserProperties);
        connection.Close();
    }

    [Fact]
    public async Task Cancelling_ConnectAsync_closes_the_socket()
    {
        var server = new ScriptedServer();
        await using var client = new MqttClient(server.Options);
        using var cancel = new CancellationTokenSource();
        var connecting = client.ConnectAsync(cancel.Token);
        var connection = await server.AcceptAsync();
        await connection.ReadAsync(PacketType.Connect);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.Soon());
        await connection.EndsAsync();
        Assert.Equal(MqttState.Disconnected, client.State);
    }

    [Fact]
    public async Task A_second_ConnectAsync_is_the_callers_mistake()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.ConnectAsync().Soon());

        connection.Close();
        await client.DisposeAsync().Soon();
    }
}
