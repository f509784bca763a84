using Godwit.Client.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Tests;

/// <summary>Every packet of a server malformed or forbidden once.</summary>
public sealed class ViolationTests
{
    private const DisconnectReasonCode Malformed = DisconnectReasonCode.MalformedPacket;
    private const DisconnectReasonCode Forbidden = DisconnectReasonCode.ProtocolError;

    [Theory, Spec("MQTT-4.13.1-1", "MQTT-2.1.3-1", "MQTT-1.5.4-1", "MQTT-3.3.2-8")]
    [InlineData("CONNACK again", "2003000000", Forbidden)]
    [InlineData("PUBLISH, QoS 3", "3606000161000100", Malformed)]
    [InlineData("PUBLISH, DUP with QoS 0", "380400016100", Malformed)]
    [InlineData("PUBLISH, topic cut short", "30020005", Malformed)]
    [InlineData("PUBLISH, topic with a wildcard", "300400012B00", DisconnectReasonCode.TopicNameInvalid)]
    [InlineData("PUBLISH, topic not UTF-8", "30040001FF00", Malformed)]
    [InlineData("PUBLISH, empty topic without alias", "3003000000", Forbidden)]
    [InlineData("PUBLISH, packet id 0", "32060001610000" + "00", Forbidden)]
    [InlineData("PUBLISH, topic alias above the maximum", "3007000161" + "03230001", DisconnectReasonCode.TopicAliasInvalid)]
    [InlineData("PUBLISH, topic alias 0", "3007000161" + "03230000", DisconnectReasonCode.TopicAliasInvalid)]
    [InlineData("PUBLISH, unknown property", "3006000161" + "020400", Malformed)]
    [InlineData("PUBLISH, property twice", "3008000161" + "0401010100", Forbidden)]
    [InlineData("PUBACK, cut short", "400100", Malformed)]
    [InlineData("PUBACK, packet id 0", "40020000", Forbidden)]
    [InlineData("PUBACK, unknown reason code", "4003000101", Forbidden)]
    [InlineData("PUBACK, reserved flags", "41020001", Malformed)]
    [InlineData("PUBREC, trailing byte", "50050001000000", Malformed)]
    [InlineData("PUBREL, flags 0", "60020001", Malformed)]
    [InlineData("PUBREL, unknown reason code", "6203000110", Forbidden)]
    [InlineData("PUBCOMP, reserved flags", "72020001", Malformed)]
    [InlineData("SUBACK, no code", "9003000100", Malformed)]
    [InlineData("SUBACK, unknown code", "900400010003", Forbidden)]
    [InlineData("UNSUBACK, no code", "B003000100", Malformed)]
    [InlineData("UNSUBACK, unknown code", "B00400010001", Forbidden)]
    [InlineData("PINGRESP with a body", "D00100", Malformed)]
    [InlineData("PINGRESP, reserved flags", "D100", Malformed)]
    [InlineData("DISCONNECT with a client's code", "E00104", Forbidden)]
    [InlineData("DISCONNECT with a Session Expiry Interval", "E007" + "00" + "05" + "1100000001", Forbidden)]
    [InlineData("AUTH without an authentication method", "F0021800", Forbidden)]
    [InlineData("AUTH that was not agreed", "F00618" + "0415000161", Forbidden)]
    [InlineData("type 0", "0000", Malformed)]
    [InlineData("CONNECT", "1000", Forbidden)]
    [InlineData("SUBSCRIBE", "8200", Forbidden)]
    [InlineData("UNSUBSCRIBE", "A200", Forbidden)]
    [InlineData("PINGREQ", "C000", Forbidden)]
    [InlineData("Remaining Length of five bytes", "30FFFFFFFF", Malformed)]
    [InlineData("Remaining Length longer than necessary", "D08000", Malformed)]
    public async Task A_violation_of_5_0_is_answered_with_DISCONNECT(string what, string bytes, DisconnectReasonCode code)
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync();

        await connection.SendAsync(Convert.FromHexString(bytes));

