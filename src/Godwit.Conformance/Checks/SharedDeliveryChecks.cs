using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>What becomes of a message that a member of a group has begun to receive (5.0 §4.8.2).</summary>
public static class SharedDeliveryChecks
{
    /// <summary>A QoS 2 message waits for its member and is completed with it.</summary>
    [Check("MQTT-4.8.2-4", "Trap-88")]
    public static async Task A_QoS_2_message_in_flight_waits_for_its_member(Probe probe)
    {
        var (first, second, publish) = await OneInFlightAsync(probe, qos: 2);

        await first.DropAsync();
        await EnsureNothingAsync(probe, second);
        first = await probe.ResumeAsync("first");

        await first.AcknowledgeAsync(await first.ReceiveAgainAsync(publish));
        await EnsureNothingAsync(probe, second);
    }

    /// <summary>A QoS 2 message that was released is completed with its member too.</summary>
    [Check("MQTT-4.8.2-4", "Trap-88")]
    public static async Task A_released_QoS_2_message_is_completed_with_its_member(Probe probe)
    {
        var (first, second, publish) = await OneInFlightAsync(probe, qos: 2);
        await first.AckAsync(PacketType.Pubrec, publish.PacketId);
        await first.ReceiveAnswerAsync(PacketType.Pubrel, publish.PacketId);

        await first.DropAsync();
        first = await probe.ResumeAsync("first");

        await first.ReceiveAnswerAsync(PacketType.Pubrel, publish.PacketId);
        await first.AckAsync(PacketType.Pubcomp, publish.PacketId);
        await first.PingAsync();
        await EnsureNothingAsync(probe, second);
    }

    /// <summary>When the session of the member ends, its QoS 2 message in flight ends with it.</summary>
    [Check("MQTT-4.8.2-5", "Trap-88")]
    public static async Task A_QoS_2_message_in_flight_goes_to_nobody_when_its_session_ends(Probe probe)
    {
        var (first, second, _) = await OneInFlightAsync(probe, qos: 2);

        await first.DropAsync();
        first = await probe.EndSessionAsync("first");

        await first.PingAsync();
        await EnsureNothingAsync(probe, second);
    }

    /// <summary>When the session of the member ends, its QoS 1 message in flight should go to another.</summary>
    [Check("Trap-88", Versions = Versions.Mqtt5, IsRecommendation = true)]
    public static async Task A_QoS_1_message_in_flight_goes_to_another_when_its_session_ends(Probe probe)
    {
        var (first, second, _) = await OneInFlightAsync(probe, qos: 1);

        await first.DropAsync();
        await probe.EndSessionAsync("first");

        await second.TakeAsync("m");
    }

    /// <summary>A QoS 1 message in flight may wait for its member or go to another at once, but it may not be lost.</summary>
    [Check("MQTT-4.5.0-1", "Trap-88")]
    public static async Task A_QoS_1_message_in_flight_is_not_lost_when_its_member_goes(Probe probe)
    {
        var (first, second, publish) = await OneInFlightAsync(probe, qos: 1);

        await first.DropAsync();
        first = await probe.ResumeAsync("first");

        var publisher = await probe.ConnectPublisherAsync(qos: 1);
        await publisher.PublishAsync(probe.Topic("end"), "end", qos: 0);
        if ((await second.ReceiveUntilAsync("end")).Count > 0)
        {
            probe.Saw("another member gets it at once");
            return;
        }

        probe.Saw("waits for the member");
        await first.ReceiveAgainAsync(publish);
    }

    /// <summary>A refused QoS 1 message is discarded.</summary>
    [Check("MQTT-4.8.2-6", "Trap-88")]
    public static async Task A_message_refused_with_PUBACK_goes_to_no_other_member(Probe probe)
    {
        var (first, second, publish) = await OneInFlightAsync(probe, qos: 1);

        await first.AckAsync(PacketType.Puback, publish.PacketId, 0x80);

        await first.PingAsync();
        await EnsureNothingAsync(probe, second);
        await first.DropAsync();
        await (await probe.ResumeAsync("first")).PingAsync();
    }

    /// <summary>A refused QoS 2 message is discarded.</summary>
    [Check("MQTT-4.8.2-6", "Trap-88")]
    public static async Task A_message_refused_with_PUBREC_goes_to_no_other_member(Probe probe)
    {
        var (first, second, publish) = await OneInFlightAsync(probe, qos: 2);

        await first.AckAsync(PacketType.Pubrec, publish.PacketId, 0x80);

        await first.PingAsync();
        await EnsureNothingAsync(probe, second);
        await first.DropAsync();
        await (await probe.ResumeAsync("first")).PingAsync();
    }

    private static string Filter(Probe probe) => $"$share/{probe.Prefix}/{probe.Topic("a")}";

    /// <summary>
    /// A group of two: <c>m</c> was sent to the first while it was alone, then the second joined. Both listen to the topic <c>end</c>.
    /// </summary>
    private static async Task<(WireClient First, WireClient Second, Received Publish)> OneInFlightAsync(Probe probe, int qos)
    {
        var first = await probe.ConnectPersistentAsync("first");
        Needs.Shared(first);
        await first.SubscribeAsync(Filter(probe), qos);
        var publisher = await probe.ConnectPublisherAsync(qos);
        await publisher.PublishAsync(probe.Topic("a"), "m", qos);
        var publish = await first.ReceivePublishAsync("m", qos);
        var second = await probe.ConnectSubscriberAsync(Filter(probe), qos);
        await second.SubscribeAsync(probe.Topic("end"));
        return (first, second, publish);
    }

    /// <summary>The member gets nothing of the group: the next that comes is a marker of its own.</summary>
    private static async Task EnsureNothingAsync(Probe probe, WireClient member)
    {
        await member.PingAsync();
        var publisher = await probe.ConnectAsync();
        await publisher.PublishAsync(probe.Topic("end"), "end", qos: 0);
        await member.ReceivePublishAsync("end");
    }
}
