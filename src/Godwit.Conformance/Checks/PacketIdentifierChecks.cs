using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>Packet Identifiers (5.0 §2.2.1, 3.1.1 §2.3.1).</summary>
public static class PacketIdentifierChecks
{
    private static readonly ushort[] Samples = [1, 0x00FF, 0x0100, 0x1234, 0xFFFF];

    /// <summary>0 is no identifier.</summary>
    [Check("MQTT-2.2.1-3", "MQTT3-2.3.1-1", "MQTT3-4.8.0-1", "MQTT-4.13.1-1")]
    public static Task A_Packet_Identifier_of_0_ends_the_connection(Probe probe)
    {
        var version = probe.Version;
        (string Name, byte[] Packet)[] cases =
        [
            ("PUBLISH with QoS 1", Packets.Publish(version, probe.Topic("zero"), "text", new PublishOptions { QoS = 1 }, 0)),
            ("PUBLISH with QoS 2", Packets.Publish(version, probe.Topic("zero"), "text", new PublishOptions { QoS = 2 }, 0)),
            ("SUBSCRIBE", Packets.Subscribe(version, 0, new SubscribeOptions(), probe.Topic("zero"))),
            ("UNSUBSCRIBE", Packets.Unsubscribe(version, 0, probe.Topic("zero"))),
        ];
        return Cases.EachAsync(cases, row => row.Name, async row =>
        {
            var client = await probe.ConnectAsync();
            await client.SendAsync(row.Packet, Packets.Pingreq);
            probe.Saw(await client.IsClosedAsync(0x81, 0x82, 0x9B));         // 0x9B: the broker offers no QoS 2
        });
    }

    /// <summary>The broker's PUBACK, PUBREC and PUBCOMP.</summary>
    [Check("MQTT-2.2.1-5", "MQTT3-2.3.1-6", Versions = Versions.All)]
    public static async Task Acknowledgements_carry_the_identifier_of_the_PUBLISH(Probe probe)
    {
        var client = await probe.ConnectAsync();
        Needs.QoS(client, 2);
        foreach (var packetId in Samples)
        {
            await client.PublishAsync(probe.Topic("id"), "text", new PublishOptions { QoS = 1, PacketId = packetId });
            await client.PublishAsync(probe.Topic("id"), "text", new PublishOptions { QoS = 2, PacketId = packetId });
        }
    }

    /// <summary>The broker's PUBREL.</summary>
    [Check("MQTT-2.2.1-5", "MQTT3-2.3.1-6", Versions = Versions.All)]
    public static async Task PUBREL_carries_the_identifier_of_the_PUBLISH(Probe probe)
    {
        var client = await probe.ConnectSubscriberAsync(probe.Topic("id"), qos: 2);
        Needs.QoS(client, 2);
        var publisher = await probe.ConnectAsync();
        await publisher.PublishAsync(probe.Topic("id"), "first", qos: 2);
        await publisher.PublishAsync(probe.Topic("id"), "second", qos: 2);

        var first = await client.ReceivePublishAsync("first");
        var second = await client.ReceivePublishAsync("second");

        await client.AcknowledgeAsync(first);
        await client.AcknowledgeAsync(second);
    }

    /// <summary>SUBACK and UNSUBACK.</summary>
    [Check("MQTT-2.2.1-6", "MQTT3-2.3.1-7", Versions = Versions.All)]
    public static async Task SUBACK_and_UNSUBACK_carry_the_identifier_of_their_request(Probe probe)
    {
        var client = await probe.ConnectAsync();
        foreach (var packetId in Samples)
        {
            await client.SendAsync(Packets.Subscribe(probe.Version, packetId, new SubscribeOptions(), probe.Topic("id")));
            await client.ReceiveAnswerAsync(PacketType.Suback, packetId);
            await client.SendAsync(Packets.Unsubscribe(probe.Version, packetId, probe.Topic("id")));
            await client.ReceiveAnswerAsync(PacketType.Unsuback, packetId);
        }
    }

