using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Order of messages (5.0 §4.6) and who gets them (§4.5).</summary>
public static class OrderChecks
{
    private const int Rounds = 20;
    private const int BatchMax = 8;

    /// <summary>A publisher's QoS 0 messages to a topic keep their order.</summary>
    [Check("MQTT-4.6.0-5", "MQTT-4.6.0-6", "MQTT3-4.6.0-5", "MQTT3-4.6.0-6", Versions = Versions.All)]
    public static Task QoS_0_messages_arrive_in_the_order_of_their_publisher(Probe probe) => InOrderAsync(probe, qos: 0);

    /// <summary>A publisher's QoS 1 messages to a topic keep their order.</summary>
    [Check("MQTT-4.6.0-5", "MQTT-4.6.0-6", "MQTT3-4.6.0-5", "MQTT3-4.6.0-6", Versions = Versions.All)]
    public static Task QoS_1_messages_arrive_in_the_order_of_their_publisher(Probe probe) => InOrderAsync(probe, qos: 1);

    /// <summary>A publisher's QoS 2 messages to a topic keep their order.</summary>
    [Check("MQTT-4.6.0-5", "MQTT-4.6.0-6", "MQTT3-4.6.0-5", "MQTT3-4.6.0-6", Versions = Versions.All)]
    public static Task QoS_2_messages_arrive_in_the_order_of_their_publisher(Probe probe) => InOrderAsync(probe, qos: 2);

    /// <summary>What waited for a client comes in order.</summary>
    [Check("MQTT-4.6.0-5", "MQTT-4.5.0-1", "MQTT3-4.6.0-6", "MQTT3-4.5.0-1", Versions = Versions.All)]
    public static async Task Messages_that_waited_arrive_in_order_and_without_DUP(Probe probe)
    {
        var subscriber = await probe.ConnectPersistentAsync("sub");
        await subscriber.SubscribeAsync(probe.Topic("a"), qos: 1);
        var publisher = await probe.ConnectPublisherAsync(qos: 1);
        await subscriber.DisconnectAsync();
        for (var number = 0; number < BatchMax; number++)
        {
            await publisher.PublishAsync(probe.Topic("a"), Text(number), qos: 1);
        }

        subscriber = await probe.ResumeAsync("sub");

        for (var number = 0; number < BatchMax; number++)
        {
            var publish = await subscriber.TakeAsync(Text(number));
            Probe.Ensure(!publish.Dup, "PUBLISH without DUP: it was never sent before", publish);
        }

        await subscriber.PingAsync();
    }

    /// <summary>At a reconnect come first the messages on their way, then those that waited, then those that are new.</summary>
    [Check("MQTT-4.6.0-5", "MQTT3-4.6.0-1", "MQTT3-4.6.0-6", "Trap-54", Versions = Versions.All)]
    public static Task At_a_reconnect_QoS_1_comes_sent_again_then_queued_then_new(Probe probe) => ReconnectAsync(probe, qos: 1);

    /// <summary>At a reconnect come first the messages on their way, then those that waited, then those that are new.</summary>
    [Check("MQTT-4.6.0-5", "MQTT3-4.6.0-1", "MQTT3-4.6.0-6", "Trap-54", Versions = Versions.All)]
    public static Task At_a_reconnect_QoS_2_comes_sent_again_then_queued_then_new(Probe probe) => ReconnectAsync(probe, qos: 2);

    /// <summary>QoS 1 and QoS 2 are sent again in the one order in which they were sent. 5.0 says so of clients only.</summary>
    [Check("MQTT3-4.6.0-1", "Trap-53")]
    public static Task Messages_of_QoS_1_and_2_are_sent_again_in_their_order(Probe probe) => MixedAsync(probe);

    /// <summary>A client of 5.0 has to keep the one order, and a broker had better do the same.</summary>
    [Check("Trap-53", Versions = Versions.Mqtt5, IsRecommendation = true)]
    public static Task Messages_of_QoS_1_and_2_should_be_sent_again_in_their_order(Probe probe) => MixedAsync(probe);

    /// <summary>PUBRELs follow the order of the PUBRECs: a rule for clients, which 3.1.1 extends to a server that delivers.</summary>
    [Check("MQTT3-4.6.0-6")]
    public static async Task PUBRELs_come_in_the_order_of_the_PUBRECs(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos: 2);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        var ids = new List<ushort>();
        for (var number = 0; number < 4; number++)
        {
            await publisher.PublishAsync(probe.Topic("a"), Text(number), qos: 2);
            ids.Add((await subscriber.ReceivePublishAsync(Text(number), qos: 2)).PacketId);
        }

        await subscriber.SendAsync([.. ids.Select(id => Packets.Ack(probe.Version, PacketType.Pubrec, id))]);

