using System.Security.Cryptography;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Hostile.Support;
using Godwit.Protocol;

namespace Godwit.Hostile;

/// <summary>Packets at the wrong time or from the wrong side, and connections that take over from others.</summary>
public sealed class StateTests(HostileBrokers brokers)
{
    public static TheoryData<string> Transports => HostileBrokers.Transports;

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-5", "Hostile-17")]
    public Task Every_packet_type_before_CONNECT_ends_the_connection(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            for (var type = 0; type <= 15; type++)
            {
                if (type == (int)PacketType.Connect)
                {
                    continue;
                }

                foreach (var flags in (int[])[0, 2])
                {
                    // The first byte is enough: the rest never comes.
                    var client = await probe.OpenAsync();
                    await client.SendAsync([(byte)((type << 4) | flags)]);
                    Probe.Ensure(await client.ReceiveOrEndAsync("the end of the connection") is null, $"the end of the connection after type {type}", "a packet");
                }
            }
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-5")]
    public Task What_only_a_server_sends_ends_the_connection_of_a_client(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            byte[][] packets = [[0x20, 0x03, 0, 0, 0], [0x90, 0x04, 0, 1, 0, 0], [0xB0, 0x04, 0, 1, 0, 0], [0xD0, 0x00], [0x00, 0x00]];
            foreach (var packet in packets)
            {
                var client = await probe.ConnectAsync();
                await client.SendAsync(packet);
                await client.IsClosedAsync(0x81, 0x82);
            }
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-5")]
    public Task Acknowledgements_of_nothing_do_no_harm(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            var client = await probe.ConnectAsync();

            await client.SendAsync(Packets.Ack(ProtocolVersion.Mqtt5, PacketType.Puback, 1), Packets.Ack(ProtocolVersion.Mqtt5, PacketType.Pubcomp, 65_535));

            await client.PingAsync();
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-8")]
    public Task A_topic_that_begins_with_a_dollar_sign_reaches_no_wildcard(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            var all = await probe.ConnectSubscriberAsync("+/" + probe.Topic("x"));
            var exact = await probe.ConnectSubscriberAsync("$x/" + probe.Topic("x"));
            var publisher = await probe.ConnectAsync();

            await publisher.PublishAsync("$x/" + probe.Topic("x"), "hidden", qos: 1);
            await publisher.PublishAsync("$/" + probe.Topic("x"), "hidden", qos: 1);
            await publisher.PublishAsync("$SYS/" + probe.Topic("x"), "spoof", qos: 1);

            await exact.TakeAsync("hidden");
            await exact.PingAsync();
            await all.PingAsync();
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-9")]
    public Task Other_protocols_are_turned_away(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            byte[][] greetings =
            [
                [.. "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8],
                [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03],     // TLS ClientHello
                [.. "SSH-2.0-OpenSSH_9.2\r\n"u8],
                [0x05, 0x01, 0x00],                                                     // SOCKS
                [.. "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"u8],
                [0x00, 0x00, 0x00, 0x00],
                [0xFF, 0xFF, 0xFF, 0xFF],
            ];
            var random = new Random(7);
            for (var i = 0; i < 50; i++)
            {
                var noise = new byte[64];
                random.NextBytes(noise);
                noise[0] = (byte)(noise[0] is >= 0x10 and <= 0x1F ? 0x30 : noise[0]);       // a CONNECT may wait for its rest
                greetings = [.. greetings, noise];
            }

            foreach (var greeting in greetings)
            {
                var client = await probe.OpenAsync();
                await client.SendAsync(greeting);
                var packet = await client.ReceiveOrEndAsync("the end of the connection");
                Probe.Ensure(packet is null or { Type: PacketType.Connack, ReasonCode: > 0 }, "the end of the connection", packet?.ToString() ?? "");
            }
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-22")]
    public Task Every_refusal_closes_the_socket_also_of_a_client_that_goes_on_sending(string transport) =>
        brokers.WithstandsAsync(
            transport,
            async probe =>
            {
                var noise = new byte[256 * 1024];
                byte[][] refused =
                [
                    Packets.Connect(probe.Complete(new ConnectOptions { ClientId = "", CleanStart = false })),      // 3.1.1: return code 2
                    new PacketBuilder(PacketType.Connect).String("MQTX").Byte(4).Byte(2).UInt16(60).String("x").ToBytes(),
                    new PacketBuilder(PacketType.Connect).String("MQTT").Byte(4).Byte(3).UInt16(60).String("x").ToBytes(),
                ];
                foreach (var connect in refused)
                {
                    var client = await probe.OpenAsync();
                    await client.SendAsync([.. connect, .. noise]);
                    while (await client.ReceiveOrEndAsync("the end of the connection") is { } packet)
                    {
                        Probe.Ensure(packet.Type == PacketType.Connack && packet.ReasonCode != 0, "CONNACK that refuses", packet);
                    }
                }
            },
            ProtocolVersion.Mqtt311);

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-29")]
    public Task A_takeover_ends_the_old_connection_before_the_new_one_is_accepted(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            var old = await probe.ConnectAsync("same");
            for (var i = 0; i < 20; i++)
            {
                var next = await probe.ConnectAsync("same");
                Probe.Ensure(await old.IsClosedAsync(0x8E) == "DISCONNECT 0x8E", "DISCONNECT 0x8E", "the end without it");
                old = next;
            }

            await old.PingAsync();
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-60")]
    public Task A_will_delay_longer_than_the_session_is_one_will_at_the_end_of_the_session(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            var watcher = await probe.ConnectSubscriberAsync(probe.Topic("will"));
            var options = new ConnectOptions
            {
                ClientId = probe.ClientId("mortal"),
                SessionExpirySeconds = 1,
                Will = new WillOptions(probe.Topic("will"), "gone") { DelaySeconds = 1000 },
            };
            var first = await probe.ConnectAsync(options);
            var second = await probe.ConnectAsync(options with { CleanStart = false });     // takes over: no will
            await first.IsClosedAsync(0x8E);
            await watcher.PingAsync();

            await second.DropAsync();

            await watcher.ReceivePublishAsync("gone");
            await probe.ConnectAsync(options with { Will = null });
            await watcher.PingAsync();
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-32")]
    public Task Odd_ClientIds_are_sessions_of_their_own(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            string[] clientIds =
            [
                "a", "A", "a_meta", "../x", "../../etc/passwd", "a/b", "a\\b", "CON", "nul", "a.", "a ", " a", ".", "..", "a%00b", "$a", "#", "+", "\u00E4", "a\u0308",
                new string('x', 65_535), new string('x', 65_534),
            ];
            var filter = probe.Topic("ids");
            foreach (var clientId in clientIds)
            {
                var client = await probe.ConnectAsync(ConnectOptions.Persistent(clientId));
                Probe.Ensure(!client.Connack!.SessionPresent, "a session of its own", client.Connack);
                await client.SubscribeAsync(filter, qos: 1);
                await client.DisconnectAsync();
            }

            await (await probe.ConnectAsync()).PublishAsync(filter, "for each", qos: 1);

            foreach (var clientId in clientIds)
            {
                var client = await probe.ConnectAsync(ConnectOptions.Persistent(clientId));
                Probe.Ensure(client.Connack!.SessionPresent, "its session again", client.Connack);
                await client.TakeAsync("for each");
                await client.PingAsync();
            }
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-56")]
    public Task Payloads_arrive_as_they_were_sent_while_buffers_go_round(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            const int Publishers = 8;
            const int MessagesEach = 150;
            var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("sum/+"), qos: 1);
            var receiving = Task.Run(async () =>
            {
                for (var i = 0; i < Publishers * MessagesEach; i++)
                {
                    var publish = await subscriber.ReceivePublishAsync();
                    var sum = SHA256.HashData([.. System.Text.Encoding.UTF8.GetBytes(publish.Topic), .. publish.Payload.AsSpan(32)]);
                    Probe.Ensure(publish.Payload.AsSpan(0, 32).SequenceEqual(sum), "a payload that fits its checksum", publish);
                    await subscriber.AcknowledgeAsync(publish);
                }
            });
            await Task.WhenAll(Enumerable.Range(0, Publishers).Select(async number =>
            {
                var random = new Random(number);
                var publisher = await probe.ConnectAsync(new ConnectOptions { ClientId = probe.ClientId($"p{number}") });
                for (var i = 0; i < MessagesEach; i++)
                {
                    var topic = probe.Topic($"sum/{random.Next(5)}");
                    var content = new byte[random.Next(1, 6000)];
                    random.NextBytes(content);
                    byte[] payload = [.. SHA256.HashData([.. System.Text.Encoding.UTF8.GetBytes(topic), .. content]), .. content];
                    var packetId = publisher.NextPacketId();
                    await publisher.SendAsync(Packets.Publish(ProtocolVersion.Mqtt5, topic, payload, new PublishOptions { QoS = 1 }, packetId));
                    await publisher.ReceiveAnswerAsync(PacketType.Puback, packetId);
                }
            }));
            await receiving;
        });
}
