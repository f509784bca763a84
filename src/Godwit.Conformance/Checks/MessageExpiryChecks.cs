using System.Diagnostics;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>
/// Message Expiry Interval (5.0 §3.3.2.3.3). A broker may count whole seconds, so what has expired is looked for two seconds late.
/// </summary>
public static class MessageExpiryChecks
{
    private const uint Long = 100;
    private const double SecondsUntilExpired = 3;

    [Check("MQTT-3.3.2-6", "Trap-58")]
    public static async Task What_is_forwarded_at_once_keeps_its_interval(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), 2);
        var publisher = await probe.ConnectAsync();
        foreach (var seconds in new uint[] { 60, Long, 1_000_000, uint.MaxValue })
        {
            foreach (var qos in new[] { 0, 1 })
            {
                var clock = Stopwatch.StartNew();
                await publisher.PublishAsync(probe.Topic("a"), "x", Expiring(seconds, qos));
                EnsureInterval(await subscriber.TakeAsync("x"), seconds, 0, clock);
            }
        }
    }

    [Check("MQTT-3.3.2-6")]
    public static async Task A_message_without_an_interval_is_forwarded_without(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), 1);
        var publisher = await probe.ConnectAsync();
        await publisher.PublishAsync(probe.Topic("a"), "with", Expiring(Long));
        await publisher.PublishAsync(probe.Topic("a"), "without", qos: 1);

        await subscriber.TakeAsync("with");
        var publish = await subscriber.TakeAsync("without");
        Probe.Ensure(publish.Property(PropertyId.MessageExpiryInterval) is null, "no Message Expiry Interval", publish);
    }

    [Check("MQTT-3.3.2-6", "Trap-58", Waits = true)]
    public static async Task The_time_in_the_queue_of_a_session_is_taken_off(Probe probe)
    {
        var session = await GivenSessionAsync(probe, 1);
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 1);
        var clock = Stopwatch.StartNew();
        await publisher.PublishAsync(probe.Topic("a"), "long", Expiring(Long));
        await publisher.PublishAsync(probe.Topic("a"), "longer", Expiring(10 * Long));

        await probe.WaitAsync(2);

        var subscriber = await probe.ConnectAsync(session);
        EnsureInterval(await subscriber.TakeAsync("long"), Long, 2, clock);
        EnsureInterval(await subscriber.TakeAsync("longer"), 10 * Long, 2, clock);
    }

    [Check("MQTT-3.3.2-6", "Trap-58", "Trap-76", Waits = true)]
    public static async Task The_time_as_a_retained_message_is_taken_off(Probe probe)
    {
        var publisher = await RetainedChecks.ConnectPublisherAsync(probe);
        var clock = Stopwatch.StartNew();
        await publisher.PublishAsync(probe.Topic("a"), "kept", Expiring(Long) with { Retain = true });

        await probe.WaitAsync(2);

        var retained = await (await probe.ConnectAsync()).SubscribeAndTakeRetainedAsync(probe.Topic("a"), new SubscribeOptions(), 1);
        EnsureInterval(retained[0], Long, 2, clock);
    }

    [Check("MQTT-3.3.2-5", "MQTT-3.3.2-6", "Trap-58", Waits = true)]
    public static async Task The_time_behind_a_full_Receive_Maximum_counts_as_well(Probe probe)
    {
        var subscriber = await probe.ConnectAsync(new ConnectOptions { ReceiveMaximum = 1 });
        await subscriber.SubscribeAsync(probe.Topic("a"), 1);
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 1);
        await publisher.PublishAsync(probe.Topic("a"), "in flight", qos: 1);
        var clock = Stopwatch.StartNew();
        await publisher.PublishAsync(probe.Topic("a"), "short", Expiring(1));
        await publisher.PublishAsync(probe.Topic("a"), "long", Expiring(Long));

        await probe.WaitAsync(SecondsUntilExpired);

        await subscriber.TakeAsync("in flight");
        EnsureInterval(await subscriber.TakeAsync("long"), Long, 3, clock);
    }

    [Check("MQTT-3.3.2-5", "Trap-58", Waits = true)]
    public static async Task A_QoS_1_message_that_expires_in_the_queue_of_a_session_is_deleted(Probe probe) =>
        await ExpiresInQueueAsync(probe, 1, probe.Version);

    [Check("MQTT-3.3.2-5", "Trap-58", Waits = true)]
    public static async Task A_QoS_2_message_that_expires_in_the_queue_of_a_session_is_deleted(Probe probe) =>
        await ExpiresInQueueAsync(probe, 2, probe.Version);

    [Check("MQTT-3.3.2-5", "Trap-58", Waits = true)]
    public static async Task A_message_that_expires_in_the_queue_of_a_3_1_1_session_is_deleted(Probe probe) =>
        await ExpiresInQueueAsync(probe, 1, ProtocolVersion.Mqtt311);

    [Check("MQTT-3.3.2-5", "Trap-59", Waits = true)]
    public static async Task A_retained_message_that_has_expired_is_gone(Probe probe)
    {
        var publisher = await RetainedChecks.ConnectPublisherAsync(probe);
        await publisher.PublishAsync(probe.Topic("a"), "older", qos: 1, retain: true);
        await publisher.PublishAsync(probe.Topic("a"), "short", Expiring(1) with { Retain = true });

        await probe.WaitAsync(SecondsUntilExpired);

        await (await probe.ConnectAsync()).SubscribeAndTakeRetainedAsync(probe.Topic("a"), new SubscribeOptions(), 0);
    }

    [Check("MQTT-3.3.1-5", "Trap-59", Versions = Versions.Mqtt5, Waits = true)]
    public static async Task The_interval_of_a_retained_message_ends_with_its_replacement(Probe probe)
    {
        var publisher = await RetainedChecks.ConnectPublisherAsync(probe);
        await publisher.PublishAsync(probe.Topic("a"), "short", Expiring(1) with { Retain = true });
        await publisher.PublishAsync(probe.Topic("a"), "new", qos: 1, retain: true);

        await probe.WaitAsync(SecondsUntilExpired);

        var retained = await (await probe.ConnectAsync()).SubscribeAndTakeRetainedAsync(probe.Topic("a"), new SubscribeOptions(), 1);
        var isUnlimited = retained[0].Property(PropertyId.MessageExpiryInterval) is null;
        Probe.Ensure(isUnlimited && retained[0] is { Text: "new" }, "PUBLISH 'new' that does not expire", retained[0]);
    }

    /// <summary>Such a message has no time at all, or reaches those who are there: both can be read from the text.</summary>
    [Check("MQTT-3.3.2-6", "Trap-58")]
    public static async Task An_interval_of_0_is_legal(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), 1);
        var publisher = await probe.ConnectAsync();

        var code = await publisher.PublishAsync(probe.Topic("a"), "zero", Expiring(0));
        await publisher.PublishAsync(probe.Topic("a"), "marker", qos: 1);

        Probe.Ensure(code < 0x80, "PUBACK that accepts the message", $"PUBACK 0x{code:X2}");
        var others = await subscriber.ReceivePublishesUntilAsync("marker");
        var isLeft = others is [{ Text: "zero" }] && others[0].NumberOr(PropertyId.MessageExpiryInterval, 1) == 0;
        Probe.Ensure(isLeft || others is [], "nothing, or the message with an interval of 0", others);
        probe.Saw(others.Count == 0 ? "Message Expiry Interval 0: expires at once" : "Message Expiry Interval 0: reaches connected subscribers");
    }

    [Check("MQTT-3.3.2-5", "Trap-58", Waits = true)]
    public static async Task A_message_with_an_interval_of_0_is_not_kept(Probe probe)
    {
        var session = await GivenSessionAsync(probe, 1);
        var publisher = await RetainedChecks.ConnectPublisherAsync(probe);
        await publisher.PublishAsync(probe.Topic("a"), "zero", Expiring(0) with { Retain = true });

        await probe.WaitAsync(2);

        await (await probe.ConnectAsync()).SubscribeAndTakeRetainedAsync(probe.Topic("a"), new SubscribeOptions(), 0);
        await publisher.PublishAsync(probe.Topic("a"), "marker", qos: 1);
        await (await probe.ConnectAsync(session)).ReceivePublishAsync("marker");
    }

    [Check("MQTT-4.3.3-7", "Trap-58", Waits = true)]
    public static async Task A_QoS_2_delivery_that_has_begun_goes_on_after_the_interval(Probe probe)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("a"), 2);
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 2);
        await publisher.PublishAsync(probe.Topic("a"), "x", Expiring(1, qos: 2));
        var publish = await subscriber.ReceivePublishAsync("x");

        await probe.WaitAsync(SecondsUntilExpired);

        await subscriber.SendAsync(Packets.Ack(probe.Version, PacketType.Pubrec, publish.PacketId));
        var pubrel = await subscriber.ReceiveAnswerAsync(PacketType.Pubrel, publish.PacketId);
        Probe.Ensure(pubrel.ReasonCode == 0, "PUBREL 0x00", pubrel);
    }

    [Check("MQTT-4.3.3-7", "Trap-58", Waits = true)]
    public static async Task A_QoS_2_PUBLISH_is_sent_again_after_the_interval(Probe probe) => await SentAgainAsync(probe, 2);

    /// <summary>Its delivery has begun, and what is not acknowledged is sent again.</summary>
    [Check("MQTT-4.4.0-1", "Trap-58", Waits = true)]
    public static async Task A_QoS_1_PUBLISH_is_sent_again_after_the_interval(Probe probe) => await SentAgainAsync(probe, 1);

    [Check("MQTT-4.3.3-13", "Trap-58", Waits = true)]
    public static async Task A_QoS_2_exchange_of_the_publisher_goes_on_after_the_interval(Probe probe)
    {
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 2);
        var packetId = await publisher.SendPublishAsync(probe.Topic("a"), "x", Expiring(1, qos: 2));
        await publisher.ReceiveAnswerAsync(PacketType.Pubrec, packetId);

        await probe.WaitAsync(SecondsUntilExpired);

        await publisher.SendAsync(Packets.Ack(probe.Version, PacketType.Pubrel, packetId));
        var pubcomp = await publisher.ReceiveAnswerAsync(PacketType.Pubcomp, packetId);
        Probe.Ensure(pubcomp.ReasonCode == 0, "PUBCOMP 0x00", pubcomp);
    }

    private static PublishOptions Expiring(uint seconds, int qos = 1) =>
        new() { QoS = qos, Properties = [WireProperty.Number(PropertyId.MessageExpiryInterval, seconds)] };

    private static async Task<ConnectOptions> GivenSessionAsync(Probe probe, int qos, ProtocolVersion? version = null)
    {
        var session = ConnectOptions.Persistent(probe.ClientId("sub")) with { Version = version };
        var subscriber = await probe.ConnectAsync(session);
        await subscriber.SubscribeAsync(probe.Topic("a"), qos);
        await subscriber.DisconnectAsync();
        return session;
    }

    private static async Task ExpiresInQueueAsync(Probe probe, int qos, ProtocolVersion subscriberVersion)
    {
        var session = await GivenSessionAsync(probe, 2, subscriberVersion);
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, qos);
        await publisher.PublishAsync(probe.Topic("a"), "short", Expiring(1, qos));
        await publisher.PublishAsync(probe.Topic("a"), "long", Expiring(Long, qos));
        await publisher.PublishAsync(probe.Topic("a"), "short", Expiring(1, qos));
        await publisher.PublishAsync(probe.Topic("a"), "unlimited", qos);

        await probe.WaitAsync(SecondsUntilExpired);

        var subscriber = await probe.ConnectAsync(session);
        await subscriber.ReceivePublishAsync("long");
        await subscriber.ReceivePublishAsync("unlimited");
    }

    private static async Task SentAgainAsync(Probe probe, int qos)
    {
        var session = ConnectOptions.Persistent(probe.ClientId("sub"));
        var subscriber = await probe.ConnectAsync(session);
        await subscriber.SubscribeAsync(probe.Topic("a"), qos);
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, qos);
        await publisher.PublishAsync(probe.Topic("a"), "x", Expiring(1, qos));
        var first = await subscriber.ReceivePublishAsync("x");
        await subscriber.DropAsync();

        await probe.WaitAsync(SecondsUntilExpired);

        subscriber = await probe.ConnectAsync(session);
        var second = await subscriber.ReceivePublishAsync("x");
        Probe.Ensure(second.Dup && second.PacketId == first.PacketId, $"PUBLISH id {first.PacketId} with DUP 1", second);
    }

    /// <summary>What is left, give or take a broker's tick of one second.</summary>
    private static void EnsureInterval(Received publish, uint published, uint waited, Stopwatch clock)
    {
        var least = published - (uint)Math.Ceiling(clock.Elapsed.TotalSeconds) - 1;
        var most = published - waited;
        var left = publish.NumberOr(PropertyId.MessageExpiryInterval, uint.MaxValue);
        Probe.Ensure(left >= least && left <= most, $"Message Expiry Interval {least} to {most}", publish);
    }
}
