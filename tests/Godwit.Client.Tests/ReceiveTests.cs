using Godwit.Client.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Tests;

public sealed class ReceiveTests
{
    [Theory]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public async Task A_message_arrives_with_everything_it_was_sent_with(ProtocolVersion version)
    {
        var server = new ScriptedServer(version);
        var (client, connection) = await server.ConnectAsync();

        await connection.SendAsync(Bytes.Publish(version, "a/ä", "päyload", QoS.AtLeastOnce, id: 7, dup: true, retain: true));

        var message = await NextAsync(client);
        Assert.Equal("a/ä", message.Topic);
        Assert.Equal("päyload", message.GetString());
        Assert.Equal(MqttQoS.AtLeastOnce, message.QoS);
        Assert.True(message.Retain && message.Dup);
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task All_properties_of_a_message_can_be_read()
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync();

        await connection.SendAsync(Bytes.Publish(ProtocolVersion.Mqtt5, "a", "", properties: (ref PropertyWriter writer) =>
        {
            writer.Add(PropertyId.PayloadFormatIndicator, 1);
            writer.Add(PropertyId.MessageExpiryInterval, 4);
            writer.Add(PropertyId.ContentType, "ct");
            writer.Add(PropertyId.ResponseTopic, "rt");
            writer.Add(PropertyId.CorrelationData, "cd"u8);
            writer.Add(PropertyId.SubscriptionIdentifier, 5);
            writer.Add(PropertyId.SubscriptionIdentifier, 300);
            writer.AddUserProperty("k"u8, "1"u8);
            writer.AddUserProperty("k"u8, "2"u8);
        }));

        var message = await NextAsync(client);
        Assert.True(message.IsText);
        Assert.Equal(TimeSpan.FromSeconds(4), message.MessageExpiry);
        Assert.Equal("ct", message.ContentType);
        Assert.Equal("rt", message.ResponseTopic);
        Assert.Equal("cd"u8.ToArray(), message.CorrelationData!.Value.ToArray());
        Assert.Equal([5u, 300u], message.SubscriptionIdentifiers);
        Assert.Equal([new("k", "1"), new("k", "2")], message.UserProperties);
        Assert.True(message.Payload.IsEmpty);
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact, Spec("MQTT-4.3.2-4", "MQTT-4.6.0-2", "MQTT3-4.6.0-2")]
    public async Task A_QoS_1_message_is_acknowledged_when_the_next_is_taken()
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync();
        var messages = client.Messages.GetAsyncEnumerator(CancellationToken.None);
        await connection.PublishAsync("a", "1", QoS.AtLeastOnce, id: 1);
        await connection.PublishAsync("a", "2", QoS.AtLeastOnce, id: 2);

        await messages.MoveNextAsync().Soon();
        await client.PublishAsync("mark", default).Soon();
        await connection.ReadAsync(PacketType.Publish);         // and no PUBACK before it
        await messages.MoveNextAsync().Soon();

