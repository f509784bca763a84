using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>A second connection with the ClientId of a connected client (§3.1.4).</summary>
public static class TakeoverChecks
{
    [Check("MQTT-3.1.4-3", "MQTT3-3.1.4-2", "MQTT31-3.1-4", "Trap-28")]
    public static async Task The_older_connection_is_closed(Probe probe)
    {
        var old = await probe.ConnectAsync("client");

        var taken = await probe.ConnectAsync("client");

        probe.Saw(await old.IsClosedAsync(0x8E));
        await taken.PingAsync();
    }

    [Check("MQTT-3.1.4-3", "MQTT3-3.1.4-2", "MQTT31-3.1-4")]
    public static async Task The_older_connection_of_a_stored_session_is_closed(Probe probe)
    {
        var old = await ConnectPersistentAsync(probe);

        var taken = await ConnectPersistentAsync(probe);

        probe.Saw(await old.IsClosedAsync(0x8E));
        await taken.PingAsync();
    }

    [Check("MQTT-3.1.4-3", "Trap-28", IsRecommendation = true)]
    public static async Task The_older_connection_is_told_that_its_session_was_taken_over(Probe probe)
    {
        var old = await probe.ConnectAsync("client");

        await probe.ConnectAsync("client");

        var disconnect = await old.ReceiveAsync(PacketType.Disconnect);
        Probe.Ensure(disconnect.ReasonCode == 0x8E, "DISCONNECT 0x8E", disconnect);
    }

    [Check("MQTT3-3.1.2-8", "MQTT-3.1.2-8", "Trap-28", "Trap-29")]
    public static async Task The_will_of_the_older_connection_is_published(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("will"));
        var old = await probe.ConnectAsync(new ConnectOptions { Will = new WillOptions(probe.Topic("will")) });

        await probe.ConnectAsync(new ConnectOptions { ClientId = old.ClientId });