    /// <summary>Messages that wait for their acknowledgement have different identifiers, none of them 0, whatever their QoS.</summary>
    [Check("MQTT-2.2.1-4", "MQTT3-2.3.1-4", "MQTT3-2.3.1-1", Versions = Versions.All)]
    public static async Task The_broker_gives_each_message_an_unused_identifier(Probe probe)
    {
        const int Count = 12;
        var client = await probe.ConnectSubscriberAsync(probe.Topic("id"), qos: 2);
        Needs.QoS(client, 2);
        var publisher = await probe.ConnectAsync();
        for (var i = 0; i < Count; i++)
        {
            await publisher.PublishAsync(probe.Topic("id"), i.ToString(CultureInfo.InvariantCulture), qos: 1 + (i % 2));
        }

        var used = new HashSet<ushort>();
        for (var i = 0; i < Count; i++)
        {
            var publish = await client.ReceivePublishAsync(i.ToString(CultureInfo.InvariantCulture));
            Probe.Ensure(publish.PacketId != 0 && used.Add(publish.PacketId), "an identifier that is neither 0 nor in use", publish);
        }
    }

    /// <summary>With QoS 0 the topic is followed by properties and payload, in both directions.</summary>
    [Check("MQTT-2.2.1-2", "MQTT3-2.3.1-5", Versions = Versions.All)]
    public static async Task A_PUBLISH_with_QoS_0_has_no_identifier(Probe probe)
    {
        var client = await probe.ConnectSubscriberAsync(probe.Topic("none"), qos: 2);
        var packet = Packets.Publish(probe.Version, probe.Topic("none"), "\u0001\u0002", new PublishOptions(), 0);

        await client.SendAsync(packet);

        var publish = await client.ReceivePublishAsync("\u0001\u0002");
        Probe.Ensure(publish.Packet.AsSpan().SequenceEqual(packet), "the PUBLISH as it was sent", PacketText.Of(publish.Packet));
    }

    /// <summary>Client and broker count for themselves.</summary>
    [Check("MQTT-2.2.1-5", "MQTT3-2.3.1-6", Versions = Versions.All)]
    public static async Task Client_and_broker_may_use_the_same_identifier_at_once(Probe probe)
    {
        var client = await probe.ConnectSubscriberAsync(probe.Topic("in"), qos: 2);
        Needs.QoS(client, 2);
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("in"), "theirs", qos: 2);
        var theirs = await client.ReceivePublishAsync("theirs");

        await client.SendPublishAsync(probe.Topic("out"), "ours", new PublishOptions { QoS = 2, PacketId = theirs.PacketId });
        await client.ReceiveAnswerAsync(PacketType.Pubrec, theirs.PacketId);

        await client.AcknowledgeAsync(theirs);
        await client.SendAsync(Packets.Ack(probe.Version, PacketType.Pubrel, theirs.PacketId));
        await client.ReceiveAnswerAsync(PacketType.Pubcomp, theirs.PacketId);
    }

    /// <summary>An acknowledged identifier may be used for anything.</summary>
    [Check("MQTT-2.2.1-3", "MQTT3-2.3.1-3", Versions = Versions.All)]
    public static async Task An_identifier_is_free_again_after_its_acknowledgement(Probe probe)
    {
        var client = await probe.ConnectAsync();
        Needs.QoS(client, 2);
        for (var round = 0; round < 2; round++)
        {
            await client.SendAsync(Packets.Subscribe(probe.Version, 7, new SubscribeOptions(), probe.Topic("other")));
            await client.ReceiveAnswerAsync(PacketType.Suback, 7);
            await client.PublishAsync(probe.Topic("id"), "text", new PublishOptions { QoS = 1, PacketId = 7 });
            await client.PublishAsync(probe.Topic("id"), "text", new PublishOptions { QoS = 2, PacketId = 7 });
            await client.SendAsync(Packets.Unsubscribe(probe.Version, 7, probe.Topic("other")));
            await client.ReceiveAnswerAsync(PacketType.Unsuback, 7);
        }
    }
}