        Assert.Equal(1, (await connection.ReadAsync(PacketType.Puback)).PacketId());
        await messages.Current.AckAsync();
        await messages.Current.AckAsync();
        Assert.Equal(2, (await connection.ReadAsync(PacketType.Puback)).PacketId());
        await client.PublishAsync("mark", default).Soon();
        await connection.ReadAsync(PacketType.Publish);         // and no second PUBACK
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact, Spec("MQTT-4.3.3-8", "MQTT-4.3.3-10", "MQTT-4.3.3-11", "MQTT-4.3.3-12", "MQTT3-4.3.3-2")]
    public async Task A_QoS_2_message_is_delivered_once_until_PUBREL()
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync();
        var messages = client.Messages.GetAsyncEnumerator(CancellationToken.None);
        await connection.PublishAsync("a", "first", QoS.ExactlyOnce, id: 9);
        await connection.PublishAsync("a", "first", QoS.ExactlyOnce, id: 9, dup: true);
        await messages.MoveNextAsync().Soon();
        await messages.Current.AckAsync();
        Assert.Equal(9, (await connection.ReadAsync(PacketType.Pubrec)).PacketId());

        await connection.PublishAsync("a", "first", QoS.ExactlyOnce, id: 9, dup: true);
        Assert.Equal(9, (await connection.ReadAsync(PacketType.Pubrec)).PacketId());
        await connection.SendAsync(Bytes.Ack(PacketType.Pubrel, 9));
        Assert.Equal("0009", Convert.ToHexString((await connection.ReadAsync(PacketType.Pubcomp)).Body));
        await connection.PublishAsync("a", "second", QoS.ExactlyOnce, id: 9);

        await messages.MoveNextAsync().Soon();
        Assert.Equal("second", messages.Current.GetString());
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task PUBREL_for_an_unknown_id_is_answered_with_PUBCOMP_0x92()
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync();

        await connection.SendAsync(Bytes.Ack(PacketType.Pubrel, 5));

        Assert.Equal("000592", Convert.ToHexString((await connection.ReadAsync(PacketType.Pubcomp)).Body));
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Theory, Spec("MQTT-4.3.3-10")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_QoS_2_message_that_is_sent_again_after_a_reconnect_is_delivered_once(bool readBefore)
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(options => options with { Reconnect = true, SessionExpiry = TimeSpan.FromHours(1) });
        var messages = client.Messages.GetAsyncEnumerator(CancellationToken.None);
        await connection.PublishAsync("a", "once", QoS.ExactlyOnce, id: 3);
        await messages.MoveNextAsync().Soon();
        if (readBefore)
        {
            await messages.Current.AckAsync();
            await connection.ReadAsync(PacketType.Pubrec);
        }

        connection.Drop();
        var again = await server.ReconnectAsync(sessionPresent: true);
        await again.PublishAsync("a", "once", QoS.ExactlyOnce, id: 3, dup: true);
        await again.PublishAsync("a", "next");
        await messages.MoveNextAsync().Soon();

        Assert.Equal("next", messages.Current.GetString());
        Assert.Equal(3, (await again.ReadAsync(PacketType.Pubrec)).PacketId());
        again.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task A_QoS_1_message_of_an_earlier_connection_is_not_acknowledged_on_the_next()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(options => options with { Reconnect = true, SessionExpiry = TimeSpan.FromHours(1) });
        var messages = client.Messages.GetAsyncEnumerator(CancellationToken.None);
        await connection.PublishAsync("a", "1", QoS.AtLeastOnce, id: 1);
        await messages.MoveNextAsync().Soon();

        connection.Drop();
        var again = await server.ReconnectAsync(sessionPresent: true);
        await messages.Current.AckAsync();
        await client.PublishAsync("mark", default).Soon();

        await again.ReadAsync(PacketType.Publish);              // and no PUBACK before it
        again.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact, Spec("MQTT-3.3.2-10", "MQTT-3.3.2-7")]
    public async Task A_topic_alias_stands_for_the_topic_of_this_connection()
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync(options => options with { TopicAliasMaximum = 2 });
        var messages = client.Messages.GetAsyncEnumerator(CancellationToken.None);

        await connection.SendAsync(Bytes.Publish(ProtocolVersion.Mqtt5, "long/topic", "1", properties: (ref PropertyWriter writer) => writer.Add(PropertyId.TopicAlias, 2)));
        await connection.SendAsync(Bytes.Publish(ProtocolVersion.Mqtt5, "", "2", properties: (ref PropertyWriter writer) => writer.Add(PropertyId.TopicAlias, 2)));

        await messages.MoveNextAsync().Soon();
        await messages.MoveNextAsync().Soon();
        Assert.Equal("long/topic 2", $"{messages.Current.Topic} {messages.Current.GetString()}");
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Theory, Spec("MQTT-3.3.4-9")]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public async Task More_messages_than_the_Receive_Maximum_are_a_protocol_error(QoS qos)
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync(options => options with { ReceiveMaximum = 2 });

        await connection.PublishAsync("a", "1", QoS.AtLeastOnce, id: 1);
        await connection.PublishAsync("a", "2", QoS.ExactlyOnce, id: 2);
        await connection.PublishAsync("a", "2", QoS.ExactlyOnce, id: 2, dup: true);
        await connection.PublishAsync("a", "3", qos, id: 3);

        Assert.Equal(DisconnectReasonCode.ReceiveMaximumExceeded, await connection.EndsWithDisconnectAsync());
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task A_second_loop_over_the_messages_is_the_callers_mistake()
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync();
        var messages = client.Messages.GetAsyncEnumerator(CancellationToken.None);

        Assert.Throws<InvalidOperationException>(() => client.Messages.GetAsyncEnumerator(CancellationToken.None));
        await messages.DisposeAsync();
        await client.Messages.GetAsyncEnumerator(CancellationToken.None).DisposeAsync();

        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task Waiting_for_a_message_can_be_cancelled_without_losing_one()
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync();
        using var cancel = new CancellationTokenSource();
        var waiting = client.Messages.GetAsyncEnumerator(cancel.Token);
        var moving = waiting.MoveNextAsync();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => moving.Soon());
        await waiting.DisposeAsync();
        await connection.PublishAsync("a", "kept");

        Assert.Equal("kept", (await NextAsync(client)).GetString());
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task The_loop_ends_with_DisconnectAsync_and_throws_when_the_connection_is_lost_for_good()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync();
        await connection.PublishAsync("a", "last");
        connection.Close();

        await using var messages = client.Messages.GetAsyncEnumerator(CancellationToken.None);
        Assert.True(await messages.MoveNextAsync().Soon());
        await Assert.ThrowsAsync<MqttConnectionLostException>(() => messages.MoveNextAsync().Soon());

        var connecting = client.ConnectAsync();
        var again = await server.AcceptAsync();
        await again.AcceptAsync();
        await connecting.Soon();
        var disposing = client.DisposeAsync();
        await again.EndsWithDisconnectAsync();
        await disposing.Soon();
        Assert.False(await messages.MoveNextAsync().Soon());
    }

    private static async Task<MqttMessage> NextAsync(MqttClient client)
    {
        await using var messages = client.Messages.GetAsyncEnumerator(CancellationToken.None);
        Assert.True(await messages.MoveNextAsync().Soon());
        return messages.Current;
    }
}