        await watcher.ReceivePublishAsync("will");
    }

    [Check("MQTT3-3.1.2-8", "MQTT-3.1.2-8", "Trap-28", "Trap-29")]
    public static async Task The_will_of_an_older_connection_whose_session_goes_on_is_published(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("will"));
        var old = await probe.ConnectAsync(ConnectOptions.Persistent(probe.ClientId("client")) with { Will = new WillOptions(probe.Topic("will")) });

        (await ConnectPersistentAsync(probe)).EnsureSessionPresent(true);

        await watcher.ReceivePublishAsync("will");
        await old.IsClosedAsync(0x8E);
    }

    [Check("MQTT-3.1.4-3", "MQTT3-3.1.4-2", Versions = Versions.All)]
    public static async Task A_clean_client_takes_nothing_of_the_older_one_over(Probe probe)
    {
        var old = await ConnectPersistentAsync(probe);
        Needs.QoS(old, 2);
        await old.SubscribeAsync(probe.Topic("t"), 1);
        await old.SendPublishAsync(probe.Topic("other"), "half", new PublishOptions { QoS = 2, PacketId = 5 });
        await old.ReceiveAnswerAsync(PacketType.Pubrec, 5);

        var clean = await probe.ConnectAsync("client");

        clean.EnsureSessionPresent(false);
        await clean.PublishAsync(probe.Topic("t"), "message", 1);
        await clean.PingAsync();
    }

    [Check("MQTT-3.1.4-2", "MQTT-3.1.4-3", "MQTT3-3.1.4-2", Versions = Versions.All)]
    public static async Task A_refused_CONNECT_takes_nothing_over(Probe probe)
    {
        var client = await probe.ConnectAsync("client");
        var intruder = await probe.OpenAsync();
        var level = probe.Version == ProtocolVersion.Mqtt31 ? "MQIsdp" : "MQTT";

        await intruder.SendAsync(probe.IsVersion5
            ? Refusals.WellFormed(probe, "client")
            : RawConnect.Start(level, 2).String(probe.ClientId("client")).ToBytes());

        await (probe.IsVersion5 ? Refusals.IsRefusedAsync(intruder) : intruder.IsRefusedAsync(1));
        await client.PingAsync();
    }

    [Check("MQTT-3.1.4-3", "MQTT3-3.1.4-2", "MQTT-4.1.0-1", "MQTT3-4.1.0-1", "Trap-30", Versions = Versions.All)]
    public static async Task A_takeover_between_PUBREC_and_PUBREL_of_the_client_publishes_once(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("t"));
        var old = await ConnectPersistentAsync(probe);
        Needs.QoS(old, 2);
        var options = new PublishOptions { QoS = 2, PacketId = 21 };
        await old.SendPublishAsync(probe.Topic("t"), "once", options);
        await old.ReceiveAnswerAsync(PacketType.Pubrec, 21);

        var taken = await ConnectPersistentAsync(probe);
        await taken.PublishAsync(probe.Topic("t"), "once", options with { Dup = true });
        await taken.PublishAsync(probe.Topic("t"), "marker", 1);

        await watcher.ReceivePublishAsync("once");
        await watcher.ReceivePublishAsync("marker");
    }

    [Check("MQTT-3.1.4-3", "MQTT3-3.1.4-2", "MQTT-4.1.0-1", "MQTT3-4.1.0-1", "Trap-30", Versions = Versions.All)]
    public static async Task A_takeover_before_PUBREC_of_the_client_repeats_the_message(Probe probe)
    {
        var old = await ConnectPersistentAsync(probe);
        Needs.QoS(old, 2);
        await old.SubscribeAsync(probe.Topic("t"), 2);
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("t"), "message", 2);
        var first = await old.ReceivePublishAsync("message");

        var taken = await ConnectPersistentAsync(probe);

        var second = await taken.TakeAsync("message");
        Probe.Ensure(second.Dup && second.PacketId == first.PacketId, $"the message again with DUP and id {first.PacketId}", second);
        await taken.PingAsync();
    }

    [Check("MQTT-3.1.4-3", "MQTT3-3.1.4-2", "MQTT-4.1.0-1", "MQTT3-4.1.0-1", "Trap-30", Versions = Versions.All)]
    public static async Task A_takeover_before_PUBCOMP_of_the_client_repeats_PUBREL(Probe probe)
    {
        var old = await ConnectPersistentAsync(probe);
        Needs.QoS(old, 2);
        await old.SubscribeAsync(probe.Topic("t"), 2);
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("t"), "message", 2);
        var publish = await old.ReceivePublishAsync("message");
        await old.SendAsync(Packets.Ack(old.Version, PacketType.Pubrec, publish.PacketId));
        await old.ReceiveAnswerAsync(PacketType.Pubrel, publish.PacketId);

        var taken = await ConnectPersistentAsync(probe);

        await taken.ReceiveAnswerAsync(PacketType.Pubrel, publish.PacketId);
        await taken.SendAsync(Packets.Ack(taken.Version, PacketType.Pubcomp, publish.PacketId));
        await taken.PingAsync();
    }

    [Check("MQTT-3.1.4-3", "MQTT3-3.1.4-2", "Trap-30", Versions = Versions.All)]
    public static async Task Answers_to_the_older_connection_do_not_reach_the_new_one(Probe probe)
    {
        var old = await ConnectPersistentAsync(probe);
        Needs.QoS(old, 2);
        var packets = Enumerable.Range(1, 100).Select(id =>
            Packets.Publish(probe.Version, probe.Topic("t"), "many", new PublishOptions { QoS = 1 + (id % 2) }, (ushort)id));
        await old.SendAsync([.. packets, Packets.Pingreq]);

        var taken = await ConnectPersistentAsync(probe);

        await taken.PingAsync();
    }

    [Check("MQTT-4.1.0-1", "MQTT3-4.1.0-1", "Trap-30", Versions = Versions.All)]
    public static async Task No_message_is_lost_when_a_connection_is_taken_over(Probe probe)
    {
        const int Count = 40;
        var old = await ConnectPersistentAsync(probe);
        await old.SubscribeAsync(probe.Topic("t"), 1);
        var publisher = await probe.ConnectAsync();
        var publishing = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
            {
                await publisher.PublishAsync(probe.Topic("t"), i.ToString(CultureInfo.InvariantCulture), 1);
            }
        });
        await old.ReceivePublishAsync("0");

        var taken = await ConnectPersistentAsync(probe);

        for (var i = 0; i < Count; i++)
        {
            await taken.TakeAsync(i.ToString(CultureInfo.InvariantCulture));
        }

        await publishing;
        await taken.PingAsync();
    }

    [Check("MQTT-3.1.4-3", "MQTT3-3.1.4-2", "MQTT31-3.1-4")]
    public static async Task Each_of_many_takeovers_leaves_one_connection(Probe probe)
    {
        var last = await probe.ConnectAsync("client");
        for (var i = 0; i < 5; i++)
        {
            var next = await probe.ConnectAsync("client");
            await last.IsClosedAsync(0x8E);
            last = next;
        }

        await last.PingAsync();
    }

    private static Task<WireClient> ConnectPersistentAsync(Probe probe) => probe.ConnectAsync(ConnectOptions.Persistent(probe.ClientId("client")));
}
