using System.Diagnostics;
using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Will Delay Interval against the clock, the end of the session, reconnecting and takeover; 5.0 alone (§3.1.3.2.2).</summary>
public static class WillDelayChecks
{
    private const uint Long = 300;

    /// <summary>Clocks tick, and a broker may read its own once for many packets.</summary>
    private const double TickSeconds = 0.1;

    [Check("MQTT-3.1.2-8", "Trap-36", Waits = true)]
    public static async Task The_will_is_published_when_its_delay_has_passed(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var client = await ConnectAsync(probe, expiry: Long, delay: 1);

        var dropped = Stopwatch.GetTimestamp();
        await client.DropAsync();

        await watcher.ReceivePublishAsync("will");
        EnsureNotBefore(dropped, 1);
        (await ConnectAsync(probe, Long, 0)).EnsureSessionPresent(true);            // the session itself goes on
    }

    [Check("MQTT-3.1.2-8", "Trap-37", Waits = true)]
    public static async Task DISCONNECT_with_will_waits_for_the_delay_as_well(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var client = await ConnectAsync(probe, expiry: Long, delay: 1);

        var left = Stopwatch.GetTimestamp();
        await client.DisconnectAsync(0x04);

        await watcher.ReceivePublishAsync("will");
        EnsureNotBefore(left, 1);
    }

    [Check("MQTT-3.1.2-8", "MQTT-4.1.0-2", "Trap-36", Waits = true)]
    public static async Task The_end_of_the_session_comes_before_the_delay(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var client = await ConnectAsync(probe, expiry: 1, delay: Long);

        var dropped = Stopwatch.GetTimestamp();
        await client.DropAsync();

        await watcher.ReceivePublishAsync("will");
        EnsureNotBefore(dropped, 1);
    }

    [Check("MQTT-3.1.2-8", "Trap-36")]
    public static async Task A_session_that_ends_with_its_connection_knows_no_delay(Probe probe)
    {
        var watcher = await WatchAsync(probe);

        await (await ConnectAsync(probe, expiry: 0, delay: Long)).DropAsync();

        await watcher.ReceivePublishAsync("will");
    }

    [Check("MQTT-3.1.2-8", "Trap-36", "Trap-32")]
    public static async Task A_session_that_DISCONNECT_ends_knows_no_delay(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var client = await ConnectAsync(probe, expiry: Long, delay: Long);

        await client.DisconnectAsync(0x04, WireProperty.Number(PropertyId.SessionExpiryInterval, 0));

        await watcher.ReceivePublishAsync("will");
    }

    [Check("MQTT-3.1.3-9", "MQTT-3.1.2-8", Waits = true)]
    public static async Task Reconnecting_in_time_cancels_the_will(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var client = await ConnectAsync(probe, expiry: Long, delay: 2);
        var dropped = Stopwatch.GetTimestamp();
        await client.DropAsync();

        var again = await probe.ConnectAsync(ConnectOptions.Persistent(client.ClientId));

        SkipIfSlow(dropped, 2);
        await probe.WaitAsync(3.5);
        await again.PublishAsync(probe.Topic("will"), "marker", 1);
        await watcher.ReceivePublishAsync("marker");
    }

    [Check("MQTT-3.1.3-9", "MQTT-3.1.2-7", Waits = true)]
    public static async Task After_reconnecting_only_the_new_will_counts(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var dropped = Stopwatch.GetTimestamp();
        await (await ConnectAsync(probe, expiry: Long, delay: 2)).DropAsync();
        var options = ConnectOptions.Persistent(probe.ClientId("client"));
        var again = await probe.ConnectAsync(options with { Will = new WillOptions(probe.Topic("will"), "new") });
        SkipIfSlow(dropped, 2);

        await again.DropAsync();

        await watcher.ReceivePublishAsync("new");
        await probe.WaitAsync(2.5);
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("will"), "marker", 1);
        await watcher.ReceivePublishAsync("marker");
    }

    [Check("MQTT-3.1.2-8", "MQTT-3.1.2-4")]
    public static async Task Reconnecting_with_Clean_Start_1_ends_the_session_and_so_the_delay(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        await (await ConnectAsync(probe, expiry: Long, delay: Long)).DropAsync();

        await probe.ConnectAsync("client");

        await watcher.ReceivePublishAsync("will");
    }

    [Check("MQTT-3.1.3-9", "MQTT-3.1.4-3", "Trap-28", Waits = true)]
    public static async Task A_takeover_that_resumes_the_session_cancels_a_delayed_will(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var old = await ConnectAsync(probe, expiry: Long, delay: 1);

        var taken = await probe.ConnectAsync(ConnectOptions.Persistent(old.ClientId));

        taken.EnsureSessionPresent(true);
        await old.IsClosedAsync(0x8E);
        await probe.WaitAsync(2.5);
        await taken.PublishAsync(probe.Topic("will"), "marker", 1);
        await watcher.ReceivePublishAsync("marker");
    }

    [Check("MQTT-3.1.2-8", "MQTT-3.1.4-3", "Trap-28")]
    public static async Task A_takeover_publishes_a_will_without_delay(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var old = await ConnectAsync(probe, expiry: Long, delay: 0);

        await probe.ConnectAsync(ConnectOptions.Persistent(old.ClientId));

        await watcher.ReceivePublishAsync("will");
    }

    [Check("MQTT-3.1.2-8", "MQTT-3.1.4-3", "Trap-28")]
    public static async Task A_takeover_with_Clean_Start_1_publishes_even_a_delayed_will(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var old = await ConnectAsync(probe, expiry: Long, delay: Long);

        await probe.ConnectAsync(new ConnectOptions { ClientId = old.ClientId });

        await watcher.ReceivePublishAsync("will");
    }

    [Check("MQTT-3.1.2-8", "MQTT-3.1.4-3", "Trap-28")]
    public static async Task A_takeover_of_a_session_without_expiry_publishes_even_a_delayed_will(Probe probe)
    {
        var watcher = await WatchAsync(probe);
        var old = await ConnectAsync(probe, expiry: 0, delay: Long);

        var taken = await probe.ConnectAsync(ConnectOptions.Persistent(old.ClientId));

        taken.EnsureSessionPresent(false);                              // that session ended with its connection
        await watcher.ReceivePublishAsync("will");
    }

    private static Task<WireClient> WatchAsync(Probe probe) => probe.ConnectSubscriberAsync(probe.Topic("will"));

    private static Task<WireClient> ConnectAsync(Probe probe, uint expiry, uint delay) => probe.ConnectAsync(new ConnectOptions
    {
        ClientId = probe.ClientId("client"),
        CleanStart = false,
        SessionExpirySeconds = expiry,
        Will = new WillOptions(probe.Topic("will")) { DelaySeconds = delay },
    });

    private static void EnsureNotBefore(long since, int seconds)
    {
        var elapsed = Stopwatch.GetElapsedTime(since).TotalSeconds;
        Probe.Ensure(elapsed >= seconds - TickSeconds, $"the will after {seconds} s", string.Create(CultureInfo.InvariantCulture, $"the will after {elapsed:0.00} s"));
    }

    private static void SkipIfSlow(long since, double seconds) =>
        Probe.SkipUnless(Stopwatch.GetElapsedTime(since).TotalSeconds < seconds, "connecting took longer than the delay under test");
}
