using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Hostile.Support;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Hostile;

/// <summary>Strings that are no UTF-8, and topics that are none or very long.</summary>
public sealed class TextTests(HostileBrokers brokers)
{
    private const ProtocolVersion Five = ProtocolVersion.Mqtt5;

    private static readonly (string Name, byte[] Bytes)[] IllFormed =
    [
        ("a NUL", [(byte)'a', 0x00]),
        ("a surrogate", [0xED, 0xA0, 0x80]),
        ("an overlong form", [0xC0, 0x80]),
        ("0xFF", [0xFF]),
        ("a cut sequence", [(byte)'a', 0xE2, 0x82]),
        ("more than U+10FFFF", [0xF4, 0x90, 0x80, 0x80]),
    ];

    public static TheoryData<string> Transports => HostileBrokers.Transports;

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-58")]
    public Task Strings_that_are_no_UTF_8_stop_at_the_entrance(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            var all = await probe.ConnectSubscriberAsync(probe.Topic("#"));
            foreach (var (name, bytes) in IllFormed)
            {
                foreach (var packet in PacketsWith(probe, bytes))
                {
                    var client = await probe.ConnectAsync();
                    await client.SendAsync(packet);
                    Probe.Ensure((await client.IsClosedAsync(0x81, 0x82, 0x8F, 0x90)).Length > 0, $"a refusal of {name}", "none");
                }

                foreach (var connect in ConnectsWith(bytes))
                {
                    var client = await probe.OpenAsync();
                    await client.SendAsync(connect);
                    var packet = await client.ReceiveOrEndAsync("a refusal");
                    Probe.Ensure(packet is null or { Type: PacketType.Connack, ReasonCode: >= 0x80 }, $"a refusal of {name}", packet?.ToString() ?? "");
                }
            }

            await all.PingAsync();
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-4")]
    public Task Empty_topics_and_filters_are_refused(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            byte[][] packets =
            [
                new PacketBuilder(PacketType.Publish).String("").Byte(0).ToBytes(),
                new PacketBuilder(PacketType.Subscribe, 2).UInt16(1).Byte(0).String("").Byte(0).ToBytes(),
                new PacketBuilder(PacketType.Unsubscribe, 2).UInt16(1).Byte(0).String("").ToBytes(),
            ];
            foreach (var packet in packets)
            {
                var client = await probe.ConnectAsync();
                await client.SendAsync(packet);
                await client.IsClosedAsync(0x81, 0x82, 0x8F, 0x90);
            }
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-7")]
    public Task Topics_of_the_greatest_length_and_depth_are_served_or_refused(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            var prefix = probe.Topic("");
            string[] topics =
            [
                prefix + new string('x', 65_535 - prefix.Length),
                prefix + new string('/', 32_000),
                prefix + string.Join('/', Enumerable.Repeat("a", 32_000)),
                prefix + string.Join('/', Enumerable.Repeat("level", 200)),
            ];
            foreach (var topic in topics)
            {
                var client = await probe.ConnectAsync();
                var packetId = client.NextPacketId();
                await client.SendAsync(Packets.Subscribe(Five, packetId, new SubscribeOptions { QoS = 1 }, topic));
                var suback = await client.ReceiveAnswerAsync(PacketType.Suback, packetId);
                if (suback.ReasonCodes[0] >= 0x80)
                {
                    Probe.Ensure(suback.ReasonCodes[0] is 0x8F or 0x97, "SUBACK 0x8F or 0x97", suback);
                    continue;
                }

                await client.SendPublishAsync(topic, "deep", new PublishOptions { QoS = 0 });
                await client.ReceivePublishAsync("deep");
            }
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-15")]
    public Task A_malformed_shared_filter_is_refused_at_once_and_nothing_of_it_stays(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            var client = await probe.ConnectAsync();
            foreach (var filter in (string[])["$share", "$share/", "$share/ab", "$share//x", "$share/g/", "$share/+/x", "$share/#/x", "$share/g#/x", "$share/g+/x"])
            {
                var packetId = client.NextPacketId();
                await client.SendAsync(Packets.Subscribe(Five, packetId, new SubscribeOptions(), filter));
                var suback = await client.ReceiveAnswerAsync(PacketType.Suback, packetId);
                if (filter is not "$share")                 // an ordinary filter of one level
                {
                    Probe.Ensure(suback.ReasonCodes is [0x8F], $"SUBACK 0x8F for {filter}", suback);
                }
            }

            foreach (var topic in (string[])["ab", "x", probe.Topic("x")])
            {
                await client.PublishAsync(topic, "matches nothing of it", qos: 1);
            }

            await client.PingAsync();
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-16")]
    public Task Unsubscribing_from_the_plain_filter_leaves_the_shared_one_and_the_reverse(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            var topic = probe.Topic("t");
            var shared = $"$share/{probe.Prefix}/{topic}";
            var publisher = await probe.ConnectAsync();
            var client = await probe.ConnectAsync();

            await client.SubscribeAsync(shared);
            Probe.Ensure(await client.UnsubscribeAsync(topic) is [0x11], "UNSUBACK 0x11", "another code");
            await publisher.PublishAsync(topic, "shared", qos: 1);
            await client.ReceivePublishAsync("shared");

            Probe.Ensure(await client.UnsubscribeAsync(shared) is [0x00], "UNSUBACK 0x00", "another code");
            await client.SubscribeAsync(topic);
            Probe.Ensure(await client.UnsubscribeAsync(shared) is [0x11], "UNSUBACK 0x11", "another code");
            await publisher.PublishAsync(topic, "plain", qos: 1);
            await client.ReceivePublishAsync("plain");

            await client.DropAsync();
            Probe.Ensure(await publisher.PublishAsync(topic, "nobody", qos: 1) is 0x10 or 0x00, "PUBACK", "another code");
        });

    private static IEnumerable<byte[]> PacketsWith(Probe probe, byte[] text)
    {
        byte[] topic = [.. System.Text.Encoding.UTF8.GetBytes(probe.Topic("")), .. text];
        yield return new PacketBuilder(PacketType.Publish).Binary(topic).Byte(0).ToBytes();
        yield return new PacketBuilder(PacketType.Subscribe, 2).UInt16(1).Byte(0).Binary(topic).Byte(0).ToBytes();
        yield return new PacketBuilder(PacketType.Unsubscribe, 2).UInt16(1).Byte(0).Binary(topic).ToBytes();
        foreach (var property in (WireProperty[])
        [
            WireProperty.Binary(PropertyId.ContentType, text), WireProperty.Binary(PropertyId.ResponseTopic, text),
            UserProperty(text, [(byte)'v']), UserProperty([(byte)'n'], text),
        ])
        {
            yield return new PacketBuilder(PacketType.Publish).String(probe.Topic("t")).Properties(Five, property).ToBytes();
        }

        yield return Packets.Disconnect(Five, 4, WireProperty.Binary(PropertyId.ReasonString, text));
    }

    private static IEnumerable<byte[]> ConnectsWith(byte[] text)
    {
        yield return Connect(2, []).Binary(text).ToBytes();
        yield return Connect(0x82, []).String("id").Binary(text).ToBytes();
        yield return Connect(6, []).String("id").Byte(0).Binary(text).String("payload").ToBytes();
        yield return Connect(2, [UserProperty(text, text)]).String("id").ToBytes();
        yield return Connect(2, [WireProperty.Binary(PropertyId.AuthenticationMethod, text)]).String("id").ToBytes();
    }

    private static PacketBuilder Connect(int flags, WireProperty[] properties) =>
        new PacketBuilder(PacketType.Connect).String("MQTT").Byte(5).Byte(flags).UInt16(60).Properties(Five, properties);

    private static WireProperty UserProperty(byte[] name, byte[] value) => WireProperty.Raw(
        [(byte)PropertyId.UserProperty, 0, (byte)name.Length, .. name, 0, (byte)value.Length, .. value]);
}
