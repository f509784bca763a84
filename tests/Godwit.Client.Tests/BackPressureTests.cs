using System.Buffers;
using System.Text;
using Godwit.Client.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Client.Tests;

/// <summary>A reader that is slower than the server.</summary>
public sealed class BackPressureTests
{
    [Fact]
    public async Task When_the_queue_is_full_the_socket_is_not_read_until_there_is_room()
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync(options => options with { MessageQueueMax = 2 });
        var messages = client.Messages.GetAsyncEnumerator(CancellationToken.None);
        for (var i = 0; i < 5; i++)
        {
            await connection.PublishAsync("a", $"{i}");
        }

        await connection.SendAsync(Bytes.Ack(PacketType.Pubrel, 5));
        while (!client.IsReceivingPaused)
        {
            await Task.Yield();
        }

        for (var i = 0; i < 5; i++)
        {
            Assert.True(await messages.MoveNextAsync().Soon());
            Assert.Equal($"{i}", messages.Current.GetString());
        }

        await connection.ReadAsync(PacketType.Pubcomp);         // what stood behind the messages was read at last
        Assert.False(client.IsReceivingPaused);
        Assert.Equal(0, client.Dropped);
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task The_queue_is_limited_in_bytes_too()
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync(options => options with { MessageQueueBytesMax = 100 });
        for (var i = 0; i < 3; i++)
        {
            await connection.PublishAsync("a", new string('x', 60));
        }

        var publishing = client.PublishAsync("b", default, MqttQoS.AtLeastOnce).AsTask();
        await connection.ReadAsync(PacketType.Publish);
        await connection.SendAsync(Bytes.Ack(PacketType.Puback, 1));
        await publishing.Soon();

        Assert.Equal(1, client.Dropped);        // the third: two have 122 bytes with their topics
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task While_an_answer_is_awaited_reading_goes_on_and_QoS_0_is_dropped_and_counted()
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync(options => options with { MessageQueueMax = 2 });
        for (var i = 0; i < 4; i++)
        {
            await connection.PublishAsync("a", $"{i}");
        }

        await connection.PublishAsync("a", "kept", QoS.AtLeastOnce, id: 1);
        var publishing = client.PublishAsync("b", default, MqttQoS.AtLeastOnce).AsTask();
        await connection.ReadAsync(PacketType.Publish);
        await connection.SendAsync(Bytes.Ack(PacketType.Puback, 1));

        await publishing.Soon();
        Assert.Equal(2, client.Dropped);
        var received = new List<string>();
        await using var messages = client.Messages.GetAsyncEnumerator(CancellationToken.None);
        while (received.Count < 3 && await messages.MoveNextAsync().Soon())
        {
            received.Add(messages.Current.GetString());
        }

        Assert.Equal(["0", "1", "kept"], received);
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Theory]
    [InlineData(MqttQoS.AtMostOnce)]
    [InlineData(MqttQoS.AtLeastOnce)]
    [InlineData(MqttQoS.ExactlyOnce)]
    public async Task The_loop_over_the_messages_may_publish_at_every_QoS(MqttQoS qos)
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync(options => options with { MessageQueueMax = 1, ReceiveMaximum = 3 });
        for (ushort id = 1; id <= 3; id++)
        {
            await connection.PublishAsync("in", $"{id}", QoS.AtLeastOnce, id);
        }

        var echoing = EchoAsync(client, qos);
        var echoes = new List<string>();
        while (echoes.Count < 3)
        {
            var packet = await connection.ReadAsync();
            switch (packet.Type)
            {
                case PacketType.Publish:
                    echoes.Add(Encoding.UTF8.GetString(packet.Publish().Payload));
                    if (qos != MqttQoS.AtMostOnce)
                    {
                        await connection.SendAsync(Bytes.Ack(qos == MqttQoS.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec, packet.PacketId()));
                    }

                    break;

                case PacketType.Pubrel:
                    await connection.SendAsync(Bytes.Ack(PacketType.Pubcomp, packet.PacketId()));
                    break;

                default:
                    Assert.Equal(PacketType.Puback, packet.Type);
                    break;
            }
        }

        Assert.Equal(["1", "2", "3"], echoes);
        connection.Drop();
        await Assert.ThrowsAsync<MqttConnectionLostException>(() => echoing.Soon());
        await client.DisposeAsync().Soon();
    }

    private static async Task EchoAsync(MqttClient client, MqttQoS qos)
    {
        await foreach (var message in client.Messages)
        {
            await client.PublishAsync("out", message.Payload.ToArray(), qos);
        }
    }
}
