using Godwit.Conformance.Checks.Tables;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Remaining Length, Property Length and other numbers of one to four bytes (5.0 §1.5.5 and §2.1.4, 3.1.1 §2.2.3).</summary>
public static class VariableByteIntegerChecks
{
    /// <summary>A fifth byte is malformed, whatever follows.</summary>
    [Check("MQTT-4.13.1-1", "MQTT3-4.8.0-1", "Trap-1")]
    public static async Task A_Remaining_Length_of_five_bytes_ends_the_connection(Probe probe)
    {
        var client = await probe.ConnectAsync();
        await client.SendAsync([0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x00]);
        probe.Saw(await client.IsClosedAsync(0x81, 0x82, 0x95));

        var first = await probe.OpenAsync();
        await first.SendAsync([0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x00]);
        probe.Saw(await Refusals.OfConnectAsync(first));
    }

    /// <summary>The fourth byte says that a fifth follows, which is enough to know.</summary>
    [Check("Trap-1", Versions = Versions.Both, IsRecommendation = true)]
    public static async Task A_Remaining_Length_that_goes_on_after_four_bytes_is_refused_at_once(Probe probe)
    {
        var client = await probe.ConnectAsync();
        await client.SendAsync([0x30, 0x80, 0x80, 0x80, 0x80]);
        probe.Saw(await client.IsClosedAsync(0x81, 0x82, 0x95));

        var first = await probe.OpenAsync();
        await first.SendAsync([0x10, 0x80, 0x80, 0x80, 0x80]);
        probe.Saw(await Refusals.OfConnectAsync(first));
    }

    /// <summary>82 00 is 2 in two bytes.</summary>
    [Check("MQTT-1.5.5-1", "Trap-2", IsRecommendation = true)]
    public static Task An_integer_longer_than_necessary_ends_the_connection(Probe probe)
    {
        (string Name, Place Place, Func<Situation, byte[]> Build)[] cases =
        [
            ("Remaining Length of PINGREQ in two bytes", Place.Pingreq, at => Longer(at.Packet())),
            ("Remaining Length of PUBLISH in two bytes", Place.Publish, at => Longer(at.Packet())),
            ("Remaining Length of CONNECT in two bytes", Place.Connect, at => Longer(at.Packet())),
            ("Property Length 0 in two bytes", Place.Publish, at => at.PacketWithBlock([0x80, 0x00])),
            ("Property Length 7 in two bytes", Place.Connect, at => at.PacketWithBlock([0x87, 0x00, .. WireProperty.User("n", "v").Encoded])),
            ("Subscription Identifier 1 in two bytes", Place.Subscribe, at => at.Packet(WireProperty.Raw(0x0B, 0x81, 0x00))),
            ("a Property Identifier in two bytes", Place.Unsubscribe, at => at.Packet(WireProperty.Raw([0xA6, 0x00, .. PropertyRow.Of(0x26).Value]))),
        ];
        return Cases.EachAsync(cases, row => row.Name, async row =>
        {
            var situation = await Situation.PrepareAsync(probe, row.Place);
            probe.Saw(await situation.IsRefusedAsync(row.Build(situation)));
        });
    }

    /// <summary>3.1.1 has no rule against it.</summary>
    [Check("Trap-2", Versions = Versions.Mqtt31 | Versions.Mqtt311, IsRecommendation = true)]
    public static Task A_Remaining_Length_longer_than_necessary_is_accepted_before_5_0(Probe probe)
    {
        Place[] places = [Place.Connect, Place.Publish, Place.Pingreq];
        return Cases.EachAsync(places, place => place.NameOf(), async place =>
        {
            var situation = await Situation.PrepareAsync(probe, place);
            await situation.IsAcceptedAsync(Longer(situation.Packet()));
        });
    }

    /// <summary>The sizes at which Remaining Length takes another byte, read and written.</summary>
    [Check("MQTT-1.5.5-1", Versions = Versions.All)]
    public static async Task Remaining_Length_is_written_in_its_shortest_form(Probe probe)
    {
        var topic = probe.Topic("length");
        var client = await probe.ConnectSubscriberAsync(topic);
        foreach (var length in new[] { 127, 128, 16_383, 16_384 })
        {
            await ComesBackAsync(client, topic, length);
        }
    }

    /// <summary>The size at which Remaining Length takes its fourth byte.</summary>
    [Check("MQTT-1.5.5-1")]
    public static async Task Remaining_Length_may_have_four_bytes(Probe probe)
    {
        var topic = probe.Topic("length");
        var client = await probe.ConnectSubscriberAsync(topic);
        var sizeMax = client.Connack!.NumberOr(PropertyId.MaximumPacketSize, uint.MaxValue);
        Probe.SkipUnless(sizeMax >= 2_100_000, $"the broker takes packets of at most {sizeMax} bytes");
        await ComesBackAsync(client, topic, 2_097_151);
        await ComesBackAsync(client, topic, 2_097_152);
    }

    /// <summary>The sizes at which Property Length takes another byte, read and written.</summary>
    [Check("MQTT-1.5.5-1")]
    public static async Task Property_Length_is_written_in_its_shortest_form(Probe probe)
    {
        var topic = probe.Topic("length");
        var client = await probe.ConnectSubscriberAsync(topic);
        foreach (var length in new[] { 127, 128, 16_383, 16_384 })
        {
            var property = WireProperty.User("name", new string('v', length - 9));          // identifier 1, lengths 2 + 2, name 4
            var packet = Packets.Publish(probe.Version, topic, "text", new PublishOptions { Properties = [property] }, 0);
            await client.SendAsync(packet);
            IsSame(await client.ReceivePublishAsync("text"), packet, $"Property Length {length}");
        }
    }

    private static async Task ComesBackAsync(WireClient client, string topic, int remainingLength)
    {
        var around = 2 + topic.Length + (client.Version == ProtocolVersion.Mqtt5 ? 1 : 0);
        var packet = Packets.Publish(client.Version, topic, new byte[remainingLength - around], new PublishOptions(), 0);
        await client.SendAsync(packet);
        IsSame(await client.ReceivePublishAsync(), packet, $"Remaining Length {remainingLength}");
    }

    private static void IsSame(Received publish, byte[] packet, string what) =>
        Probe.Ensure(publish.Packet.AsSpan().SequenceEqual(packet), $"the PUBLISH as it was sent, with {what}", PacketText.Of(publish.Packet));

    /// <summary>The packet with its Remaining Length of one byte in two.</summary>
    private static byte[] Longer(byte[] packet) => [packet[0], (byte)(packet[1] | 0x80), 0x00, .. packet.AsSpan(2)];
}
