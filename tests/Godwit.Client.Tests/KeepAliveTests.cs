using Godwit.Client.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Client.Tests;

public sealed class KeepAliveTests
{
    [Theory, Spec("R36", "MQTT-3.1.2-20", "MQTT3-3.1.2-23")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public async Task PINGREQ_is_sent_when_nothing_was_sent_for_the_Keep_Alive(ProtocolVersion version)
    {
        var server = new ScriptedServer(version);
        var (client, connection) = await server.ConnectAsync();

        server.Time.Advance(59.9);
        await client.PublishAsync("mark", default).Soon();
        await connection.ReadAsync(PacketType.Publish);         // and no PINGREQ before it
        server.Time.Advance(59.9);
        await client.PublishAsync("mark", default).Soon();
        await connection.ReadAsync(PacketType.Publish);         // data counts as a sign of life
        server.Time.Advance(60);

        await connection.ReadAsync(PacketType.Pingreq);
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact, Spec("R36")]
    public async Task What_the_server_sends_does_not_count()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync();
        var messages = client.Messages.GetAsyncEnumerator(CancellationToken.None);

        server.Time.Advance(30);
        await connection.PublishAsync("a", "x");
        await messages.MoveNextAsync().Soon();
        server.Time.Advance(30);

        await connection.ReadAsync(PacketType.Pingreq);
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact, Spec("R36")]
    public async Task With_PINGRESP_the_next_PINGREQ_follows_after_the_next_Keep_Alive()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            server.Time.Advance(60);
            await connection.ReadAsync(PacketType.Pingreq);
            await connection.SendAsync(Bytes.Pingresp);
            await HandledAsync(client, connection);
        }

        Assert.Equal(MqttState.Connected, client.State);
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact, Spec("R37")]
    public async Task Without_PINGRESP_in_time_the_connection_is_closed()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(options => options with { PingTimeout = TimeSpan.FromSeconds(10) });
        var messages = client.Messages.GetAsyncEnumerator(CancellationToken.None);
        server.Time.Advance(60);
        await connection.ReadAsync(PacketType.Pingreq);

        server.Time.Advance(9.9);
        Assert.False(connection.Stream.Disposed.IsCompleted);
        server.Time.Advance(0.1);

        await connection.EndsAsync();
        var exception = await Assert.ThrowsAsync<MqttConnectionLostException>(() => messages.MoveNextAsync().Soon());
        Assert.Equal("The connection ended: no PINGRESP came in time.", exception.Message);
        await client.DisposeAsync().Soon();
    }

    [Fact, Spec("R37")]
    public async Task A_lost_server_is_noticed_and_a_new_connection_made()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(options => options with { Reconnect = true });

        server.Time.Advance(60);
        await connection.ReadAsync(PacketType.Pingreq);
        server.Time.Advance(10);
        await connection.EndsAsync();

        var again = await server.ReconnectAsync(sessionPresent: false);
        again.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task A_reader_that_is_slow_does_not_count_as_a_lost_server()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(options => options with { MessageQueueMax = 1 });
        var messages = client.Messages.GetAsyncEnumerator(CancellationToken.None);
        await connection.PublishAsync("a", "1");
        await connection.PublishAsync("a", "2");
        await messages.MoveNextAsync().Soon();
        while (!client.IsReceivingPaused)
        {
            await Task.Yield();
        }

        server.Time.Advance(60);
        await connection.ReadAsync(PacketType.Pingreq);
        await connection.SendAsync(Bytes.Pingresp);             // stands behind what is not read
        server.Time.Advance(300);

        Assert.False(connection.Stream.Disposed.IsCompleted);
        await messages.MoveNextAsync().Soon();
        Assert.Equal("2", messages.Current.GetString());
        Assert.Equal(MqttState.Connected, client.State);
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact, Spec("MQTT-3.1.2-21", "MQTT-3.2.2-21")]
    public async Task The_Server_Keep_Alive_is_used()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(connack: (ref PropertyWriter writer) => writer.Add(PropertyId.ServerKeepAlive, 5));

        server.Time.Advance(5);

        await connection.ReadAsync(PacketType.Pingreq);
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task A_Keep_Alive_of_zero_sends_no_PINGREQ()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(options => options with { KeepAlive = TimeSpan.Zero });

        server.Time.Advance(100_000);
        await client.PublishAsync("mark", default).Soon();

        await connection.ReadAsync(PacketType.Publish);
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task While_PINGRESP_is_awaited_the_server_still_hears_from_the_client()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(
            options => options with { KeepAlive = TimeSpan.FromSeconds(5), PingTimeout = TimeSpan.FromSeconds(12) });

        server.Time.Advance(5);
        await connection.ReadAsync(PacketType.Pingreq);
        server.Time.Advance(5);
        await connection.ReadAsync(PacketType.Pingreq);
        server.Time.Advance(5);
        await connection.ReadAsync(PacketType.Pingreq);
        server.Time.Advance(2);

        await connection.EndsAsync();
        await client.DisposeAsync().Soon();
    }

    /// <summary>What the server sent before was handled.</summary>
    private static async Task HandledAsync(MqttClient client, ServerConnection connection)
    {
        await connection.SendAsync(Bytes.Ack(PacketType.Pubrel, 1));
        await connection.ReadAsync(PacketType.Pubcomp);
        Assert.Equal(MqttState.Connected, client.State);
    }
}
