using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Hostile.Support;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Hostile;

/// <summary>Lengths that lie.</summary>
public sealed class LengthTests(HostileBrokers brokers)
{
    private static readonly byte[] FiveBytes = [0xFF, 0xFF, 0xFF, 0xFF, 0x01];

    public static TheoryData<string> Transports => HostileBrokers.Transports;

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-1")]
    public Task A_Remaining_Length_of_five_bytes_is_refused_at_the_fourth(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            foreach (var type in (PacketType[])[PacketType.Connect, PacketType.Publish, PacketType.Subscribe, PacketType.Pingreq])
            {
                var client = type == PacketType.Connect ? await probe.OpenAsync() : await probe.ConnectAsync();
                await client.SendAsync([new PacketBuilder(type, type == PacketType.Subscribe ? 2 : 0).ToBytes()[0], .. FiveBytes[..4]]);
                await IsRefusedAsync(client, type == PacketType.Connect);
            }
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-1")]
    public Task A_Property_Length_of_five_bytes_is_refused(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            var connect = await probe.OpenAsync();
            await connect.SendAsync(new PacketBuilder(PacketType.Connect).String("MQTT").Byte(5).Byte(2).UInt16(60).Bytes(FiveBytes).String("x").ToBytes());
            await IsRefusedAsync(connect, beforeConnack: true);

            var publish = await probe.ConnectAsync();
            await publish.SendAsync(new PacketBuilder(PacketType.Publish).String(probe.Topic("t")).Bytes(FiveBytes).ToBytes());
            await publish.IsClosedAsync(0x81);

            var subscribe = await probe.ConnectAsync();
            await subscribe.SendAsync(new PacketBuilder(PacketType.Subscribe, 2).UInt16(1).Bytes(FiveBytes).String(probe.Topic("t")).Byte(0).ToBytes());
            await subscribe.IsClosedAsync(0x81);
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-1")]
    public Task A_Subscription_Identifier_of_five_bytes_is_refused(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            var client = await probe.ConnectAsync();

            await client.SendAsync(new PacketBuilder(PacketType.Subscribe, 2).UInt16(1)
                .Properties(ProtocolVersion.Mqtt5, WireProperty.Raw([(byte)PropertyId.SubscriptionIdentifier, .. FiveBytes]))
                .String(probe.Topic("t")).Byte(0).ToBytes());

            await client.IsClosedAsync(0x81);
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-2")]
    public Task What_follows_a_lie_in_the_same_segment_is_never_executed(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            var watcher = await probe.ConnectSubscriberAsync(probe.Topic("smuggled"));
            var smuggled = Packets.Publish(ProtocolVersion.Mqtt5, probe.Topic("smuggled"), "smuggled", new PublishOptions(), 0);
            byte[][] lies =
            [
                [0x30, .. FiveBytes],
                [0xC0, 0x01, 0x00],                                             // PINGREQ with a body
                new PacketBuilder(PacketType.Publish, 6).String("t").ToBytes(), // QoS 3
                [0xF0, 0x81, 0x80, 0x80, 0x80, 0x00],
            ];
            foreach (var lie in lies)
            {
                var client = await probe.ConnectAsync();
                await client.SendAsync([.. lie, .. smuggled]);
                await client.IsClosedAsync(0x81, 0x82);

                var refused = await probe.OpenAsync();
                await refused.SendAsync([.. lie, .. smuggled]);
                await IsRefusedAsync(refused, beforeConnack: true);
            }

            await watcher.PingAsync();
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-3")]
    public Task Fields_that_end_behind_their_packet_are_refused(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            byte[][] cut =
            [
                new PacketBuilder(PacketType.Publish, 2).String("t").ToBytes(),                         // no packet identifier
                new PacketBuilder(PacketType.Publish, 2).String("t").Byte(0).ToBytes(),
                new PacketBuilder(PacketType.Publish).UInt16(1000).Byte('t').ToBytes(),                 // topic longer than the packet
                new PacketBuilder(PacketType.Publish).ToBytes(),
                new PacketBuilder(PacketType.Subscribe, 2).UInt16(1).Byte(0).UInt16(9).Byte('t').ToBytes(),
                new PacketBuilder(PacketType.Subscribe, 2).UInt16(1).Byte(0).String("t").ToBytes(),     // no options
                new PacketBuilder(PacketType.Subscribe, 2).Byte(0).ToBytes(),
                new PacketBuilder(PacketType.Unsubscribe, 2).UInt16(1).Byte(0).UInt16(9).ToBytes(),
                new PacketBuilder(PacketType.Puback).Byte(0).ToBytes(),
                new PacketBuilder(PacketType.Pubrel, 2).ToBytes(),
                new PacketBuilder(PacketType.Disconnect).Byte(0).Byte(9).ToBytes(),                     // Property Length 9 of nothing
            ];
            foreach (var packet in cut)
            {
                var client = await probe.ConnectAsync();
                await client.SendAsync(packet);
                await client.IsClosedAsync(0x81, 0x82);
            }

            var whole = Packets.Connect(probe.Complete(new ConnectOptions { UserName = "u", Password = "p", Will = new WillOptions(probe.Topic("will")) }));
            for (var size = 0; size < whole.Length - 2; size++)
            {
                var client = await probe.OpenAsync();
                await client.SendAsync(new PacketBuilder(PacketType.Connect).Bytes(whole.AsSpan(2, size)).ToBytes());
                await IsRefusedAsync(client, beforeConnack: true);
            }
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-59")]
    public Task Each_packet_type_with_no_body_with_one_byte_and_with_the_largest_length_ends_soon(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            for (var firstByte = 0x10; firstByte <= 0xFF; firstByte += 0x10)
            {
                var flags = (firstByte >> 4) is 6 or 8 or 10 ? 2 : 0;
                foreach (var tail in (byte[][])[[0x00], [0x01, 0x00]])
                {
                    var client = await probe.ConnectAsync();
                    await client.SendAsync([(byte)(firstByte | flags), .. tail]);
                    await AnswersOrClosesAsync(client);
                }

                // More than the broker takes is refused by its header; what it takes waits for its body and disturbs nobody.
                var large = await probe.ConnectAsync();
                await large.SendAsync([(byte)(firstByte | flags), 0xFF, 0xFF, 0xFF, 0x7F]);
                await large.IsClosedAsync(0x81, 0x82, 0x95);
            }
        });

    private static async Task IsRefusedAsync(WireClient client, bool beforeConnack)
    {
        if (!beforeConnack)
        {
            await client.IsClosedAsync(0x81, 0x82);
            return;
        }

        var packet = await client.ReceiveOrEndAsync("a refusal");
        if (packet is not null)
        {
            Probe.Ensure(packet.Type == PacketType.Connack && packet.ReasonCode >= 0x80, "CONNACK that refuses", packet);
            Probe.Ensure(await client.ReceiveOrEndAsync("the end of the connection") is null, "the end of the connection", "a packet");
        }
    }

    private static async Task AnswersOrClosesAsync(WireClient client)
    {
        await client.SendAsync(Packets.Pingreq);
        while (await client.ReceiveOrEndAsync("PINGRESP, or the end of the connection") is { } packet)
        {
            if (packet.Type == PacketType.Pingresp)
            {
                return;
            }
        }
    }
}
