using System.Diagnostics;
using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Keep Alive and Server Keep Alive (§3.1.2.10, §3.2.2.3.14).</summary>
public static class KeepAliveChecks
{
    /// <summary>Clocks tick, and a broker may read its own once for many packets.</summary>
    private const double TickSeconds = 0.1;

    /// <summary>No bound is specified: some brokers look every five seconds.</summary>
    private const double LatenessMax = 6;

    /// <summary>What a clock that ticks in whole seconds needs.</summary>
    private const double PromptnessMax = 2;

    [Check("MQTT-3.1.2-22", "MQTT3-3.1.2-24", "MQTT31-3.1-9", "Trap-34", Waits = true)]
    public static async Task A_silent_client_is_cut_off(Probe probe)
    {
        var (client, connected) = await ConnectAsync(probe, 1);

        var elapsed = await CutOffAsync(client, connected, 1.5);

        Probe.Ensure(elapsed >= 1 - TickSeconds, "the end after one and a half times the Keep Alive", Text(elapsed));
        probe.Saw(elapsed < 1.5 + PromptnessMax ? "cuts off within two seconds of the time" : "cuts off seconds later");
    }

    [Check("MQTT-3.1.2-22", "MQTT3-3.1.2-24", "Trap-34", IsRecommendation = true, Versions = Versions.All, Waits = true)]
    public static async Task Nobody_is_cut_off_before_one_and_a_half_times_the_Keep_Alive(Probe probe)
    {
        var (client, connected) = await ConnectAsync(probe, 2);

        var elapsed = await CutOffAsync(client, connected, 3);

        Probe.Ensure(elapsed >= 3 - TickSeconds, "the end after 3 s", Text(elapsed));
    }

    [Check("MQTT-3.1.2-22", "MQTT3-3.1.2-24", "Trap-34", Versions = Versions.All, Waits = true)]
    public static async Task Any_packet_starts_the_Keep_Alive_anew(Probe probe)
    {
        var (client, _) = await ConnectAsync(probe, 2);

        await probe.WaitAsync(1.2);
        await client.SendPublishAsync(probe.Topic("t"), "alive");
        await probe.WaitAsync(1.2);
        await client.SubscribeAsync(probe.Topic("t2"));
        await probe.WaitAsync(1.2);

        await client.PingAsync();
    }

    [Check("MQTT-3.1.2-22", "MQTT3-3.1.2-24", "Trap-34", Versions = Versions.All, Waits = true)]
    public static async Task What_the_broker_sends_does_not_count(Probe probe)
    {
        var (client, _) = await ConnectAsync(probe, 1);
        await client.SubscribeAsync(probe.Topic("t"));
        var subscribed = Stopwatch.GetTimestamp();
        var publisher = await probe.ConnectAsync();

        var cutOff = CutOffAsync(client, subscribed, 1.5);
        while (!cutOff.IsCompleted)
        {
            await publisher.PublishAsync(probe.Topic("t"), "to the silent one", 0);
            await Task.WhenAny(cutOff, probe.WaitAsync(0.4));
        }

        await cutOff;
    }

    [Check("MQTT-3.1.2-22", "MQTT3-3.1.2-24", "Trap-34", Versions = Versions.All, Waits = true)]
    public static async Task Half_a_packet_does_not_count(Probe probe)
    {
        var (client, connected) = await ConnectAsync(probe, 1);
        var packet = Packets.Publish(probe.Version, probe.Topic("t"), new string('x', 100), new PublishOptions(), 0);

        var cutOff = CutOffAsync(client, connected, 1.5);
        for (var sent = 0; !cutOff.IsCompleted; sent++)
        {
            await client.SendAsync([packet[sent]]);
            await Task.WhenAny(cutOff, probe.WaitAsync(0.4));
        }

        await cutOff;
    }

    [Check("MQTT-3.2.2-22", "Trap-34", Versions = Versions.All, Waits = true)]
    public static async Task A_Keep_Alive_of_0_switches_it_off(Probe probe)
    {
        var client = await probe.ConnectAsync(new ConnectOptions { KeepAliveSeconds = 0 });
        Probe.SkipUnless(client.Connack!.Property(PropertyId.ServerKeepAlive) is null or { Number: 0 or > 4 }, "the broker sets a Server Keep Alive of its own");

        await probe.WaitAsync(3.5);

        await client.PingAsync();
    }

