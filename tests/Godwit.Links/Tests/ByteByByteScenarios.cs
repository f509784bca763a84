using System.Text;
using Godwit.Interop.Clients;
using Godwit.Links.Wire;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Links.Tests;

/// <summary>A client that sends every byte by itself and reads every byte by itself, with the smallest buffers the system allows.</summary>
public abstract class ByteByByteScenarios(IBrokerUnderTest broker)
{
    /// <summary>Content Type, Correlation Data and two User Properties of a PUBLISH.</summary>
    private static readonly byte[] PublishProperties =
    [
        0x03, 0x00, 0x04, .. "text"u8, 0x09, 0x00, 0x02, 0xFF, 0x00,
        0x26, 0x00, 0x01, .. "a"u8, 0x00, 0x01, .. "1"u8, 0x26, 0x00, 0x01, .. "a"u8, 0x00, 0x00,
    ];

    /// <summary>Receive Maximum 3 and a User Property of a CONNECT.</summary>
    private static readonly byte[] ConnectProperties = [0x21, 0x00, 0x03, 0x26, 0x00, 0x01, .. "k"u8, 0x00, 0x01, .. "v"u8];

    /// <summary>The versions.</summary>
    public static TheoryData<MqttVersion> Versions => [MqttVersion.Mqtt31, MqttVersion.Mqtt311, MqttVersion.Mqtt5];

    /// <summary>Versions and sizes of the payload.</summary>
    public static MatrixTheoryData<MqttVersion, int> VersionsAndSizes => new([MqttVersion.Mqtt31, MqttVersion.Mqtt311, MqttVersion.Mqtt5], [3, 20_000]);

    [Theory, MemberData(nameof(VersionsAndSizes)), Spec("R1", "R9", "R15", "R16", "R17", "R19", "R52")]
    public async Task Messages_of_every_QoS_go_both_ways(MqttVersion version, int size)
    {
        var isV5 = version == MqttVersion.Mqtt5;
        var topic = Unique.Name("bytes");
        byte[] payload = [.. Enumerable.Range(0, size).Select(index => (byte)(index * 31))];
        using var client = await ConnectAsync(version, properties: isV5 ? ConnectProperties : []);
        await client.SendAsync(WireBytes.Subscribe(version, 1, topic, 2));
        Assert.Equal((1, 2), await SubackAsync(client));

        for (var qos = 0; qos <= 2; qos++)
        {
            var id = (ushort)(100 + qos);
            await client.SendAsync(WireBytes.Publish(version, topic, payload, qos, id, properties: isV5 ? PublishProperties : []));

            var (received, properties) = await ExchangeAsync(client, qos, id);
            Assert.Equal(payload, received);
            Assert.Equal(isV5 ? PublishProperties : [], properties);
        }

        await client.SendAsync(WireBytes.Unsubscribe(version, 2, topic));
        Assert.Equal(2, (await client.ExpectAsync(WireType.Unsuback)).Id);
        await client.SendAsync(WireBytes.Pingreq);
        await client.ExpectAsync(WireType.Pingresp);
        await client.SendAsync(WireBytes.Disconnect);
        Assert.Null(await client.ReadAsync());
    }

    [Theory, MemberData(nameof(Versions)), Spec("R30", "R41", "R52")]
    public async Task Its_session_and_its_will_are_like_those_of_any_client(MqttVersion version)
    {
        var topic = Unique.Name("bytes");
        var clientId = Unique.Name("bytes");
        using var watcher = new WireSubscriber(broker.Address, version, Unique.Name("watcher"));
        await watcher.SubscribeAsync($"{topic}/will");
        using (var before = await ConnectAsync(version, clientId, $"{topic}/will"))
        {
            await before.SendAsync(WireBytes.Subscribe(version, 1, $"{topic}/in", 1));
            await before.ExpectAsync(WireType.Suback);
        }

        Assert.Equal("gone", await watcher.NextAsync());
        using var publisher = new WirePublisher(broker.Address, version, Unique.Name("publisher"));
        await publisher.PublishAsync($"{topic}/in", ("while away", 1));

        using var after = await ConnectAsync(version, clientId);
        var (_, payload) = (await after.ExpectAsync(WireType.Publish)).Publish(version);
        Assert.Equal("while away", Encoding.UTF8.GetString(payload));
    }

    /// <summary>Sees a message through that the client sends to itself: the two handshakes may mix.</summary>
    private static async Task<(byte[] Payload, byte[] Properties)> ExchangeAsync(WireClient client, int qos, ushort id)
    {
        (byte[] Payload, byte[] Properties)? received = null;
        var isAcknowledged = qos == 0;
        var isReleased = qos < 2;
        while (received is null || !isAcknowledged || !isReleased)
        {
            var packet = await client.ReadAsync();
            switch (packet?.Type)
            {
                case WireType.Publish:
                    var publish = packet.Publish(client.Version);
                    Assert.Equal(qos, packet.QoS);
                    received = (publish.Payload, packet.Properties(client.Version));
                    await client.SendAsync(qos == 0 ? [] : WireBytes.Acknowledge(qos == 1 ? WireType.Puback : WireType.Pubrec, publish.Id));
                    break;

                case WireType.Pubrec:
                    await client.SendAsync(WireBytes.Acknowledge(WireType.Pubrel, packet.Id));
                    break;

                case WireType.Pubrel:
                    isReleased = true;
                    await client.SendAsync(WireBytes.Acknowledge(WireType.Pubcomp, packet.Id));
                    break;

                case WireType.Puback or WireType.Pubcomp:
                    Assert.Equal(id, packet.Id);
                    isAcknowledged = true;
                    break;

                default:
                    Assert.Fail($"{packet?.Type.ToString() ?? "the end of the connection"} came in the middle of an exchange");
                    break;
            }
        }

        return received.Value;
    }

    private static async Task<(int Id, int Code)> SubackAsync(WireClient client)
    {
        var suback = await client.ExpectAsync(WireType.Suback);

        return (suback.Id, suback.Body[^1]);
    }

    private async Task<WireClient> ConnectAsync(MqttVersion version, string? clientId = null, string? willTopic = null, byte[]? properties = null)
    {
        var client = await WireClient.OpenAsync(broker.Address, version, isByteByByte: true);
        await client.SendAsync(WireBytes.Connect(
            version, clientId ?? Unique.Name("bytes"), cleanStart: clientId is null, keepAliveSeconds: 30, willTopic, properties));
        Assert.Equal(0, (await client.ExpectAsync(WireType.Connack)).Body[1]);

        return client;
    }
}
