using System.Text;
using Godwit.Client;
using Godwit.Interop.Clients;
using Godwit.Links.Relay;
using Godwit.Links.Wire;
using Godwit.Protocol;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Links.Tests;

/// <summary>Our own client library over bad links: it connects again by itself and keeps the promises of each QoS.</summary>
public sealed class Godwit_client(BrokerUnderTest broker)
{
    private const string Last = "end";

    private static readonly (string Text, int QoS)[] Messages = [("a", 2), ("b", 1), ("c", 2), ("d", 1)];

    /// <summary>Versions and ways to be cut.</summary>
    public static MatrixTheoryData<MqttVersion, LinkFaultKind> Cuts => new(
        [MqttVersion.Mqtt31, MqttVersion.Mqtt311, MqttVersion.Mqtt5], [LinkFaultKind.Close, LinkFaultKind.Reset]);

    /// <summary>The versions.</summary>
    public static TheoryData<MqttVersion> Versions => [MqttVersion.Mqtt31, MqttVersion.Mqtt311, MqttVersion.Mqtt5];

    [Theory, MemberData(nameof(Cuts)), Spec("R17", "R19", "R20", "R32", "R52", "MQTT-4.4.0-1", "MQTT3-4.4.0-1")]
    public async Task Its_messages_survive_a_cut_at_every_byte(MqttVersion version, LinkFaultKind kind)
    {
        var topic = Unique.Name("cut");
        using var watcher = new WireSubscriber(broker.Address, version, Unique.Name("watcher"));
        await watcher.SubscribeAsync(topic);

        await AtEveryByteAsync(kind, firstConnection: 0, async relay =>
        {
            await using var client = new MqttClient(Options(relay.Address, version));
            await ConnectAsync(client);
            await Task.WhenAll(Messages.Select(message => PublishAsync(client, topic, message)));
            await PublishAsync(client, topic, (Last, 2));

            return await watcher.UntilAsync(Last);
        });
    }

    [Theory, MemberData(nameof(Cuts)), Spec("R17", "R19", "R30", "R32", "R52", "MQTT-4.3.3-10", "MQTT3-4.3.3-2")]
    public async Task It_takes_messages_once_through_a_cut_at_every_byte(MqttVersion version, LinkFaultKind kind)
    {
        using var publisher = new WirePublisher(broker.Address, version, Unique.Name("publisher"));

        await AtEveryByteAsync(kind, firstConnection: 1, async relay =>
        {
            // The first connection is a good one: it makes the session.
            var topic = Name("cut");
            await using var client = new MqttClient(Options(relay.Address, version));
            await ConnectAsync(client);
            await client.SubscribeAsync([topic], new MqttSubscribeOptions { QoS = MqttQoS.ExactlyOnce }, TestContext.Current.CancellationToken);
            await client.DisconnectAsync(ct: TestContext.Current.CancellationToken);
            await publisher.PublishAsync(topic, Messages);

            await ConnectAsync(client);
            List<string> received = [];
            await foreach (var message in client.Messages.WithCancellation(TestContext.Current.CancellationToken))
            {
                received.Add(Encoding.UTF8.GetString(message.Payload.FirstSpan));
                await message.AckAsync(TestContext.Current.CancellationToken);
                if (received[^1] == Last)
                {
                    break;
                }

                if (message.Payload.FirstSpan.SequenceEqual("d"u8) && received.Count(text => text == "d") == 1)
                {
                    await publisher.PublishAsync(topic, (Last, 2));
                }
            }

            return received;
        });
    }

    [Theory, MemberData(nameof(Versions)), Spec("R36", "R37", "R52")]
    public async Task Its_keep_alive_finds_a_half_open_connection(MqttVersion version)
    {
        var topic = Unique.Name("half-open");
        await using var relay = new BadLinkRelay(broker.Address, _ => LinkFaults.None);
        await using var client = new MqttClient(
            Options(relay.Address, version) with { KeepAlive = TimeSpan.FromSeconds(1), PingTimeout = TimeSpan.FromSeconds(1) });
        await ConnectAsync(client);
        await client.SubscribeAsync([topic], new MqttSubscribeOptions { QoS = MqttQoS.ExactlyOnce }, TestContext.Current.CancellationToken);

        relay.Connections[0].FallSilent();
        using var publisher = new WirePublisher(broker.Address, version, Unique.Name("publisher"));
        await publisher.PublishAsync(topic, ("into the silence", 2));

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadlines.Answer);
        await foreach (var message in client.Messages.WithCancellation(deadline.Token))
        {
            Assert.Equal("into the silence", Encoding.UTF8.GetString(message.Payload.FirstSpan));
            break;
        }

        Assert.InRange(relay.Connections.Count, 2, 10);
    }

    private static MqttClientOptions Options(BrokerAddress address, MqttVersion version) => new()
    {
        Host = address.Host,
        Port = address.Port,
        ClientId = Name("client"),
        CleanStart = false,
        SessionExpiry = version == MqttVersion.Mqtt5 ? TimeSpan.FromHours(1) : TimeSpan.Zero,
        ReconnectDelayMin = TimeSpan.FromMilliseconds(1),
        ReconnectDelayMax = TimeSpan.FromMilliseconds(2),
        Version = version switch
        {
            MqttVersion.Mqtt31 => ProtocolVersion.Mqtt31,
            MqttVersion.Mqtt311 => ProtocolVersion.Mqtt311,
            _ => ProtocolVersion.Mqtt5,
        },
    };

    /// <summary>A name that is as long as those of the other exchanges, so that all have the same bytes in the same places.</summary>
    private static string Name(string prefix) => Unique.Name(prefix).PadRight(20, '-');

    /// <summary>The first connection is made by the caller, who tries again; later ones by the client.</summary>
    private static async Task ConnectAsync(MqttClient client)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await client.ConnectAsync(TestContext.Current.CancellationToken);
                return;
            }
            catch (MqttConnectException) when (attempt < 3)
            {
                // The link was cut before the CONNACK.
            }
        }
    }

    private static Task<MqttPublishResult> PublishAsync(MqttClient client, string topic, (string Text, int QoS) message) =>
        client.PublishAsync(topic, Encoding.UTF8.GetBytes(message.Text), (MqttQoS)message.QoS, ct: TestContext.Current.CancellationToken).AsTask();

    /// <summary>Runs an exchange on a good link, which shows how long it is, and then once for each byte.</summary>
    private async Task AtEveryByteAsync(LinkFaultKind kind, int firstConnection, Func<BadLinkRelay, Task<IReadOnlyList<string>>> run)
    {
        foreach (var direction in Enum.GetValues<LinkDirection>())
        {
            var length = await RunAsync(null);
            Assert.InRange(length, 20, 300);
            for (var position = 0; position < length; position++)
            {
                await RunAsync(new LinkFault(kind, direction, position));
            }

            async Task<long> RunAsync(LinkFault? fault)
            {
                await using var relay = new BadLinkRelay(
                    broker.Address, number => number == firstConnection ? new LinkFaults { Fault = fault } : LinkFaults.None);
                var received = await run(relay).WaitAsync(Deadlines.Answer, TestContext.Current.CancellationToken);
                Delivery.AssertKept([.. Messages, (Last, 2)], received, $"{fault}");
                var forwarded = relay.Connections[firstConnection].Forwarded(direction);
                Assert.True(fault is null || forwarded == fault.AfterBytes, $"{fault}, but {forwarded} bytes passed");

                return forwarded;
            }
        }
    }
}
