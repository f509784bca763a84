using System.Buffers;
using System.Text;
using Godwit.Client.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Tests;

public sealed class PublishTests
{
    private static readonly byte[] Hello = "hello"u8.ToArray();

    [Theory, Spec("MQTT-4.3.1-1", "MQTT3-4.3.1-1", "MQTT-2.2.1-2", "MQTT3-2.3.1-5")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public async Task QoS_0_completes_when_it_is_written(ProtocolVersion version)
    {
        var server = new ScriptedServer(version);
        var (client, connection) = await server.ConnectAsync();

        var result = await client.PublishAsync("a/b", Hello, retain: true).Soon();

        var packet = await connection.ReadAsync(PacketType.Publish);
        Assert.Equal("a/b", Encoding.UTF8.GetString(packet.Publish().Topic));
        Assert.Equal("hello", Encoding.UTF8.GetString(packet.Publish().Payload));
        Assert.Equal(0x01, packet.Header.Flags);
        Assert.True(result.IsSuccess);
        connection.Close();
        await client.DisposeAsync().Soon();
    }

    [Theory, Spec("R17", "MQTT-4.3.2-1", "MQTT-4.3.2-2", "MQTT3-4.3.2-1")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public async Task QoS_1_completes_with_PUBACK(ProtocolVersion version)
    {
        var server = new ScriptedServer(version);
        var (client, connection) = await server.ConnectAsync();

        var publishing = client.PublishAsync("a", Hello, MqttQoS.AtLeastOnce).AsTask();
        var packet = await connection.ReadAsync(PacketType.Publish);
        Assert.False(publishing.IsCompleted);
        await connection.SendAsync(Bytes.Ack(PacketType.Puback, packet.PacketId()));

        Assert.True((await publishing.Soon()).IsSuccess);
        Assert.Equal(1, packet.PacketId());
        Assert.Equal(0x02, packet.Header.Flags);
        connection.Close();
        await client.DisposeAsync().Soon();
    }

    [Theory, Spec("MQTT-4.3.3-1", "MQTT-4.3.3-2", "MQTT-4.3.3-4", "MQTT3-4.3.3-1")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public async Task QoS_2_completes_with_PUBCOMP(ProtocolVersion version)
    {
        var server = new ScriptedServer(version);
        var (client, connection) = await server.ConnectAsync();

        var publishing = client.PublishAsync("a", Hello, MqttQoS.ExactlyOnce).AsTask();
        var publish = await connection.ReadAsync(PacketType.Publish);
        await connection.SendAsync(Bytes.Ack(PacketType.Pubrec, publish.PacketId()));
        var pubrel = await connection.ReadAsync(PacketType.Pubrel);
        Assert.False(publishing.IsCompleted);
        await connection.SendAsync(Bytes.Ack(PacketType.Pubcomp, publish.PacketId()));

        Assert.True((await publishing.Soon()).IsSuccess);
        Assert.Equal(publish.PacketId(), pubrel.PacketId());
        connection.Close();
        await client.DisposeAsync().Soon();
    }

    [Theory, Spec("MQTT-4.4.0-2")]
    [InlineData(MqttQoS.AtLeastOnce, PacketType.Puback, PubackReasonCode.NotAuthorized, false)]
    [InlineData(MqttQoS.AtLeastOnce, PacketType.Puback, PubackReasonCode.NoMatchingSubscribers, true)]
    [InlineData(MqttQoS.ExactlyOnce, PacketType.Pubrec, PubackReasonCode.QuotaExceeded, false)]
    public async Task The_servers_reason_code_is_the_result(MqttQoS qos, PacketType answer, PubackReasonCode code, bool isSuccess)
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync();

        var publishing = client.PublishAsync("a", Hello, qos).AsTask();
        var publish = await connection.ReadAsync(PacketType.Publish);
        await connection.SendAsync(Bytes.Ack(answer, publish.PacketId(), (byte)code));

        var result = await publishing.Soon();
        Assert.Equal(code, result.ReasonCode);
        Assert.Equal(isSuccess, result.IsSuccess);
        connection.Close();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task All_properties_of_a_message_stand_in_the_packet()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync();

        await client.PublishAsync("a", new ReadOnlySequence<byte>(Hello), new MqttPublishOptions
        {
            IsText = true,
            MessageExpiry = TimeSpan.FromSeconds(4),
            ContentType = "ct",
            ResponseTopic = "rt",
            CorrelationData = "cd"u8.ToArray(),
            UserProperties = [new("k", "1"), new("k", "2")],
        }).Soon();

        var publish = (await connection.ReadAsync(PacketType.Publish)).Publish();
        Assert.Equal("0101" + "0200000004" + "0300026374" + "0800027274" + "0900026364" + "2600016B000131" + "2600016B000132", Convert.ToHexString(publish.Properties.Bytes));
        connection.Close();
        await client.DisposeAsync().Soon();
    }

    [Fact, Spec("MQTT-3.3.4-7", "MQTT-4.9.0-1", "MQTT-4.9.0-2")]
    public async Task No_more_than_the_servers_Receive_Maximum_is_unacknowledged()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(
            connack: (ref PropertyWriter writer) => writer.Add(PropertyId.ReceiveMaximum, 2));

        var publishing = Enumerable.Range(0, 3).Select(i => client.PublishAsync($"t{i}", Hello, MqttQoS.AtLeastOnce).AsTask()).ToArray();
        var first = await connection.ReadAsync(PacketType.Publish);
        await connection.ReadAsync(PacketType.Publish);
        var subscribing = client.SubscribeAsync(["other"]);
        await connection.ReadAsync(PacketType.Subscribe);       // and not the third PUBLISH
        await connection.SendAsync(Bytes.Ack(PacketType.Puback, first.PacketId()));

        var third = await connection.ReadAsync(PacketType.Publish);
        Assert.Equal("t2", Encoding.UTF8.GetString(third.Publish().Topic));
        Assert.True((await publishing[0].Soon()).IsSuccess);
        connection.Drop();
        await Assert.ThrowsAsync<MqttConnectionLostException>(() => subscribing.Soon());
        await client.DisposeAsync().Soon();
    }

    [Fact, Spec("MQTT-3.3.4-8", "MQTT-4.9.0-3")]
    public async Task A_full_window_does_not_hold_back_SUBSCRIBE()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(options => options with { InFlightMax = 1 });
        for (var i = 0; i < 3; i++)
        {
            _ = client.PublishAsync("t", Hello, MqttQoS.AtLeastOnce).AsTask();
        }

        await connection.ReadAsync(PacketType.Publish);
        var subscribing = client.SubscribeAsync(["a"]);
        var subscribe = await connection.ReadAsync(PacketType.Subscribe);
        await connection.SendAsync(Bytes.Suback(ProtocolVersion.Mqtt5, subscribe.PacketId(), 0));

        Assert.True((await subscribing.Soon()).IsSuccess);
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact, Spec("MQTT-3.2.2-15")]
    public async Task A_message_above_the_servers_Maximum_Packet_Size_is_not_sent()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(
            connack: (ref PropertyWriter writer) => writer.Add(PropertyId.MaximumPacketSize, 20));

