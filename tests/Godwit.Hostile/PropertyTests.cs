using System.Diagnostics;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Hostile.Support;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Hostile;

/// <summary>Properties in the wrong place, cut, repeated, or far too many.</summary>
public sealed class PropertyTests(HostileBrokers brokers)
{
    /// <summary>A right value for every property.</summary>
    private static readonly WireProperty[] All = [.. Enum.GetValues<PropertyId>().Select(ValueOf)];

    public static TheoryData<string> Transports => HostileBrokers.Transports;

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-13")]
    public Task A_property_that_does_not_belong_to_the_packet_is_refused(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            foreach (var property in All.Append(WireProperty.Raw(0x7F, 0x00)).Append(WireProperty.Raw(0x00, 0x00)))
            {
                foreach (var (packet, owner) in ClientPackets(probe, property))
                {
                    if ((PropertyRules.Of(property.Encoded[0]).Owners & owner) == 0)
                    {
                        var client = await probe.ConnectAsync();
                        await client.SendAsync(packet);
                        await client.IsClosedAsync(0x81, 0x82);
                    }
                }
            }
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-13")]
    public Task A_property_that_may_stand_once_is_refused_twice(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            foreach (var property in All)
            {
                var twice = WireProperty.Raw([.. property.Encoded, .. property.Encoded]);
                foreach (var (packet, owner) in ClientPackets(probe, twice))
                {
                    var rule = PropertyRules.Of(property.Encoded[0]);
                    if ((rule.Owners & owner) != 0 && (rule.Repeatable & owner) == 0)
                    {
                        var client = await probe.ConnectAsync();
                        await client.SendAsync(packet);
                        await client.IsClosedAsync(0x81, 0x82);
                    }
                }
            }
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-14")]
    public Task A_property_cut_at_any_byte_is_refused(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            foreach (var property in All)
            {
                for (var size = 1; size < property.Encoded.Length; size++)
                {
                    foreach (var (packet, owner) in ClientPackets(probe, WireProperty.Raw(property.Encoded[..size])))
                    {
                        if ((PropertyRules.Of(property.Encoded[0]).Owners & owner) != 0)
                        {
                            var client = await probe.ConnectAsync();
                            await client.SendAsync(packet);
                            await client.IsClosedAsync(0x81, 0x82);
                        }
                    }
                }
            }
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-11")]
    public Task Five_thousand_User_Properties_are_refused_by_their_number(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            var client = await probe.OpenAndSendConnectAsync(new ConnectOptions
            {
                Properties = [.. Enumerable.Range(0, 5000).Select(number => WireProperty.User($"name {number}", "value"))],
            });

            var connack = await client.ReceiveAsync(PacketType.Connack);
            Probe.Ensure(connack.ReasonCode is 0x97 or 0x81, "CONNACK 0x97 or 0x81", connack);
            await client.IsClosedAsync();

            var publisher = await probe.ConnectAsync();
            await publisher.SendPublishAsync(probe.Topic("t"), "x", new PublishOptions
            {
                Properties = [.. Enumerable.Range(0, 5000).Select(number => WireProperty.User($"name {number}", "value"))],
            });
            await publisher.IsClosedAsync(0x97, 0x81);
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-12")]
    public Task A_packet_above_the_limit_is_refused_by_its_header(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            var client = await probe.ConnectAsync();
            var max = client.Connack!.NumberOr(PropertyId.MaximumPacketSize, VariableByteInteger.MaxValue);
            Probe.SkipUnless(max < VariableByteInteger.MaxValue, "there is no limit");

            // Property Length claims all of it; nothing of it is ever sent.
            await client.SendAsync(new PacketBuilder(PacketType.Publish).String("t").VariableByteInteger(max).ToBytes(max));

            await client.IsClosedAsync(0x95);
        });

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-12")]
    public Task Properties_in_the_smallest_segments_cost_no_more_than_their_size(string transport) =>
        brokers.WithstandsAsync(transport, async probe =>
        {
            // One User Property with a long value, byte by byte: were the block parsed anew for each byte, eight times the bytes would
            // take sixty-four times as long. The factor leaves room for a busy machine.
            var small = await TimeAsync(probe, 1_000);
            var large = await TimeAsync(probe, 8_000);

            Probe.Ensure(large < 40 * Math.Max(small, 5), $"at most 40 x {Math.Max(small, 5)} ms for eight times the bytes", $"{large} ms");
        });

    private static async Task<long> TimeAsync(Probe probe, int size)
    {
        var publisher = await probe.ConnectAsync();
        var packet = Packets.Publish(
            ProtocolVersion.Mqtt5, probe.Topic("slow"), "x", new PublishOptions { QoS = 1, Properties = [WireProperty.User("n", new string('v', size))] }, 1);
        var started = Stopwatch.GetTimestamp();
        await publisher.SendByteByByteAsync(packet);
        await publisher.ReceiveAnswerAsync(PacketType.Puback, 1);
        return (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static WireProperty ValueOf(PropertyId id) => PropertyRules.Of((uint)id).Type switch
    {
        PropertyType.StringPair => WireProperty.User("name", "value"),
        PropertyType.String or PropertyType.Binary => WireProperty.Text(id, "text"),
        _ => WireProperty.Number(id, 1),
    };

    private static IEnumerable<(byte[] Packet, PropertyOwner Owner)> ClientPackets(Probe probe, WireProperty property)
    {
        const ProtocolVersion Five = ProtocolVersion.Mqtt5;
        yield return (new PacketBuilder(PacketType.Publish).String(probe.Topic("t")).Properties(Five, property).ToBytes(), PropertyOwner.Publish);
        yield return (new PacketBuilder(PacketType.Subscribe, 2).UInt16(1).Properties(Five, property).String(probe.Topic("t")).Byte(0).ToBytes(), PropertyOwner.Subscribe);
        yield return (new PacketBuilder(PacketType.Unsubscribe, 2).UInt16(1).Properties(Five, property).String(probe.Topic("t")).ToBytes(), PropertyOwner.Unsubscribe);
        yield return (new PacketBuilder(PacketType.Puback).UInt16(1).Byte(0).Properties(Five, property).ToBytes(), PropertyOwner.Puback);
        yield return (new PacketBuilder(PacketType.Pubrel, 2).UInt16(1).Byte(0).Properties(Five, property).ToBytes(), PropertyOwner.Pubrel);
        yield return (new PacketBuilder(PacketType.Disconnect).Byte(4).Properties(Five, property).ToBytes(), PropertyOwner.Disconnect);
    }
}
