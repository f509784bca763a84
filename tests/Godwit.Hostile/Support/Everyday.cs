using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;

namespace Godwit.Hostile.Support;

/// <summary>What must work at any time.</summary>
internal static class Everyday
{
    /// <summary>A new publisher and a new subscriber exchange a message of each QoS, and an old client is still served.</summary>
    /// <param name="probe">Of the case.</param>
    /// <param name="neighbour">Subscribed to <c>neighbour</c> before the attack.</param>
    public static async Task PublishesAndSubscribesAsync(Probe probe, WireClient neighbour)
    {
        var subscriber = await probe.ConnectSubscriberAsync(probe.Topic("everyday"), qos: 2);
        var publisher = await probe.ConnectAsync();
        for (var qos = 0; qos <= 2; qos++)
        {
            await publisher.PublishAsync(probe.Topic("everyday"), $"qos {qos}", qos);
            await subscriber.TakeAsync($"qos {qos}");
        }

        await publisher.PublishAsync(probe.Topic("neighbour"), "still there?", qos: 1);
        await neighbour.TakeAsync("still there?");
        await subscriber.PingAsync();
    }
}
