using System.Text;
using Godwit.Client.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Tests;

public sealed class SubscribeTests
{
    [Theory, Spec("R53", "MQTT-3.8.3-1", "MQTT3-3.8.3-1", "MQTT-3.8.4-6")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public async Task SUBACK_gives_one_reason_code_a_filter(ProtocolVersion version)
    {
        var server = new ScriptedServer(version);
        var (client, connection) = await server.ConnectAsync();

        var subscribing = client.SubscribeAsync(["a/+", "b/#"], new() { QoS = MqttQoS.ExactlyOnce });
        var subscribe = await connection.ReadAsync(PacketType.Subscribe);
        await connection.SendAsync(Bytes.Suback(version, subscribe.PacketId(), 2, 1));

        var result = await subscribing.Soon();
        Assert.Equal([SubackReasonCode.GrantedQoS2, SubackReasonCode.GrantedQoS1], result.ReasonCodes);
        Assert.True(result.IsSuccess);
        var filters = new List<string>();
        foreach (var entry in subscribe.Subscribe().Filters)
        {
            filters.Add($"{Encoding.UTF8.GetString(entry.Filter)} {entry.Options.QoS}");
        }

        Assert.Equal(["a/+ ExactlyOnce", "b/# ExactlyOnce"], filters);
        connection.Close();
        await client.DisposeAsync().Soon();
    }

    [Theory]
    [InlineData(ProtocolVersion.Mqtt5, SubackReasonCode.NotAuthorized)]
    [InlineData(ProtocolVersion.Mqtt311, SubackReasonCode.UnspecifiedError)]
    public async Task A_refused_filter_is_a_result(ProtocolVersion version, SubackReasonCode code)
    {
        var server = new ScriptedServer(version);
        var (client, connection) = await server.ConnectAsync();

        var subscribing = client.SubscribeAsync(["a", "b"]);
        await connection.ReadAsync(PacketType.Subscribe);
        await connection.SendAsync(Bytes.Suback(version, 1, 0, (byte)code));

        var result = await subscribing.Soon();
        Assert.False(result.IsSuccess);
        Assert.Equal([SubackReasonCode.GrantedQoS0, code], result.ReasonCodes);
        connection.Close();
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task All_options_of_SUBSCRIBE_stand_in_the_packet()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync();

        var subscribing = client.SubscribeAsync(["a"], new()
        {
            QoS = MqttQoS.AtLeastOnce,
            NoLocal = true,
            RetainAsPublished = true,
            RetainHandling = RetainHandling.DoNotSend,
            SubscriptionIdentifier = 300,
            UserProperties = [new("k", "v")],
        });
        var packet = await connection.ReadAsync(PacketType.Subscribe);
        await connection.SendAsync(Bytes.Suback(ProtocolVersion.Mqtt5, 1, 1));
        await subscribing.Soon();

        Assert.Equal("0001" + "0A" + "0BAC02" + "2600016B000176" + "000161" + "2D", Convert.ToHexString(packet.Body));
        connection.Close();
        await client.DisposeAsync().Soon();
    }

    [Theory, Spec("MQTT-3.10.3-1", "MQTT3-3.10.3-1")]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public async Task UNSUBACK_gives_one_reason_code_a_filter(ProtocolVersion version)
    {
        var server = new ScriptedServer(version);
        var (client, connection) = await server.ConnectAsync();

        var unsubscribing = client.UnsubscribeAsync(["a", "b"]);
        var packet = await connection.ReadAsync(PacketType.Unsubscribe);
        await connection.SendAsync(Bytes.Unsuback(version, packet.PacketId(), 0, 0x11));

        var result = await unsubscribing.Soon();
        Assert.True(result.IsSuccess);
        Assert.Equal(2, result.ReasonCodes.Count);
        Assert.Equal(version == ProtocolVersion.Mqtt5 ? UnsubackReasonCode.NoSubscriptionExisted : UnsubackReasonCode.Success, result.ReasonCodes[1]);
        Assert.Equal("000161000162", Convert.ToHexString(packet.Unsubscribe().FilterBytes));
        connection.Close();
        await client.DisposeAsync().Soon();
    }

    [Theory, Spec("MQTT-3.8.4-6", "MQTT3-3.8.4-5", "Hostile-6")]
    [InlineData(ProtocolVersion.Mqtt5, 1)]
    [InlineData(ProtocolVersion.Mqtt5, 3)]
    [InlineData(ProtocolVersion.Mqtt311, 1)]
    public async Task SUBACK_with_the_wrong_number_of_codes_is_a_protocol_error(ProtocolVersion version, int count)
    {
        var server = new ScriptedServer(version);
        var (client, connection) = await server.ConnectAsync();
        var subscribing = client.SubscribeAsync(["a", "b"]);
        await connection.ReadAsync(PacketType.Subscribe);

        await connection.SendAsync(Bytes.Suback(version, 1, new byte[count]));

        await EndsWithProtocolErrorAsync(version, connection);
        var exception = await Assert.ThrowsAsync<MqttConnectionLostException>(() => subscribing.Soon());
        Assert.Contains($"{count} reason codes for 2 filters", exception.Message, StringComparison.Ordinal);
        await client.DisposeAsync().Soon();
    }

    [Fact, Spec("Hostile-6")]
    public async Task UNSUBACK_with_the_wrong_number_of_codes_is_a_protocol_error()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync();
        var unsubscribing = client.UnsubscribeAsync(["a", "b"]);
        await connection.ReadAsync(PacketType.Unsubscribe);

        await connection.SendAsync(Bytes.Unsuback(ProtocolVersion.Mqtt5, 1, 0));

        await EndsWithProtocolErrorAsync(ProtocolVersion.Mqtt5, connection);
        await Assert.ThrowsAsync<MqttConnectionLostException>(() => unsubscribing.Soon());
        await client.DisposeAsync().Soon();
    }

