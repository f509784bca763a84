using System.Diagnostics;
using System.Threading.Channels;
using Godwit.Protocol;

namespace Godwit.Client.Tests.Harness;

/// <summary>A server in memory whose every packet the test writes itself, and a client for it, in virtual time.</summary>
public sealed class ScriptedServer(ProtocolVersion version = ProtocolVersion.Mqtt5)
{
    private readonly Channel<ServerConnection> _connections = Channel.CreateUnbounded<ServerConnection>();

    public ManualTime Time { get; } = new();

    /// <summary>Connections that the client has opened.</summary>
    public int ConnectionCount { get; private set; }

    /// <summary>What the next connections throw instead of opening.</summary>
    public Exception? Unreachable { get; set; }

    public MqttClientOptions Options => new()
    {
        Version = version,
        ClientId = "c",
        TimeProvider = Time,
        Reconnect = false,
        StreamFactory = OpenAsync,
    };

    /// <summary>The next connection that the client opens.</summary>
    public Task<ServerConnection> AcceptAsync() => _connections.Reader.ReadAsync().Soon();

    /// <summary>A client that is connected to <paramref name="configure"/>'s options.</summary>
    public async Task<(MqttClient Client, ServerConnection Connection)> ConnectAsync(
        Func<MqttClientOptions, MqttClientOptions>? configure = null, bool sessionPresent = false, Bytes.AddProperties? connack = null)
    {
        var client = new MqttClient(configure is null ? Options : configure(Options));
        var connecting = client.ConnectAsync();
        var connection = await AcceptAsync();
        await connection.AcceptAsync(sessionPresent, connack);
        await connecting.Soon();
        return (client, connection);
    }

    /// <summary>The client makes a new connection, which may take it a while of virtual time, and is accepted.</summary>
    public async Task<ServerConnection> ReconnectAsync(bool sessionPresent, Bytes.AddProperties? connack = null)
    {
        var connection = await NextConnectionAsync();
        await connection.AcceptAsync(sessionPresent, connack);
        return connection;
    }

    /// <summary>The client makes a new connection, which may take it a while of virtual time.</summary>
    public async Task<ServerConnection> NextConnectionAsync()
    {
        var started = Stopwatch.GetTimestamp();
        ServerConnection? connection;
        while (!_connections.Reader.TryRead(out connection))        // not a step further: its CONNACK has a time limit, too
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Waiting.Patience, "the client does not connect again");
            Time.Advance(0.1);
            await Task.Yield();
        }

        return connection;
    }

    private ValueTask<Stream> OpenAsync(MqttClientOptions options, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        ConnectionCount++;
        if (Unreachable is not null)
        {
            return ValueTask.FromException<Stream>(Unreachable);
        }

        var connection = new ServerConnection(version);
        Assert.True(_connections.Writer.TryWrite(connection));
        return new(connection.Stream);
    }
}