        Assert.True(code == await connection.EndsWithDisconnectAsync(), what);
        var exception = await Assert.ThrowsAsync<MqttConnectionLostException>(
            () => client.Messages.GetAsyncEnumerator(CancellationToken.None).MoveNextAsync().Soon());
        Assert.Equal(code, exception.ReasonCode);
        await client.DisposeAsync().Soon();
    }

    [Theory, Spec("MQTT3-4.8.0-1", "MQTT3-2.2.2-2", "MQTT3-1.5.3-1")]
    [InlineData("PUBLISH, topic not UTF-8", "30030001FF")]
    [InlineData("PUBLISH, empty topic", "30020000")]
    [InlineData("PUBACK, trailing byte", "4003000100")]
    [InlineData("PUBREL, flags 0", "60020001")]
    [InlineData("SUBACK, unknown code", "9003000183")]
    [InlineData("PINGRESP, reserved flags", "D100")]
    [InlineData("DISCONNECT", "E000")]
    [InlineData("AUTH", "F000")]
    public async Task A_violation_of_3_1_1_closes_the_connection_without_DISCONNECT(string what, string bytes)
    {
        var (client, connection) = await new ScriptedServer(ProtocolVersion.Mqtt311).ConnectAsync();

        await connection.SendAsync(Convert.FromHexString(bytes));

        await connection.EndsAsync();
        var exception = await Assert.ThrowsAsync<MqttConnectionLostException>(
            () => client.Messages.GetAsyncEnumerator(CancellationToken.None).MoveNextAsync().Soon());
        Assert.NotNull(exception.ReasonCode);
        Assert.NotEmpty(what);
        await client.DisposeAsync().Soon();
    }

    [Theory]
    [InlineData(ProtocolVersion.Mqtt5, "2003020000", DisconnectReasonCode.MalformedPacket)]          // reserved flag
    [InlineData(ProtocolVersion.Mqtt5, "2003000100", DisconnectReasonCode.ProtocolError)]            // no such code
    [InlineData(ProtocolVersion.Mqtt5, "2006000003210000", DisconnectReasonCode.ProtocolError)]      // Receive Maximum 0
    [InlineData(ProtocolVersion.Mqtt5, "20020000", DisconnectReasonCode.MalformedPacket)]            // no properties
    [InlineData(ProtocolVersion.Mqtt311, "20020006", null)]                                          // no such code
    [InlineData(ProtocolVersion.Mqtt311, "2003000000", null)]                                        // trailing byte
    public async Task A_CONNACK_that_is_wrong_is_no_connection(ProtocolVersion version, string bytes, DisconnectReasonCode? code)
    {
        var server = new ScriptedServer(version);
        await using var client = new MqttClient(server.Options);
        var connecting = client.ConnectAsync();
        var connection = await server.AcceptAsync();
        await connection.ReadAsync(PacketType.Connect);

        await connection.SendAsync(Convert.FromHexString(bytes));

        if (code is null)
        {
            await connection.EndsAsync();
        }
        else
        {
            Assert.Equal(code, await connection.EndsWithDisconnectAsync());
        }

        var exception = await Assert.ThrowsAsync<MqttConnectException>(() => connecting.Soon());
        Assert.Equal(MqttConnectFailure.ProtocolError, exception.Failure);
    }

    [Fact, Spec("MQTT-3.1.2-24")]
    public async Task A_packet_above_the_clients_Maximum_Packet_Size_is_refused_from_its_header()
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync(options => options with { MaximumPacketSize = 100 });

        await connection.SendAsync([0x30, 99]);         // 101 bytes

        Assert.Equal(DisconnectReasonCode.PacketTooLarge, await connection.EndsWithDisconnectAsync());
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task A_second_step_of_authentication_is_refused()
    {
        var server = new ScriptedServer();
        await using var client = new MqttClient(server.Options with { AuthenticationMethod = "a" });
        var connecting = client.ConnectAsync();
        var connection = await server.AcceptAsync();
        await connection.ReadAsync(PacketType.Connect);

        await connection.SendAsync(Convert.FromHexString("F006" + "18" + "04" + "15000161"));

        Assert.Equal(DisconnectReasonCode.ImplementationSpecificError, await connection.EndsWithDisconnectAsync());
        await Assert.ThrowsAsync<MqttConnectException>(() => connecting.Soon());
    }

    [Fact]
    public async Task Packets_may_come_one_byte_at_a_time_and_many_at_once()
    {
        var (client, connection) = await new ScriptedServer().ConnectAsync();
        var messages = client.Messages.GetAsyncEnumerator(CancellationToken.None);
        var one = Bytes.Publish(ProtocolVersion.Mqtt5, "a", "one");
        foreach (var single in one)
        {
            await connection.SendAsync([single]);
        }

        await connection.SendAsync([.. Bytes.Publish(ProtocolVersion.Mqtt5, "a", new string('x', 100_000)), .. one, .. one]);

        foreach (var length in new[] { 3, 100_000, 3, 3 })
        {
            Assert.True(await messages.MoveNextAsync().Soon());
            Assert.Equal(length, messages.Current.Payload.Length);
        }

        connection.Drop();
        await client.DisposeAsync().Soon();
    }
}
