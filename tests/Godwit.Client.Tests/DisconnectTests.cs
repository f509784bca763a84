using System.Text;
using Godwit.Client.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Tests;

public sealed class DisconnectTests
{
    private static readonly byte[] Hello = "hello"u8.ToArray();

    [Theory, Spec("R53", "MQTT-3.14.4-1", "MQTT-3.14.4-2", "MQTT3-3.14.4-1", "MQTT3-3.14.4-2")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public async Task DISCONNECT_is_the_last_packet_and_comes_after_the_messages_in_flight(ProtocolVersion version)
    {
        var server = new ScriptedServer(version);
        var (client, connection) = await server.ConnectAsync();
        var publishing = client.PublishAsync("a", Hello, MqttQoS.AtLeastOnce).AsTask();
        await connection.ReadAsync(PacketType.Publish);

        var disconnecting = client.DisconnectAsync();
        await connection.SendAsync(Bytes.Ack(PacketType.Puback, 1));

        Assert.Equal(DisconnectReasonCode.NormalDisconnection, await connection.EndsWithDisconnectAsync());
        await disconnecting.Soon();
        Assert.True((await publishing.Soon()).IsSuccess);
        Assert.Equal(MqttState.Disconnected, client.State);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task Messages_still_queued_are_sent_before_DISCONNECT()
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync(options => options with { InFlightMax = 1 });
        var publishing = Enumerable.Range(0, 3).Select(i => client.PublishAsync($"{i}", Hello, MqttQoS.AtLeastOnce).AsTask()).ToArray();

        var disconnecting = client.DisconnectAsync();
        for (ushort id = 1; id <= 3; id++)
        {
            Assert.Equal($"{id - 1}", Encoding.UTF8.GetString((await connection.ReadAsync(PacketType.Publish)).Publish().Topic));
            await connection.SendAsync(Bytes.Ack(PacketType.Puback, id));
        }

        await connection.EndsWithDisconnectAsync();
        await disconnecting.Soon();
        await Task.WhenAll(publishing).Soon();
        await client.DisposeAsync().Soon();
    }

    /// <summary>Leaving between PUBREC and PUBCOMP would leave the exchange open in a session that lasts.</summary>
    [Fact, Spec("R53", "MQTT-4.3.3-11", "MQTT3-4.3.3-2")]
    public async Task A_QoS_2_message_that_was_read_is_completed_before_DISCONNECT()
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync();
        await connection.PublishAsync("a", "once", QoS.ExactlyOnce, id: 7);
        await using var messages = client.Messages.GetAsyncEnumerator();
        Assert.True(await messages.MoveNextAsync().AsTask().Soon());
        await messages.Current.AckAsync();
        await connection.ReadAsync(PacketType.Pubrec);

        var disconnecting = client.DisconnectAsync();
        await connection.SendAsync(Bytes.Ack(PacketType.Pubrel, 7));

        await connection.ReadAsync(PacketType.Pubcomp);
        await connection.EndsWithDisconnectAsync();
        await disconnecting.Soon();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task Without_an_acknowledgement_in_time_DISCONNECT_is_sent_all_the_same()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(options => options with { DisconnectTimeout = TimeSpan.FromSeconds(4) });
        var publishing = client.PublishAsync("a", Hello, MqttQoS.AtLeastOnce).AsTask();
        await connection.ReadAsync(PacketType.Publish);

        var disconnecting = client.DisconnectAsync();
        server.Time.Advance(2);

        await connection.EndsWithDisconnectAsync();
        await disconnecting.Soon();
        await Assert.ThrowsAsync<MqttConnectionLostException>(() => publishing.Soon());
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task A_server_that_does_not_close_is_left_after_the_time_limit()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync();

        var disconnecting = client.DisconnectAsync();
        await connection.ReadAsync(PacketType.Disconnect);
        Assert.False(disconnecting.IsCompleted);
        server.Time.Advance(2);

        await disconnecting.Soon();
        await connection.EndsAsync();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task What_the_server_sends_after_DISCONNECT_is_thrown_away()
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync();

        var disconnecting = client.DisconnectAsync();
        await connection.ReadAsync(PacketType.Disconnect);
        await connection.PublishAsync("a", "late", QoS.AtLeastOnce, id: 1);
        await connection.SendAsync([0xFF, 0xFF]);
        connection.Close();

        await connection.EndsAsync();
        await disconnecting.Soon();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task DISCONNECT_can_ask_for_the_will()
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync();

        var disconnecting = client.DisconnectAsync(DisconnectReasonCode.DisconnectWithWillMessage);

        Assert.Equal(DisconnectReasonCode.DisconnectWithWillMessage, await connection.EndsWithDisconnectAsync());
        await disconnecting.Soon();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task DisposeAsync_ends_even_when_the_stream_hangs()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync();
        connection.Stream.IsBlocked = true;
        var publishing = client.PublishAsync("a", Hello).AsTask();

        var disposing = client.DisposeAsync().AsTask();
        while (!disposing.IsCompleted)
        {
            server.Time.Advance(server.Time.IsArmed(2) ? 2 : 0);
            await Task.Yield();
        }

        Assert.InRange(server.Time.GetElapsedTime(0).TotalSeconds, 0, 4);
        await Assert.ThrowsAsync<MqttConnectionLostException>(() => publishing.Soon());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.PublishAsync("a", Hello).Soon());
        Assert.Equal(MqttState.Closed, client.State);
        connection.Stream.Unblock();
    }

    [Fact]
    public async Task DisposeAsync_ends_an_attempt_to_connect()
    {
        var server = new ScriptedServer();
        var client = new MqttClient(server.Options);
        var connecting = client.ConnectAsync();
        var connection = await server.AcceptAsync();
        await connection.ReadAsync(PacketType.Connect);

        await client.DisposeAsync().Soon();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.Soon());
        await connection.EndsAsync();
        Assert.Equal(MqttState.Closed, client.State);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task DisconnectAsync_ends_the_attempts_to_reconnect()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(options => options with { Reconnect = true });
        server.Unreachable = new IOException("no route");
        connection.Drop();
        await client.IsAsync(MqttState.Reconnecting);

        var publishing = client.PublishAsync("a", Hello).AsTask();
        await client.DisconnectAsync().Soon();

        Assert.Equal(MqttState.Disconnected, client.State);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing.Soon());
        await client.DisposeAsync().Soon();
    }

    [Theory, Spec("MQTT-4.13.2-1")]
    [InlineData(DisconnectReasonCode.ServerShuttingDown, true)]
    [InlineData(DisconnectReasonCode.SessionTakenOver, false)]
    [InlineData(DisconnectReasonCode.NotAuthorized, false)]
    public async Task The_servers_DISCONNECT_is_reported_with_its_reason(DisconnectReasonCode code, bool reconnects)
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(options => options with { Reconnect = true });
        var events = client.ConnectionEvents.GetAsyncEnumerator(CancellationToken.None);

        await connection.SendAsync(Bytes.Disconnect(code));

        await connection.EndsAsync();
        Assert.True(await events.MoveNextAsync().Soon());
        Assert.Equal(code, events.Current.ReasonCode);
        Assert.Equal($"the server disconnected: {ReasonWords.Of((byte)code)}", events.Current.Reason);
        Assert.Equal(reconnects ? MqttState.Reconnecting : MqttState.Disconnected, events.Current.State);
        if (reconnects)
        {
            (await server.ReconnectAsync(sessionPresent: false)).Drop();
        }
        else
        {
            var exception = await Assert.ThrowsAsync<MqttConnectionLostException>(
                () => client.Messages.GetAsyncEnumerator(CancellationToken.None).MoveNextAsync().Soon());
            Assert.Equal(code, exception.ReasonCode);
        }

        await client.DisposeAsync().Soon();
        var last = events.Current;
        while (await events.MoveNextAsync().Soon())
        {
            last = events.Current;
        }

        Assert.Equal(MqttState.Closed, last.State);
    }
}
