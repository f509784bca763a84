using System.Diagnostics;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Session Expiry Interval in CONNECT and DISCONNECT, 5.0 alone (§3.1.2.11.2, §3.14.2.2.2, §4.1).</summary>
public static class SessionExpiryChecks
{
    private const uint Forever = uint.MaxValue;

    [Check("MQTT-4.1.0-2", "Trap-31")]
    public static async Task Without_the_interval_the_session_ends_with_its_connection(Probe probe)
    {
        await (await ConnectAsync(probe, null)).DisconnectAsync();

        (await ConnectAsync(probe, 0)).EnsureSessionPresent(false);
    }

    [Check("MQTT-4.1.0-2", "Trap-31")]
    public static async Task With_an_interval_of_0_the_session_ends_with_its_connection(Probe probe)
    {
        var client = await ConnectAsync(probe, 0);
        await client.SubscribeAsync(probe.Topic("t"), 1);
        await client.DropAsync();

        var again = await ConnectAsync(probe, 300);

        again.EnsureSessionPresent(false);
        await again.PublishAsync(probe.Topic("t"), "message", 1);
        await again.PingAsync();
    }

    [Check("MQTT-4.1.0-2", Waits = true)]
    public static async Task The_session_ends_when_the_interval_has_passed(Probe probe)
    {
        var client = await ConnectAsync(probe, 1);
        await client.SubscribeAsync(probe.Topic("t"), 1);
        await client.DisconnectAsync();
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("t"), "stored", 1);

        await probe.WaitAsync(3.5);

        var again = await ConnectAsync(probe, 0);
        again.EnsureSessionPresent(false);
        await again.PingAsync();
    }

    [Check("MQTT-3.1.2-23", "MQTT-4.1.0-1", "Trap-31", Waits = true)]
    public static async Task The_interval_counts_from_the_end_of_the_connection(Probe probe)
    {
        var client = await ConnectAsync(probe, 3);
        await probe.WaitAsync(3.5);
        var left = Stopwatch.GetTimestamp();
        await client.DropAsync();

        var again = await ConnectAsync(probe, 300);

        SkipIfSlow(left, 3);
        again.EnsureSessionPresent(true);
    }

    [Check("MQTT-3.1.2-23", "Trap-31", Waits = true)]
    public static async Task An_interval_of_0xFFFFFFFF_does_not_pass(Probe probe)
    {
        var client = await ConnectAsync(probe, Forever);
        SkipUnlessGranted(client);
        await client.SubscribeAsync(probe.Topic("t"), 1);
        await client.DisconnectAsync();
        await probe.WaitAsync(2);
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("t"), "stored", 1);

        var again = await ConnectAsync(probe, 0);

        again.EnsureSessionPresent(true);
        await again.TakeAsync("stored");
    }

    [Check("MQTT-3.1.2-23", "Trap-31")]
    public static async Task An_interval_that_the_broker_shortens_is_told(Probe probe)
    {
        var client = await ConnectAsync(probe, 100_000_000);

        var granted = client.Connack!.NumberOr(PropertyId.SessionExpiryInterval, 100_000_000);
        probe.Saw(granted == 100_000_000 ? "grants three years" : $"grants {granted} s");
        await client.DropAsync();

        (await ConnectAsync(probe, 0)).EnsureSessionPresent(granted > 0);
    }

    [Check("MQTT-4.1.0-2", "MQTT-3.1.2-23")]
    public static async Task A_later_connection_sets_its_own_interval(Probe probe)
    {
        await (await ConnectAsync(probe, 300)).DisconnectAsync();
        var second = await ConnectAsync(probe, null);
        second.EnsureSessionPresent(true);
        await second.DisconnectAsync();

        (await ConnectAsync(probe, 0)).EnsureSessionPresent(false);
    }

    [Check("MQTT-4.1.0-2", "Trap-32")]
    public static async Task DISCONNECT_with_an_interval_of_0_ends_the_session(Probe probe)
    {
        var client = await ConnectAsync(probe, 300);
        await client.SubscribeAsync(probe.Topic("t"), 1);
        await client.DisconnectAsync(0, Interval(0));

        var again = await ConnectAsync(probe, 300);

        again.EnsureSessionPresent(false);
        await again.PublishAsync(probe.Topic("t"), "message", 1);
        await again.PingAsync();
    }

    [Check("MQTT-4.1.0-2", "Trap-32", Waits = true)]
    public static async Task DISCONNECT_may_shorten_the_interval(Probe probe)
    {
        await (await ConnectAsync(probe, 300)).DisconnectAsync(0, Interval(1));

        await probe.WaitAsync(3.5);

        (await ConnectAsync(probe, 0)).EnsureSessionPresent(false);
    }

    [Check("MQTT-3.1.2-23", "Trap-32", Waits = true)]
    public static async Task DISCONNECT_may_lengthen_the_interval(Probe probe)
    {
        SkipUnlessGranted(await ConnectAsync(probe, 300));
        await (await ConnectAsync(probe, 1)).DisconnectAsync(0, Interval(300));

        await probe.WaitAsync(3.5);

        (await ConnectAsync(probe, 0)).EnsureSessionPresent(true);
    }

    [Check("MQTT-3.1.2-23", "Trap-32")]
    public static async Task DISCONNECT_without_an_interval_leaves_that_of_CONNECT(Probe probe)
    {
        await (await ConnectAsync(probe, 300)).DisconnectAsync(0, WireProperty.Text(PropertyId.ReasonString, "bye"));

        (await ConnectAsync(probe, 0)).EnsureSessionPresent(true);
    }

    [Check("MQTT-4.1.0-2", "Trap-32")]
    public static async Task DISCONNECT_may_say_again_that_the_interval_is_0(Probe probe)
    {
        var client = await ConnectAsync(probe, 0);

        await client.SendAsync(Packets.Disconnect(probe.Version, 0, Interval(0)));

        await client.IsClosedAsync();
        (await ConnectAsync(probe, 0)).EnsureSessionPresent(false);
    }

    [Check("MQTT-3.1.2-8", "Trap-32")]
    public static async Task DISCONNECT_must_not_raise_an_interval_of_0(Probe probe)
    {
        foreach (uint? interval in new uint?[] { 0, null })
        {
            var watcher = await probe.ConnectSubscriberAsync(probe.Topic("will"));
            var client = await probe.ConnectAsync(new ConnectOptions { SessionExpirySeconds = interval, Will = new WillOptions(probe.Topic("will")) });

            await client.SendAsync(Packets.Disconnect(probe.Version, 0, Interval(300)));

            probe.Saw(await client.IsClosedAsync(0x82));
            await watcher.ReceivePublishAsync("will");                  // it was no valid DISCONNECT, so the will is sent
            (await probe.ConnectAsync(ConnectOptions.Persistent(client.ClientId))).EnsureSessionPresent(false);
        }
    }

    private static WireProperty Interval(uint seconds) => WireProperty.Number(PropertyId.SessionExpiryInterval, seconds);

    private static void SkipUnlessGranted(WireClient client) =>
        Probe.SkipUnless(client.Connack!.Property(PropertyId.SessionExpiryInterval) is null, "the broker keeps sessions for a shorter time");

    private static void SkipIfSlow(long since, double seconds) =>
        Probe.SkipUnless(Stopwatch.GetElapsedTime(since).TotalSeconds < seconds - 0.5, "connecting took longer than the interval under test");

    private static Task<WireClient> ConnectAsync(Probe probe, uint? seconds) =>
        probe.ConnectAsync(new ConnectOptions { ClientId = probe.ClientId("client"), CleanStart = false, SessionExpirySeconds = seconds });
}
