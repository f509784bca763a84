using System.Diagnostics;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>When a will is published, and when it is not (§3.1.2.5, §3.14.4).</summary>
public static class WillChecks
{
    [Check("MQTT-3.1.2-7", "MQTT-3.1.2-8", "MQTT3-3.1.2-8", "MQTT31-3.1-7", "Trap-39")]
    public static async Task The_will_is_published_when_the_connection_breaks(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var client = await ConnectWithWillAsync(probe);

        await client.DropAsync();

        await watcher.ReceivePublishAsync("will");
    }

    [Check("MQTT-3.1.2-8", "MQTT3-3.1.2-8", "Trap-39", Versions = Versions.All)]
    public static async Task The_will_is_published_when_the_connection_breaks_within_a_packet(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var client = await ConnectWithWillAsync(probe);

        await client.SendAsync([0x30, 0x20, 0x00]);
        await client.DropAsync();

        await watcher.ReceivePublishAsync("will");
    }

    [Check("MQTT-3.1.2-8", "MQTT3-3.1.2-8", "Trap-39")]
    public static async Task The_will_is_published_when_the_broker_ends_the_connection_for_an_error(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var client = await ConnectWithWillAsync(probe);

        await client.SendAsync(Packets.Publish(probe.Version, probe.Topic("t"), "QoS 3", new PublishOptions { QoS = 3 }, packetId: 1));

        probe.Saw(await client.IsClosedAsync(0x81, 0x82));
        await watcher.ReceivePublishAsync("will");
    }

    [Check("MQTT-3.1.2-8", "MQTT3-3.1.2-8", "MQTT-3.1.0-2", "MQTT3-3.1.0-2", "Trap-39")]
    public static async Task The_will_is_published_when_a_second_CONNECT_ends_the_connection(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var client = await ConnectWithWillAsync(probe);

        await client.SendAsync(Packets.Connect(probe.Complete(new ConnectOptions { ClientId = client.ClientId })));

        probe.Saw(await client.IsClosedAsync(0x82));
        await watcher.ReceivePublishAsync("will");
    }

    [Check("MQTT3-3.1.2-24", "MQTT-3.1.2-22", "MQTT-3.1.2-8", "MQTT3-3.1.2-8", "MQTT31-3.1-7", "Trap-39", Waits = true)]
    public static async Task The_will_is_published_when_the_Keep_Alive_runs_out(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var client = await ConnectWithWillAsync(probe, new ConnectOptions { KeepAliveSeconds = 1 });
        KeepAliveChecks.SkipUnlessGranted(client, 1);

        await KeepAliveChecks.CutOffAsync(client, Stopwatch.GetTimestamp(), 1.5);

        await watcher.ReceivePublishAsync("will");
    }

    [Check("MQTT-3.1.2-10", "MQTT-3.14.4-3", "MQTT3-3.1.2-10", "MQTT3-3.14.4-3", "MQTT31-3.1-7", "Trap-37")]
    public static async Task DISCONNECT_removes_the_will(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var client = await ConnectWithWillAsync(probe);

        await client.DisconnectAsync();

        await NothingWasPublishedAsync(probe, watcher);
    }

    [Check("MQTT-3.1.2-10", "MQTT3-3.1.2-10", "Trap-37", Versions = Versions.All)]
    public static async Task DISCONNECT_removes_the_will_of_a_session_that_goes_on(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var client = await ConnectWithWillAsync(probe, ConnectOptions.Persistent(probe.ClientId("client")));
        await client.DisconnectAsync();

        await (await probe.ConnectAsync(ConnectOptions.Persistent(probe.ClientId("client")))).DropAsync();
        await EndOfAsync(probe);

        await NothingWasPublishedAsync(probe, watcher);
    }

    [Check("MQTT3-3.1.2-8", "MQTT3-3.14.1-1", "MQTT-3.1.2-8", "Trap-37")]
    public static async Task A_malformed_DISCONNECT_does_not_remove_the_will(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var client = await ConnectWithWillAsync(probe);

        await client.SendAsync([0xE1, 0x00]);

        probe.Saw(await client.IsClosedAsync(0x81, 0x82));
        await watcher.ReceivePublishAsync("will");
    }

