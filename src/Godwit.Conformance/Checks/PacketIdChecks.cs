using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>The Packet Identifiers of the broker's own messages (5.0 §2.2.1, 3.1.1 §2.3.1).</summary>
public static class PacketIdChecks
{
    private const int IdentifierCount = 65_535;
    private const int BatchMax = 200;
    private const int AcknowledgedAtOnce = 10;

    /// <summary>Messages that are on their way have different identifiers, whatever their QoS.</summary>
    [Check("MQTT-2.2.1-4", "MQTT-4.3.2-1", "MQTT-4.3.3-1", "MQTT3-2.3.1-4", "MQTT3-4.3.2-1", "MQTT3-4.3.3-1", "Trap-51", "Trap-52", Versions = Versions.All)]
    public static async Task QoS_1_and_QoS_2_share_one_set_of_ids(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos: 2);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        var ids = new HashSet<ushort>();

        for (var number = 0; number < 6; number++)
        {
            var payload = number.ToString(CultureInfo.InvariantCulture);
            await publisher.PublishAsync(probe.Topic("a"), payload, qos: 1 + (number % 2));
            var publish = await subscriber.ReceivePublishAsync(payload);
            Probe.Ensure(ids.Add(publish.PacketId), "an identifier that is not in use", publish);
        }
    }

    /// <summary>PUBREC does not give an identifier back.</summary>
    [Check("MQTT-2.2.1-4", "MQTT3-2.3.1-4", "Trap-52", Versions = Versions.All)]
    public static async Task After_PUBREC_the_id_is_in_use_until_PUBCOMP(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos: 2);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        await publisher.PublishAsync(probe.Topic("a"), "held", qos: 2);
        var held = await subscriber.ReceivePublishAsync("held", qos: 2);
        await subscriber.AckAsync(PacketType.Pubrec, held.PacketId);
        await subscriber.ReceiveAnswerAsync(PacketType.Pubrel, held.PacketId);

        for (var number = 0; number < 10; number++)
        {
            await publisher.PublishAsync(probe.Topic("a"), "m", qos: 1 + (number % 2));
            var publish = await subscriber.TakeAsync("m");
            Probe.Ensure(publish.PacketId != held.PacketId, "an identifier that is not in use", publish);
        }
    }

    /// <summary>
    /// More messages than there are identifiers, while a QoS 1 message and a released QoS 2 message are never completed. A broker
    /// may wait for those two when all others are used; it must not use theirs, nor 0.
    /// </summary>
    [Check("MQTT-2.2.1-4", "MQTT-4.3.2-1", "MQTT3-2.3.1-1", "MQTT3-2.3.1-4", "MQTT3-4.3.2-1", "Trap-51", "Trap-52")]
    public static async Task Ids_wrap_around_the_messages_that_are_in_use(Probe probe)
    {
        var subscriber = await probe.ConnectAsync(new ConnectOptions { ReceiveMaximum = ushort.MaxValue });
        await subscriber.SubscribeAsync(probe.Topic("a"), qos: 2);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        await publisher.PublishAsync(probe.Topic("a"), "1", qos: 1);
        await publisher.PublishAsync(probe.Topic("a"), "2", qos: 2);
        var first = await subscriber.ReceivePublishAsync("1", qos: 1);
        var second = await subscriber.ReceivePublishAsync("2", qos: 2);
        await subscriber.AckAsync(PacketType.Pubrec, second.PacketId);
        await subscriber.ReceiveAnswerAsync(PacketType.Pubrel, second.PacketId);
        var held = new HashSet<ushort> { first.PacketId, second.PacketId };

        await PassAsync(probe, publisher, subscriber, IdentifierCount - held.Count, held);
        await SendAsync(probe, publisher, 5);
        await ReceivePubacksAsync(publisher, 5);
        var came = await TakeUntilPingrespAsync(subscriber, held);
        await subscriber.AckAsync(PacketType.Puback, first.PacketId);
        held.Remove(first.PacketId);
        came += await TakeUntilPingrespAsync(subscriber, held);
        await subscriber.AckAsync(PacketType.Pubcomp, second.PacketId);
        held.Clear();

        await TakeAsync(subscriber, 5 - came, held);
        await subscriber.PingAsync();
    }

    private static async Task PassAsync(Probe probe, WireClient publisher, WireClient subscriber, int count, HashSet<ushort> held)
    {
        var batch = (int)Math.Min(publisher.Connack!.NumberOr(PropertyId.ReceiveMaximum, BatchMax), BatchMax);
        for (var left = count; left > 0; left -= batch)
        {
            batch = Math.Min(batch, left);
            await SendAsync(probe, publisher, batch);
            await TakeAsync(subscriber, batch, held);
            await ReceivePubacksAsync(publisher, batch);
        }
    }

    private static Task SendAsync(Probe probe, WireClient publisher, int count) =>
        publisher.SendAsync([.. Enumerable.Range(1, count).Select(id =>
            Packets.Publish(probe.Version, probe.Topic("a"), "", new PublishOptions { QoS = 1 }, (ushort)id))]);

    private static async Task ReceivePubacksAsync(WireClient publisher, int count)
    {
        for (var index = 0; index < count; index++)
        {
            await publisher.ReceiveAsync(PacketType.Puback);
        }
    }

    private static async Task TakeAsync(WireClient subscriber, int count, HashSet<ushort> held)
    {
        var open = new List<ushort>();
        for (var left = count; left > 0; left--)
        {
            var publish = await subscriber.ReceivePublishAsync();
            Probe.Ensure(!held.Contains(publish.PacketId) && !open.Contains(publish.PacketId), "an identifier that is not in use", publish);
            open.Add(publish.PacketId);
            if (open.Count == AcknowledgedAtOnce || left == 1)
            {
                await subscriber.SendAsync([.. open.Select(id => Packets.Ack(subscriber.Version, PacketType.Puback, id))]);
                open.Clear();
            }
        }
    }

    private static async Task<int> TakeUntilPingrespAsync(WireClient subscriber, HashSet<ushort> held)
    {
        await subscriber.SendAsync(Packets.Pingreq);
        for (var count = 0; ; count++)
        {
            var packet = await subscriber.ReceiveAsync("PUBLISH or PINGRESP");
            if (packet.Type == PacketType.Pingresp)
            {
                return count;
            }

            Probe.Ensure(packet.Type == PacketType.Publish && !held.Contains(packet.PacketId), "an identifier that is not in use", packet);
            await subscriber.AckAsync(PacketType.Puback, packet.PacketId);
        }
    }
}