    [Check("MQTT-3.2.2-22", "Trap-34", Versions = Versions.All, Waits = true)]
    public static async Task A_Keep_Alive_of_65535_seconds_is_legal(Probe probe)
    {
        var client = await probe.ConnectAsync(new ConnectOptions { KeepAliveSeconds = 65_535 });
        Probe.SkipUnless(client.Connack!.NumberOr(PropertyId.ServerKeepAlive, 65_535) > 4, "the broker sets a Server Keep Alive of its own");

        await probe.WaitAsync(3);

        await client.PingAsync();
    }

    [Check("MQTT-3.2.2-22", "Trap-35", Waits = true)]
    public static async Task Without_Server_Keep_Alive_that_of_the_client_counts(Probe probe)
    {
        var client = await probe.ConnectAsync(new ConnectOptions { KeepAliveSeconds = 1 });
        var connected = Stopwatch.GetTimestamp();
        Probe.SkipUnless(client.Connack!.Property(PropertyId.ServerKeepAlive) is null, "the broker sets a Server Keep Alive of its own");

        await CutOffAsync(client, connected, 1.5);
    }

    [Check("MQTT-3.2.2-21", "Trap-35", Waits = true)]
    public static async Task A_Server_Keep_Alive_counts_for_the_broker_as_well(Probe probe)
    {
        var client = await probe.ConnectAsync(new ConnectOptions { KeepAliveSeconds = 0 });
        var connected = Stopwatch.GetTimestamp();
        var seconds = client.Connack!.NumberOr(PropertyId.ServerKeepAlive, 0);
        Probe.SkipUnless(seconds is 1 or 2, "the broker sets no Server Keep Alive short enough to wait for");

        var elapsed = await CutOffAsync(client, connected, seconds * 1.5);

        Probe.Ensure(elapsed >= seconds - TickSeconds, $"the end after one and a half times {seconds} s", Text(elapsed));
    }

    [Check("MQTT31-3.1-9", "MQTT3-3.1.2-24", "MQTT-3.1.2-22", Waits = true)]
    public static async Task The_session_of_a_client_that_was_cut_off_goes_on(Probe probe)
    {
        var options = ConnectOptions.Persistent(probe.ClientId("client"));
        var client = await probe.ConnectAsync(options with { KeepAliveSeconds = 1 });
        SkipUnlessGranted(client, 1);
        await client.SubscribeAsync(probe.Topic("t"), 1);

        await CutOffAsync(client, Stopwatch.GetTimestamp(), 1.5);
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("t"), "message", 1);

        await (await probe.ConnectAsync(options)).TakeAsync("message");
    }

    /// <summary>Skips a check that would have to wait too long because the broker has its own idea of Keep Alive.</summary>
    internal static void SkipUnlessGranted(WireClient client, uint seconds) =>
        Probe.SkipUnless(client.Connack!.NumberOr(PropertyId.ServerKeepAlive, seconds) == seconds, "the broker sets a Server Keep Alive of its own");

    /// <summary>The broker ends the connection; in 5.0 DISCONNECT may say so. What it sent before is thrown away.</summary>
    /// <returns>Seconds since <paramref name="since"/>.</returns>
    internal static async Task<double> CutOffAsync(WireClient client, long since, double seconds)
    {
        var until = TimeSpan.FromSeconds(seconds + LatenessMax);
        while (await client.ReceiveOrEndAsync("the end of the connection", Positive(until - Stopwatch.GetElapsedTime(since))) is { } packet)
        {
            var isExpected = packet.Type == PacketType.Publish || packet is { Type: PacketType.Disconnect, ReasonCode: 0x8D };
            Probe.Ensure(isExpected, "the end of the connection, before it at most DISCONNECT 0x8D", packet);
        }

        return Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private static async Task<(WireClient Client, long Connected)> ConnectAsync(Probe probe, ushort seconds)
    {
        var client = await probe.ConnectAsync(new ConnectOptions { KeepAliveSeconds = seconds });
        SkipUnlessGranted(client, seconds);
        var sent = Stopwatch.GetTimestamp();            // before the broker can have it, so that what comes too early is told rightly
        await client.PingAsync();
        return (client, sent);
    }

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.FromSeconds(0.1) ? time : TimeSpan.FromSeconds(0.1);

    private static string Text(double elapsed) => string.Create(CultureInfo.InvariantCulture, $"the end after {elapsed:0.00} s");
}