    [Check("MQTT-3.1.2-8", "Trap-37")]
    public static async Task DISCONNECT_with_another_code_than_0_publishes_the_will(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        foreach (byte code in new byte[] { 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99 })
        {
            var client = await ConnectWithWillAsync(probe);

            await client.DisconnectAsync(code);

            await watcher.ReceivePublishAsync("will");
        }
    }

    [Check("MQTT-3.1.2-10", "MQTT3-3.1.2-10", "MQTT3-3.1.2-12", Versions = Versions.All)]
    public static async Task A_will_is_published_once(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var options = ConnectOptions.Persistent(probe.ClientId("client"));
        await (await ConnectWithWillAsync(probe, options)).DropAsync();
        await watcher.ReceivePublishAsync("will");

        await (await probe.ConnectAsync(options)).DropAsync();          // this connection has no will
        await EndOfAsync(probe);

        await NothingWasPublishedAsync(probe, watcher);
    }

    [Check("MQTT3-3.1.2-12", "MQTT-3.1.2-8", Versions = Versions.All)]
    public static async Task Without_a_Will_Flag_nothing_is_published(Probe probe)
    {
        var watcher = await probe.ConnectAsync();
        Probe.SkipUnless(watcher.Connack!.NumberOr(PropertyId.WildcardSubscriptionAvailable, 1) == 1, "the broker offers no wildcard subscriptions");
        await watcher.SubscribeAsync(probe.Topic("#"));

        await (await probe.ConnectAsync("client")).DropAsync();
        await EndOfAsync(probe);

        await NothingWasPublishedAsync(probe, watcher);
    }

    [Check("MQTT-3.1.2-7", "MQTT3-3.1.2-8", Versions = Versions.All)]
    public static async Task Each_connection_has_its_own_will(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var options = ConnectOptions.Persistent(probe.ClientId("client"));
        var first = await probe.ConnectAsync(options with { Will = new WillOptions(probe.Topic("will"), "first") });
        await first.DisconnectAsync();

        var second = await probe.ConnectAsync(options with { Will = new WillOptions(probe.Topic("will"), "second") });
        await second.DropAsync();

        await watcher.ReceivePublishAsync("second");
    }

    [Check("MQTT3-3.1.2-8", "MQTT-3.1.4-2", Versions = Versions.All)]
    public static async Task The_will_of_a_refused_CONNECT_is_never_published(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var client = await probe.OpenAsync();

        await client.SendAsync(Refusals.WellFormed(probe, "refused", new WillOptions(probe.Topic("will"))));

        probe.Saw(await Refusals.IsRefusedAsync(client));
        await NothingWasPublishedAsync(probe, watcher);
    }

    [Check("MQTT-3.1.2-8", "MQTT3-3.1.2-8", Versions = Versions.All)]
    public static async Task A_will_is_stored_for_a_session_that_is_away(Probe probe)
    {
        var away = await probe.ConnectAsync(ConnectOptions.Persistent(probe.ClientId("away")));
        await away.SubscribeAsync(probe.Topic("will"), 1);
        await away.DisconnectAsync();
        var watcher = await WatchAsync(probe);

        await (await ConnectWithWillAsync(probe, new ConnectOptions { Will = new WillOptions(probe.Topic("will")) { QoS = 1 } })).DropAsync();
        await watcher.ReceivePublishAsync("will");

        await (await probe.ConnectAsync(ConnectOptions.Persistent(probe.ClientId("away")))).TakeAsync("will");
    }

    private static Task<WireClient> WatchAsync(Probe probe) => probe.ConnectSubscriberAsync(probe.Topic("will"));

    private static Task<WireClient> ConnectWithWillAsync(Probe probe, ConnectOptions? options = null)
    {
        options ??= new ConnectOptions();
        return probe.ConnectAsync(options with { Will = options.Will ?? new WillOptions(probe.Topic("will")) });
    }

    /// <summary>Takes over a connection of this ClientId that was dropped: its end has then been handled.</summary>
    private static async Task EndOfAsync(Probe probe) => await (await probe.ConnectAsync("client")).DisconnectAsync();

    private static async Task NothingWasPublishedAsync(Probe probe, WireClient watcher)
    {
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("will"), "marker", 1);
        await watcher.ReceivePublishAsync("marker");
    }
}