        // PUBLISH QoS 1: 2 bytes of fixed header, 2 + 1 of topic, 2 of packet id, 1 of property length: 12 bytes are left.
        var exception = await Assert.ThrowsAsync<MqttRequestException>(() => client.PublishAsync("a", new byte[13], MqttQoS.AtLeastOnce).Soon());
        _ = client.PublishAsync("a", new byte[12], MqttQoS.AtLeastOnce).AsTask();

        Assert.Equal(DisconnectReasonCode.PacketTooLarge, exception.ReasonCode);
        Assert.Equal(12, (await connection.ReadAsync(PacketType.Publish)).Publish().Payload.Length);
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact, Spec("MQTT-3.2.2-11")]
    public async Task A_message_above_the_servers_Maximum_QoS_is_not_sent()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(connack: (ref PropertyWriter writer) => writer.Add(PropertyId.MaximumQoS, 1));

        var exception = await Assert.ThrowsAsync<MqttRequestException>(() => client.PublishAsync("a", Hello, MqttQoS.ExactlyOnce).Soon());

        Assert.Equal(DisconnectReasonCode.QoSNotSupported, exception.ReasonCode);
        Assert.Equal(PacketType.Disconnect, (await DisposeAndReadAsync(client, connection)).Type);
    }

    [Fact, Spec("MQTT-3.2.2-14")]
    public async Task A_retained_message_is_not_sent_to_a_server_without_retained_messages()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(connack: (ref PropertyWriter writer) => writer.Add(PropertyId.RetainAvailable, 0));

        var exception = await Assert.ThrowsAsync<MqttRequestException>(() => client.PublishAsync("a", Hello, retain: true).Soon());

        Assert.Equal(DisconnectReasonCode.RetainNotSupported, exception.ReasonCode);
        Assert.Equal(PacketType.Disconnect, (await DisposeAndReadAsync(client, connection)).Type);
    }

    [Fact, Spec("R20")]
    public async Task The_payload_may_change_after_the_message_was_sent_and_cancelled()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(options => options with { Reconnect = true, SessionExpiry = TimeSpan.FromHours(1) });
        var payload = Encoding.UTF8.GetBytes("before");
        using var cancel = new CancellationTokenSource();
        var publishing = client.PublishAsync("a", payload, MqttQoS.AtLeastOnce, ct: cancel.Token).AsTask();
        await connection.ReadAsync(PacketType.Publish);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing.Soon());
        "after!"u8.CopyTo(payload);
        connection.Drop();
        var again = await server.ReconnectAsync(sessionPresent: true);

        var publish = await again.ReadAsync(PacketType.Publish);
        Assert.True(publish.Publish().Dup);
        Assert.Equal("before", Encoding.UTF8.GetString(publish.Publish().Payload));
        again.Close();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task A_message_cancelled_before_it_was_sent_never_is()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(options => options with { InFlightMax = 1 });
        _ = client.PublishAsync("first", Hello, MqttQoS.AtLeastOnce).AsTask();
        using var cancel = new CancellationTokenSource();
        var second = client.PublishAsync("second", Hello, MqttQoS.AtLeastOnce, ct: cancel.Token).AsTask();
        var third = client.PublishAsync("third", Hello, MqttQoS.AtLeastOnce).AsTask();
        var publish = await connection.ReadAsync(PacketType.Publish);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Soon());
        await connection.SendAsync(Bytes.Ack(PacketType.Puback, publish.PacketId()));

        Assert.Equal("third", Encoding.UTF8.GetString((await connection.ReadAsync(PacketType.Publish)).Publish().Topic));
        Assert.False(third.IsCompleted);
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task More_waiting_messages_than_SendQueueMax_are_refused()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(options => options with { InFlightMax = 1, SendQueueMax = 2 });
        for (var i = 0; i < 3; i++)
        {
            _ = client.PublishAsync("t", Hello, MqttQoS.AtLeastOnce).AsTask();      // one in flight, two waiting
        }

        var exception = await Assert.ThrowsAsync<MqttRequestException>(() => client.PublishAsync("t", Hello).Soon());

        Assert.Equal(DisconnectReasonCode.QuotaExceeded, exception.ReasonCode);
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task A_burst_of_messages_costs_few_writes()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync();
        connection.Stream.IsBlocked = true;
        var before = connection.Stream.WriteCount;

        var publishing = Enumerable.Range(0, 1000).Select(i => client.PublishAsync("t", Encoding.UTF8.GetBytes($"{i}")).AsTask()).ToArray();
        connection.Stream.Unblock();
        await Task.WhenAll(publishing).Soon();

        Assert.InRange(connection.Stream.WriteCount - before, 1, 3);
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal($"{i}", Encoding.UTF8.GetString((await connection.ReadAsync(PacketType.Publish)).Publish().Payload));
        }

        connection.Close();
        await client.DisposeAsync().Soon();
    }

    [Theory]
    [InlineData(PacketType.Puback)]
    [InlineData(PacketType.Pubcomp)]
    public async Task An_acknowledgement_that_nothing_waits_for_is_ignored(PacketType type)
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync();

        await connection.SendAsync(Bytes.Ack(type, 77));
        var publishing = client.PublishAsync("a", Hello, MqttQoS.AtLeastOnce).AsTask();
        var publish = await connection.ReadAsync(PacketType.Publish);
        await connection.SendAsync(Bytes.Ack(PacketType.Puback, publish.PacketId()));

        Assert.True((await publishing.Soon()).IsSuccess);
        connection.Close();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task PUBREC_for_an_unknown_id_is_answered_with_PUBREL_0x92()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync();

        await connection.SendAsync(Bytes.Ack(PacketType.Pubrec, 77));

        var pubrel = await connection.ReadAsync(PacketType.Pubrel);
        Assert.Equal("004D92", Convert.ToHexString(pubrel.Body));
        connection.Close();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task Without_a_connection_publishing_is_the_callers_mistake()
    {
        var server = new ScriptedServer();
        await using var client = new MqttClient(server.Options);

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.PublishAsync("a", Hello).Soon());
    }

    private static async Task<ServerPacket> DisposeAndReadAsync(MqttClient client, ServerConnection connection)
    {
        var disposing = client.DisposeAsync();
        var packet = await connection.ReadAsync();
        connection.Close();
        await disposing.Soon();
        return packet;
    }
}
