using System.Collections.Concurrent;
using System.Text;
using Godwit.Client.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Client.Tests;

/// <summary>Many threads at once; the time stands still, so that whatever waits for a time limit hangs and fails.</summary>
public sealed class StressTests
{
    [Fact]
    public async Task A_thousand_short_connections_end_without_a_time_limit()
    {
        for (var i = 0; i < 1000; i++)
        {
            var (client, connection) = await new ScriptedServer().ConnectAsync();
            var serving = ServeAsync(connection, new Received());
            await client.PublishAsync("t", Encoding.UTF8.GetBytes($"{i}"), (MqttQoS)(i % 3)).Soon();
            await client.DisposeAsync().Soon();
            await serving.Soon();
        }
    }

    [Fact, Spec("R17", "R20", "MQTT-4.3.3-6", "MQTT-4.4.0-1")]
    public async Task Messages_of_many_threads_survive_connections_that_break_at_any_moment()
    {
        const int Threads = 4;
        const int PerThread = 250;
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(options => options with
        {
            Reconnect = true,
            SessionExpiry = TimeSpan.FromHours(1),
            InFlightMax = 10,
        });
        var received = new Received();
        var publishing = Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < PerThread; i++)
            {
                var qos = i % 2 == 0 ? MqttQoS.AtLeastOnce : MqttQoS.ExactlyOnce;
                Assert.True((await client.PublishAsync($"{(int)qos}", Encoding.UTF8.GetBytes($"{thread} {i}"), qos)).IsSuccess);
            }
        })));

        var random = new Random(7);
        while (!publishing.IsCompleted)
        {
            await ServeAsync(connection, received, packetsMax: random.Next(1, 60), until: publishing);
            if (!publishing.IsCompleted)
            {
                connection.Drop();
                connection = await server.ReconnectAsync(sessionPresent: true);
            }
        }

        await publishing.Soon();
        Assert.Equal(Threads * PerThread / 2, received.ByQoS1.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(Threads * PerThread / 2, received.ByQoS2.Count);
        Assert.Equal(received.ByQoS2.Count, received.ByQoS2.Distinct(StringComparer.Ordinal).Count());
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    /// <summary>Answers the client as a server does that keeps its session in <paramref name="received"/>.</summary>
    private static async Task ServeAsync(ServerConnection connection, Received received, int packetsMax = int.MaxValue, Task? until = null)
    {
        for (var count = 0; count < packetsMax; count++)
        {
            var reading = connection.ReadAsync();
            if (until is not null && await Task.WhenAny(reading, until) == until)
            {
                return;
            }

            var packet = await reading;
            switch (packet.Type)
            {
                case PacketType.Publish when packet.Publish().QoS == QoS.AtMostOnce:
                    break;

                case PacketType.Publish when packet.Publish().QoS == QoS.AtLeastOnce:
                    received.ByQoS1.Enqueue(Encoding.UTF8.GetString(packet.Publish().Payload));
                    await connection.SendAsync(Bytes.Ack(PacketType.Puback, packet.PacketId()));
                    break;

                case PacketType.Publish:
                    if (received.Open.Add(packet.PacketId()))
                    {
                        received.ByQoS2.Enqueue(Encoding.UTF8.GetString(packet.Publish().Payload));
                    }

                    await connection.SendAsync(Bytes.Ack(PacketType.Pubrec, packet.PacketId()));
                    break;

                case PacketType.Pubrel:
                    received.Open.Remove(packet.PacketId());
                    await connection.SendAsync(Bytes.Ack(PacketType.Pubcomp, packet.PacketId()));
                    break;

                default:
                    Assert.Equal(PacketType.Disconnect, packet.Type);
                    connection.Close();
                    return;
            }
        }
    }

    /// <summary>What a server has got, and which QoS 2 exchanges are open.</summary>
    private sealed class Received
    {
        public ConcurrentQueue<string> ByQoS1 { get; } = new();

        public ConcurrentQueue<string> ByQoS2 { get; } = new();

        public HashSet<ushort> Open { get; } = [];
    }
}
