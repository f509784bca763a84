using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;

namespace Godwit.Conformance.Checks;

/// <summary>Clean Start, Clean Session and Session Present (§3.1.2.4, §3.2.2.1).</summary>
public static class SessionChecks
{
    [Check("MQTT-3.1.2-5", "MQTT3-3.1.2-4", "MQTT3-3.1.4-3", "MQTT-3.1.4-4", "MQTT-3.1.2-23", "MQTT31-3.1-6", "Trap-33")]
    public static async Task Clean_Start_0_resumes_the_session(Probe probe)
    {
        var client = await ConnectPersistentAsync(probe);
        await client.SubscribeAsync(probe.Topic("t"), 1);
        await client.DisconnectAsync();

        var again = await ConnectPersistentAsync(probe);

        again.EnsureSessionPresent(true);
        await again.PublishAsync(probe.Topic("t"), "message", 0);
        await again.ReceivePublishAsync("message");
    }

    [Check("MQTT-3.1.2-6", "MQTT3-3.1.2-4", "MQTT-3.2.2-3", "MQTT3-3.2.2-3", "MQTT-3.1.4-4", "MQTT3-3.1.4-3", "Trap-27", Versions = Versions.All)]
    public static async Task Clean_Start_0_without_a_session_creates_one(Probe probe)
    {
        var client = await ConnectPersistentAsync(probe);
        client.EnsureSessionPresent(false);
        await client.DisconnectAsync();

        var again = await ConnectPersistentAsync(probe);

        again.EnsureSessionPresent(true);
    }

    [Check("MQTT-3.1.2-4", "MQTT3-3.1.2-6", "MQTT-3.2.2-2", "MQTT3-3.2.2-1", "MQTT-3.1.4-4", "MQTT3-3.1.4-3", "Trap-27", "Trap-33", Versions = Versions.All)]
    public static async Task Clean_Start_1_discards_the_session(Probe probe)
    {
        var client = await ConnectPersistentAsync(probe);
        await client.SubscribeAsync(probe.Topic("t"), 1);
        await client.DisconnectAsync();
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("t"), "stored", 1);

        var clean = await probe.ConnectAsync("client");

        clean.EnsureSessionPresent(false);
        await clean.PingAsync();                                        // the stored message does not come
        await clean.PublishAsync(probe.Topic("t"), "new", 1);
        await clean.PingAsync();                                        // the subscription is gone
    }

    [Check("MQTT3-3.1.2-6", "MQTT3-3.2.2-3", "MQTT-4.1.0-2", "MQTT-3.2.2-3", "Trap-31", "Trap-33", Versions = Versions.All)]
    public static async Task A_clean_session_is_never_used_again(Probe probe)
    {
        var client = await probe.ConnectAsync("client");
        await client.SubscribeAsync(probe.Topic("t"), 1);
        await client.DisconnectAsync();
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("t"), "message", 1);

        var again = await ConnectPersistentAsync(probe);

        again.EnsureSessionPresent(false);
        await again.PublishAsync(probe.Topic("t"), "message", 1);
        await again.PingAsync();
    }

    [Check("MQTT3-3.1.2-6", "MQTT-3.1.2-4", "Trap-33", Versions = Versions.All)]
    public static async Task A_clean_session_between_two_others_ends_the_first_for_good(Probe probe)
    {
        var first = await ConnectPersistentAsync(probe);
        await first.SubscribeAsync(probe.Topic("t"), 1);
        await first.DisconnectAsync();
        await (await probe.ConnectAsync("client")).DisconnectAsync();

        var third = await ConnectPersistentAsync(probe);

        third.EnsureSessionPresent(false);
        await third.PublishAsync(probe.Topic("t"), "message", 1);
        await third.PingAsync();
    }

    [Check("MQTT-3.2.2-2", "MQTT3-3.2.2-1", "MQTT31-3.2-1", "Trap-27")]
    public static async Task Session_Present_is_0_with_Clean_Start_1(Probe probe)
    {
        (await probe.ConnectAsync("client")).EnsureSessionPresent(false);
        (await probe.ConnectAsync("client")).EnsureSessionPresent(false);               // takes the first one over

        (await ConnectPersistentAsync(probe)).EnsureSessionPresent(false);
        (await probe.ConnectAsync("client")).EnsureSessionPresent(false);
    }

    [Check("MQTT-3.2.2-3", "MQTT3-3.2.2-2", "Trap-27")]
    public static async Task A_session_with_nothing_in_it_is_present(Probe probe)
    {
        await (await ConnectPersistentAsync(probe)).DisconnectAsync();

        var again = await ConnectPersistentAsync(probe);

        again.EnsureSessionPresent(true);
        await again.DropAsync();
        (await ConnectPersistentAsync(probe)).EnsureSessionPresent(true);
    }

    [Check("MQTT-3.2.2-3", "MQTT3-3.2.2-2", "MQTT-3.1.2-5", "MQTT3-3.1.2-4", "Trap-27", Versions = Versions.All)]
    public static async Task A_session_that_is_taken_over_is_present(Probe probe)
    {
        var old = await ConnectPersistentAsync(probe);
        await old.SubscribeAsync(probe.Topic("t"), 1);

        var taken = await ConnectPersistentAsync(probe);

        taken.EnsureSessionPresent(true);
        await taken.PublishAsync(probe.Topic("t"), "message", 0);
        await taken.ReceivePublishAsync("message");
    }

    [Check("MQTT-3.2.2-6", "MQTT-3.2.2-7", "MQTT3-3.2.2-4", "MQTT3-3.2.2-5", "MQTT31-3.2-1", "Trap-27")]
    public static async Task Session_Present_is_0_in_a_refusal_although_there_is_a_session(Probe probe)
    {
        await (await ConnectPersistentAsync(probe)).DisconnectAsync();

        var client = await probe.OpenAsync();
        var options = ConnectOptions.Persistent(probe.ClientId("client")) with { Properties = [Refusals.UnknownMethod] };
        var level = probe.Version == Godwit.Protocol.ProtocolVersion.Mqtt31 ? 2 : 3;
        var name = probe.Version == Godwit.Protocol.ProtocolVersion.Mqtt31 ? "MQIsdp" : "MQTT";
        await client.SendAsync(probe.IsVersion5
            ? Packets.Connect(probe.Complete(options))
            : RawConnect.Start(name, level, flags: 0).String(probe.ClientId("client")).ToBytes());

        probe.Saw(await (probe.IsVersion5 ? Refusals.IsRefusedAsync(client) : client.IsRefusedAsync(1)));
        (await ConnectPersistentAsync(probe)).EnsureSessionPresent(true);               // and the session is still there
    }

    [Check("MQTT3-4.1.0-2", "MQTT3-4.1.0-1", "MQTT-4.1.0-1", "Trap-31", Versions = Versions.All, Waits = true)]
    public static async Task A_session_lasts_as_long_as_its_connection(Probe probe)
    {
        var client = await probe.ConnectAsync(new ConnectOptions { SessionExpirySeconds = 1 });
        await client.SubscribeAsync(probe.Topic("t"));

        await probe.WaitAsync(3);

        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("t"), "message", 0);
        await client.ReceivePublishAsync("message");
        await client.PingAsync();
    }

    private static Task<WireClient> ConnectPersistentAsync(Probe probe) => probe.ConnectAsync(ConnectOptions.Persistent(probe.ClientId("client")));
}
