using System.Text;
using Godwit.Client.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Tests;

/// <summary>What happens to messages and subscriptions when the connection is lost and made again.</summary>
public sealed class ResumeTests
{
    private static readonly byte[] Hello = "hello"u8.ToArray();

    [Theory, Spec("R17", "MQTT-4.4.0-1", "MQTT-3.3.1-1", "MQTT3-4.4.0-1", "MQTT3-3.3.1-1", "MQTT-4.6.0-1", "MQTT3-4.6.0-1")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public async Task With_Session_Present_unacknowledged_messages_are_sent_again_in_order_with_DUP(ProtocolVersion version)
    {
        var (server, client, connection) = await ConnectAsync(version);
        var one = client.PublishAsync("one", Hello, MqttQoS.AtLeastOnce).AsTask();
        var two = client.PublishAsync("two", Hello, MqttQoS.ExactlyOnce).AsTask();
        var ids = new[] { (await connection.ReadAsync()).PacketId(), (await connection.ReadAsync()).PacketId() };

        connection.Drop();
        var again = await server.ReconnectAsync(sessionPresent: version != ProtocolVersion.Mqtt31);

        var first = await again.ReadAsync(PacketType.Publish);
        var second = await again.ReadAsync(PacketType.Publish);
        Assert.Equal((ids[0], ids[1]), (first.PacketId(), second.PacketId()));
        Assert.True(first.Publish().Dup && second.Publish().Dup);
        Assert.Equal("two", Encoding.UTF8.GetString(second.Publish().Topic));
        await again.SendAsync(Bytes.Ack(PacketType.Puback, ids[0]));
        await again.SendAsync(Bytes.Ack(PacketType.Pubrec, ids[1]));
        await again.ReadAsync(PacketType.Pubrel);
        await again.SendAsync(Bytes.Ack(PacketType.Pubcomp, ids[1]));
        Assert.True((await one.Soon()).IsSuccess);
        Assert.True((await two.Soon()).IsSuccess);
        await EndAsync(client, again);
    }

    [Fact, Spec("MQTT-4.3.3-6", "MQTT-4.3.3-5", "MQTT-4.4.0-1")]
    public async Task After_PUBREC_only_PUBREL_is_sent_again()
    {
        var (server, client, connection) = await ConnectAsync();
        var publishing = client.PublishAsync("a", Hello, MqttQoS.ExactlyOnce).AsTask();
        var publish = await connection.ReadAsync(PacketType.Publish);
        await connection.SendAsync(Bytes.Ack(PacketType.Pubrec, publish.PacketId()));
        await connection.ReadAsync(PacketType.Pubrel);

        connection.Drop();
        var again = await server.ReconnectAsync(sessionPresent: true);

        var pubrel = await again.ReadAsync(PacketType.Pubrel);
        Assert.Equal(publish.PacketId(), pubrel.PacketId());
        await again.SendAsync(Bytes.Ack(PacketType.Pubcomp, publish.PacketId()));
        Assert.True((await publishing.Soon()).IsSuccess);
        await EndAsync(client, again);
    }

    [Fact, Spec("MQTT-3.2.2-5")]
    public async Task Without_a_session_a_QoS_1_message_is_published_anew()
    {
        var (server, client, connection) = await ConnectAsync();
        var acknowledged = client.PublishAsync("zero", Hello, MqttQoS.AtLeastOnce).AsTask();
        var publishing = client.PublishAsync("one", Hello, MqttQoS.AtLeastOnce).AsTask();
        await connection.ReadAsync(PacketType.Publish);
        await connection.ReadAsync(PacketType.Publish);
        await connection.SendAsync(Bytes.Ack(PacketType.Puback, 1));
        await acknowledged.Soon();

        connection.Drop();
        var again = await server.ReconnectAsync(sessionPresent: false);

        var publish = await again.ReadAsync(PacketType.Publish);
        Assert.Equal("one", Encoding.UTF8.GetString(publish.Publish().Topic));
        Assert.False(publish.Publish().Dup);
        Assert.NotEqual(2, publish.PacketId());                 // a new message has a new id
        await again.SendAsync(Bytes.Ack(PacketType.Puback, publish.PacketId()));
        Assert.True((await publishing.Soon()).IsSuccess);
        await EndAsync(client, again);
    }

    [Theory, Spec("MQTT-3.2.2-5")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_a_session_a_QoS_2_message_in_flight_fails_because_its_fate_is_unknown(bool afterPubrec)
    {
        var (server, client, connection) = await ConnectAsync();
        var inFlight = client.PublishAsync("in flight", Hello, MqttQoS.ExactlyOnce).AsTask();
        await connection.ReadAsync(PacketType.Publish);
        if (afterPubrec)
        {
            await connection.SendAsync(Bytes.Ack(PacketType.Pubrec, 1));
            await connection.ReadAsync(PacketType.Pubrel);
        }

        connection.Drop();
        var again = await server.ReconnectAsync(sessionPresent: false);
        var waiting = client.PublishAsync("later", Hello, MqttQoS.ExactlyOnce).AsTask();

        var exception = await Assert.ThrowsAsync<MqttConnectionLostException>(() => inFlight.Soon());
        Assert.Contains("not known", exception.Message, StringComparison.Ordinal);
        Assert.Equal("later", Encoding.UTF8.GetString((await again.ReadAsync(PacketType.Publish)).Publish().Topic));
        Assert.False(waiting.IsCompleted);
        again.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task Messages_published_while_there_is_no_connection_are_sent_when_there_is_one()
    {
        var (server, client, connection) = await ConnectAsync();
        connection.Drop();
        await client.IsAsync(MqttState.Reconnecting);

        var zero = client.PublishAsync("zero", Hello).AsTask();
        var one = client.PublishAsync("one", Hello, MqttQoS.AtLeastOnce).AsTask();
        var again = await server.ReconnectAsync(sessionPresent: true);

        Assert.Equal("zero", Encoding.UTF8.GetString((await again.ReadAsync(PacketType.Publish)).Publish().Topic));
        Assert.Equal("one", Encoding.UTF8.GetString((await again.ReadAsync(PacketType.Publish)).Publish().Topic));
        await zero.Soon();
        await again.SendAsync(Bytes.Ack(PacketType.Puback, 1));
        await one.Soon();
        await EndAsync(client, again);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Subscriptions_are_made_again_only_without_a_session(bool sessionPresent)
    {
        var (server, client, connection) = await ConnectAsync();
        var subscribing = client.SubscribeAsync(["a", "b/#", "gone"], new() { QoS = MqttQoS.AtLeastOnce });
        await connection.ReadAsync(PacketType.Subscribe);
        await connection.SendAsync(Bytes.Suback(ProtocolVersion.Mqtt5, 1, 1, 1, 0x87));
        await subscribing.Soon();
        var unsubscribing = client.UnsubscribeAsync(["b/#"]);
        await connection.ReadAsync(PacketType.Unsubscribe);
        await connection.SendAsync(Bytes.Unsuback(ProtocolVersion.Mqtt5, 2, 0));
        await unsubscribing.Soon();

        connection.Drop();
        var again = await server.ReconnectAsync(sessionPresent);
        await client.PublishAsync("mark", Hello).Soon();

        if (!sessionPresent)
        {
            var subscribe = (await again.ReadAsync(PacketType.Subscribe)).Subscribe();
            Assert.Equal("000161" + "01", Convert.ToHexString(subscribe.FilterBytes));
        }

        await again.ReadAsync(PacketType.Publish);
        again.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task A_subscribe_without_SUBACK_is_sent_again_on_the_next_connection()
    {
        var (server, client, connection) = await ConnectAsync();
        var subscribing = client.SubscribeAsync(["a"]);
        await connection.ReadAsync(PacketType.Subscribe);

        connection.Drop();
        var again = await server.ReconnectAsync(sessionPresent: true);

        var subscribe = await again.ReadAsync(PacketType.Subscribe);
        await again.SendAsync(Bytes.Suback(ProtocolVersion.Mqtt5, subscribe.PacketId(), 0));
        Assert.True((await subscribing.Soon()).IsSuccess);
        await EndAsync(client, again);
    }

    [Fact]
    public async Task A_message_that_the_new_connection_does_not_allow_fails()
    {
        var (server, client, connection) = await ConnectAsync();
        var publishing = client.PublishAsync("a", new byte[100], MqttQoS.AtLeastOnce).AsTask();
        await connection.ReadAsync(PacketType.Publish);

        connection.Drop();
        var again = await server.ReconnectAsync(
            sessionPresent: true, (ref PropertyWriter writer) => writer.Add(PropertyId.MaximumPacketSize, 50));

        var exception = await Assert.ThrowsAsync<MqttRequestException>(() => publishing.Soon());
        Assert.Equal(DisconnectReasonCode.PacketTooLarge, exception.ReasonCode);
        await EndAsync(client, again);
    }

    [Fact, Spec("R20")]
    public async Task Without_Reconnect_the_caller_is_told_and_the_message_is_kept_for_the_session()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(options => options with { SessionExpiry = TimeSpan.FromHours(1) });
        var publishing = client.PublishAsync("a", Hello, MqttQoS.AtLeastOnce).AsTask();
        await connection.ReadAsync(PacketType.Publish);

        connection.Drop();
        await Assert.ThrowsAsync<MqttConnectionLostException>(() => publishing.Soon());
        var connecting = client.ConnectAsync();
        var again = await server.AcceptAsync();
        await again.AcceptAsync(sessionPresent: true);
        await connecting.Soon();

        Assert.True((await again.ReadAsync(PacketType.Publish)).Publish().Dup);
        again.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task Reconnecting_waits_longer_each_time_and_reports_why()
    {
        var (server, client, connection) = await ConnectAsync();
        var events = client.ConnectionEvents.GetAsyncEnumerator(CancellationToken.None);
        server.Unreachable = new IOException("no route");
        connection.Drop();

        Assert.Equal("the connection failed: connection reset", (await NextAsync(events)).Reason);
        for (var attempt = 2; attempt < 12; attempt++)
        {
            while (server.ConnectionCount < attempt)
            {
                server.Time.Advance(0.05);
                await Task.Yield();
            }

            var failure = await NextAsync(events);
            Assert.Equal(MqttState.Reconnecting, failure.State);
            Assert.Equal("No connection to localhost port 1883: no route", failure.Reason);
        }

        server.Unreachable = null;
        var again = await server.ReconnectAsync(sessionPresent: true);
        var connected = await NextAsync(events);
        Assert.Equal(MqttState.Connected, connected.State);
        Assert.True(connected.Result!.SessionPresent);
        await EndAsync(client, again);
    }

    [Theory]
    [InlineData(ConnackReasonCode.NotAuthorized, true)]
    [InlineData(ConnackReasonCode.Banned, true)]
    [InlineData(ConnackReasonCode.ServerBusy, false)]
    public async Task A_refusal_that_will_not_pass_ends_reconnecting(ConnackReasonCode code, bool isFinal)
    {
        var (server, client, connection) = await ConnectAsync();
        var publishing = client.PublishAsync("a", Hello, MqttQoS.AtLeastOnce).AsTask();
        await connection.ReadAsync(PacketType.Publish);
        connection.Drop();
        var refused = await server.NextConnectionAsync();
        await refused.ReadAsync(PacketType.Connect);
        await refused.SendAsync(Bytes.Connack(ProtocolVersion.Mqtt5, code: code));

        if (isFinal)
        {
            var exception = await Assert.ThrowsAsync<MqttConnectException>(() => publishing.Soon());
            Assert.Equal(code, exception.ReasonCode);
            Assert.Equal(MqttState.Disconnected, client.State);
        }
        else
        {
            var again = await server.ReconnectAsync(sessionPresent: true);
            await again.ReadAsync(PacketType.Publish);
            again.Drop();
        }

        await client.DisposeAsync().Soon();
    }

    private static async Task<(ScriptedServer Server, MqttClient Client, ServerConnection Connection)> ConnectAsync(
        ProtocolVersion version = ProtocolVersion.Mqtt5)
    {
        var server = new ScriptedServer(version);
        var (client, connection) = await server.ConnectAsync(options => version == ProtocolVersion.Mqtt5
            ? options with { Reconnect = true, SessionExpiry = TimeSpan.FromHours(1) }
            : options with { Reconnect = true, CleanStart = false });
        return (server, client, connection);
    }

    private static async Task EndAsync(MqttClient client, ServerConnection connection)
    {
        await client.IsAsync(MqttState.Connected);
        var disposing = client.DisposeAsync();
        await connection.EndsWithDisconnectAsync();
        await disposing.Soon();
    }

    private static async Task<MqttConnectionEvent> NextAsync(IAsyncEnumerator<MqttConnectionEvent> events)
    {
        Assert.True(await events.MoveNextAsync().Soon());
        return events.Current;
    }
}