    [Theory, Spec("MQTT-3.8.4-2", "MQTT3-3.8.4-2")]
    [InlineData("90040001" + "0000", false)]       // SUBACK, nothing was asked
    [InlineData("B0040001" + "0000", true)]        // UNSUBACK answers a SUBSCRIBE
    [InlineData("90040009" + "0000", true)]        // SUBACK with another id
    public async Task An_answer_to_nothing_is_a_protocol_error(string bytes, bool subscribes)
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync();
        var subscribing = subscribes ? client.SubscribeAsync(["a"]) : Task.CompletedTask;
        if (subscribes)
        {
            await connection.ReadAsync(PacketType.Subscribe);
        }

        await connection.SendAsync(Convert.FromHexString(bytes));

        await EndsWithProtocolErrorAsync(ProtocolVersion.Mqtt5, connection);
        await (subscribes ? Assert.ThrowsAsync<MqttConnectionLostException>(() => subscribing.Soon()) : Task.CompletedTask);
        await client.DisposeAsync().Soon();
    }

    [Theory]
    [InlineData(PropertyId.WildcardSubscriptionAvailable, "a/+", DisconnectReasonCode.WildcardSubscriptionsNotSupported)]
    [InlineData(PropertyId.SharedSubscriptionAvailable, "$share/g/a", DisconnectReasonCode.SharedSubscriptionsNotSupported)]
    [InlineData(PropertyId.SubscriptionIdentifierAvailable, "a", DisconnectReasonCode.SubscriptionIdentifiersNotSupported)]
    public async Task What_the_server_does_not_have_is_not_asked_for(PropertyId property, string filter, DisconnectReasonCode code)
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(connack: (ref PropertyWriter writer) => writer.Add(property, 0));

        var exception = await Assert.ThrowsAsync<MqttRequestException>(
            () => client.SubscribeAsync([filter], new() { SubscriptionIdentifier = 1 }).Soon());

        Assert.Equal(code, exception.ReasonCode);
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    [Fact, Spec("MQTT-3.2.2-15")]
    public async Task A_SUBSCRIBE_above_the_servers_Maximum_Packet_Size_is_not_sent()
    {
        var server = new ScriptedServer();
        var (client, connection) = await server.ConnectAsync(connack: (ref PropertyWriter writer) => writer.Add(PropertyId.MaximumPacketSize, 20));

        var exception = await Assert.ThrowsAsync<MqttRequestException>(() => client.SubscribeAsync([new string('a', 30)]).Soon());

        Assert.Equal(DisconnectReasonCode.PacketTooLarge, exception.ReasonCode);
        connection.Drop();
        await client.DisposeAsync().Soon();
    }

    private static async Task EndsWithProtocolErrorAsync(ProtocolVersion version, ServerConnection connection)
    {
        if (version == ProtocolVersion.Mqtt5)
        {
            Assert.Equal(DisconnectReasonCode.ProtocolError, await connection.EndsWithDisconnectAsync());
        }
        else
        {
            await connection.EndsAsync();           // a DISCONNECT of 3.x would say that all is well
        }
    }
}
