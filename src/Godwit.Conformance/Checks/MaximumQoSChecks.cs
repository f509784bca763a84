using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>A broker that announces a Maximum QoS (5.0 §3.2.2.3.4).</summary>
public static class MaximumQoSChecks
{
    /// <summary>SUBSCRIBE with any QoS is accepted; what is granted is what the broker can do.</summary>
    [Check("MQTT-3.2.2-10", "Trap-90")]
    public static async Task SUBSCRIBE_above_Maximum_QoS_is_granted_less(Probe probe)
    {
        var client = await probe.ConnectAsync();
        var maximum = MaximumOf(client);

        foreach (var asked in new[] { 0, 1, 2 })
        {
            var granted = await client.SubscribeAsync(probe.Topic("a"), asked);
            Probe.Ensure(granted <= Math.Min(asked, maximum), $"a grant of at most {Math.Min(asked, maximum)}", $"{granted}");
        }
    }

    /// <summary>PUBLISH above Maximum QoS is a Protocol Error.</summary>
    [Check("MQTT-3.2.2-11", "Trap-90")]
    public static async Task PUBLISH_above_Maximum_QoS_ends_the_connection(Probe probe)
    {
        var client = await probe.ConnectAsync();
        var maximum = MaximumOf(client);

        await client.SendPublishAsync(probe.Topic("a"), "m", new PublishOptions { QoS = maximum + 1 });

        probe.Saw(await client.IsClosedAsync(0x9B));
    }

    private static int MaximumOf(WireClient client)
    {
        var maximum = (int)client.Connack!.NumberOr(PropertyId.MaximumQoS, 2);
        Probe.SkipUnless(maximum < 2, "the broker takes every QoS");
        return maximum;
    }
}