        foreach (var id in ids)
        {
            await subscriber.ReceiveAnswerAsync(PacketType.Pubrel, id);
        }
    }

    /// <summary>Every matching session gets the message, also that of a client which is away.</summary>
    [Check("MQTT-4.5.0-1", "MQTT3-4.5.0-1", Versions = Versions.All)]
    public static async Task A_message_reaches_every_client_with_a_matching_subscription(Probe probe)
    {
        string[] matching = [probe.Topic("a/b"), probe.Topic("a/+"), probe.Topic("#"), "+/a/b"];
        var away = await probe.ConnectPersistentAsync("away");
        await away.SubscribeAsync(probe.Topic("+/b"), qos: 1);
        await away.DisconnectAsync();
        var subscribers = new List<WireClient>();
        foreach (var filter in matching)
        {
            subscribers.Add(await probe.ConnectSubscriberAsync(filter, qos: 1));
        }

        var other = await probe.ConnectSubscriberAsync(probe.Topic("a/c"), qos: 1);
        var publisher = await probe.ConnectPublisherAsync(qos: 1);
        var payload = probe.Topic("m");
        await publisher.PublishAsync(probe.Topic("a/b"), payload, qos: 1);
        await publisher.PublishAsync(probe.Topic("a/c"), "end", qos: 1);

        foreach (var subscriber in subscribers)
        {
            // The last filter may match topics of other checks as well.
            await subscriber.ReceiveUntilAsync(payload);
        }

        await other.TakeAsync("end");
        await (await probe.ResumeAsync("away")).TakeAsync(payload);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Many messages, several in one segment.</summary>
    private static async Task InOrderAsync(Probe probe, int qos)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), qos);
        var publisher = await probe.ConnectPublisherAsync(qos);
        var batch = (int)Math.Min(BatchMax, publisher.Connack!.NumberOr(PropertyId.ReceiveMaximum, ushort.MaxValue));
        for (var round = 0; round < Rounds; round++)
        {
            var first = round * batch;
            var ids = Enumerable.Range(1, batch).Select(id => (ushort)id).ToList();
            await publisher.SendAsync([.. ids.Select(id =>
                Packets.Publish(probe.Version, probe.Topic("a"), Text(first + id), new PublishOptions { QoS = qos }, id))]);
            await CompleteAsync(publisher, qos, ids);
            for (var number = first + 1; number <= first + batch; number++)
            {
                var publish = await subscriber.TakeNextAsync($"PUBLISH with payload '{number}'");
                Probe.Ensure(string.Equals(publish.Text, Text(number), StringComparison.Ordinal), $"PUBLISH with payload '{number}'", publish);
            }
        }
    }

    /// <summary>The publisher's side of exchanges with these identifiers, whose answers may come in any order.</summary>
    private static async Task CompleteAsync(WireClient publisher, int qos, List<ushort> ids)
    {
        PacketType[] answers = qos switch { 0 => [], 1 => [PacketType.Puback], _ => [PacketType.Pubrec, PacketType.Pubcomp] };
        foreach (var answer in answers)
        {
            if (answer == PacketType.Pubcomp)
            {
                await publisher.SendAsync([.. ids.Select(id => Packets.Ack(publisher.Version, PacketType.Pubrel, id))]);
            }

            var open = ids.ToHashSet();
            while (open.Count > 0)
            {
                var packet = await publisher.ReceiveAsync(answer);
                Probe.Ensure(open.Remove(packet.PacketId), "one answer for each message", packet);
            }
        }
    }

    private static async Task ReconnectAsync(Probe probe, int qos)
    {
        var subscriber = await probe.ConnectPersistentAsync("sub");
        await subscriber.SubscribeAsync(probe.Topic("a"), qos);
        var publisher = await probe.ConnectPublisherAsync(qos);
        for (var number = 1; number <= 3; number++)
        {
            await publisher.PublishAsync(probe.Topic("a"), Text(number), qos);
            await subscriber.ReceivePublishAsync(Text(number), qos);
        }

        await subscriber.DisconnectAsync();
        await publisher.PublishAsync(probe.Topic("a"), "4", qos);
        await publisher.PublishAsync(probe.Topic("a"), "5", qos);
        subscriber = await probe.ResumeAsync("sub");
        await publisher.PublishAsync(probe.Topic("a"), "6", qos);

        for (var number = 1; number <= 6; number++)
        {
            var publish = await subscriber.ReceivePublishAsync(Text(number), qos);
            Probe.Ensure(publish.Dup == (number <= 3), number <= 3 ? "PUBLISH with DUP" : "PUBLISH without DUP", publish);
        }
    }

    private static async Task MixedAsync(Probe probe)
    {
        var subscriber = await probe.ConnectPersistentAsync("sub");
        await subscriber.SubscribeAsync(probe.Topic("a"), qos: 2);
        var publisher = await probe.ConnectPublisherAsync(qos: 2);
        var sent = new List<Received>();
        for (var number = 0; number < 6; number++)
        {
            await publisher.PublishAsync(probe.Topic("a"), Text(number), qos: 1 + (number % 2));
            sent.Add(await subscriber.ReceivePublishAsync(Text(number)));
        }

        await subscriber.DropAsync();
        subscriber = await probe.ResumeAsync("sub");

        foreach (var publish in sent)
        {
            await subscriber.ReceiveAgainAsync(publish);
        }
    }
}
