using Godwit.Conformance.Checks.Tables;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>DISCONNECT of a client (§3.14). Whether the broker took it shows in the will.</summary>
public static class DisconnectChecks
{
    /// <summary>Code 0x00 in its three forms.</summary>
    [Check("MQTT-3.14.4-3", "MQTT3-3.14.4-3", "Trap-6", Versions = Versions.All)]
    public static Task A_normal_DISCONNECT_discards_the_will(Probe probe)
    {
        byte[][] packets = probe.IsVersion5 ? [[0xE0, 0x00], [0xE0, 0x01, 0x00], [0xE0, 0x02, 0x00, 0x00]] : [[0xE0, 0x00]];
        return Cases.EachAsync(packets, packet => PacketText.Of(packet), async packet =>
        {
            var watcher = await probe.ConnectSubscriberAsync(probe.Topic($"will/{packet.Length}"));
            var options = probe.Complete(new ConnectOptions { Will = new WillOptions(probe.Topic($"will/{packet.Length}")) });
            var client = await probe.ConnectAsync(options);

            await client.SendAsync(packet);
            await Ending.AfterDisconnectAsync(client);

            // The next client of this name comes only after the broker is done with the first.
            var next = await probe.ConnectAsync(options with { Will = null });
            await next.PublishAsync(probe.Topic($"will/{packet.Length}"), "marker", qos: 1);
            await watcher.ReceivePublishAsync("marker");
        });
    }

    /// <summary>Code 0x04 asks for it.</summary>
    [Check("MQTT-3.14.4-3", "Trap-6")]
    public static Task DISCONNECT_0x04_publishes_the_will(Probe probe)
    {
        byte[][] packets = [[0xE0, 0x01, 0x04], [0xE0, 0x02, 0x04, 0x00]];
        return Cases.EachAsync(packets, packet => PacketText.Of(packet), async packet =>
        {
            var (client, watcher) = await ConnectWithWillAsync(probe);
            await client.SendAsync(packet);
            await watcher.ReceivePublishAsync("will");
        });
    }

    /// <summary>A client that says good-bye need not close by itself.</summary>
    [Check("Trap-6", Versions = Versions.Both, IsRecommendation = true)]
    public static async Task The_broker_closes_after_DISCONNECT(Probe probe)
    {
        var client = await probe.ConnectAsync();

        await client.SendAsync(Packets.Disconnect(probe.Version));

        await client.IsClosedAsync();
    }

    /// <summary>A DISCONNECT is the last packet, whatever stands behind it.</summary>
    [Check("MQTT-3.14.4-1", "MQTT3-3.14.4-2", IsRecommendation = true)]
    public static async Task What_follows_DISCONNECT_is_not_processed(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("after"));
        var client = await probe.ConnectAsync();

        await client.SendAsync(
            Packets.Disconnect(probe.Version),
            Packets.Publish(probe.Version, probe.Topic("after"), "too late", new PublishOptions { QoS = 1 }, 1),
            Packets.Pingreq);
        await client.IsClosedAsync();

        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("after"), "marker", qos: 0);
        await watcher.ReceivePublishAsync("marker");
    }

    /// <summary>Such a DISCONNECT is malformed: the connection ends as it would without one.</summary>
    [Check("MQTT-3.14.1-1", "MQTT3-3.14.1-1", "MQTT-2.1.3-1", "MQTT3-2.2.2-2", "Trap-3")]
    public static Task DISCONNECT_with_a_reserved_flag_is_not_a_normal_one(Probe probe) =>
        AreRefusedAsync(probe, [0xE1, 0x00], [0xE2, 0x00], [0xE4, 0x00], [0xE8, 0x00]);

    /// <summary>Codes that only servers send, and codes that no DISCONNECT has.</summary>
    [Check("MQTT-3.14.2-1", "Trap-92")]
    public static Task DISCONNECT_with_a_code_that_clients_do_not_send_is_refused(Probe probe)
    {
        byte[] codes =
        [
            0x87, 0x89, 0x8B, 0x8D, 0x8E, 0x8F, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2,      // of servers
            0x01, 0x10, 0x18, 0x7F, 0x84, 0x85, 0x91, 0xA3, 0xFF,                                          // of other packets, or of none
        ];
        return AreRefusedAsync(probe, [.. codes.Select(code => new byte[] { 0xE0, 0x02, code, 0x00 })]);
    }

    /// <summary>Every code of table 3-10 that a client may send.</summary>
    [Check("MQTT-3.14.2-1")]
    public static Task DISCONNECT_with_a_code_of_clients_ends_the_connection_quietly(Probe probe)
    {
        byte[] codes = [0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99];
        return Cases.EachAsync(codes, code => $"DISCONNECT 0x{code:X2}", async code =>
        {
            var client = await probe.ConnectAsync();
            await client.SendAsync(Packets.Disconnect(probe.Version, code));
            await Ending.AfterDisconnectAsync(client);
        });
    }

    /// <summary>A session that CONNECT gave no life after the connection cannot get one by DISCONNECT.</summary>
    [Check("MQTT-4.13.1-1", "Trap-32")]
    public static async Task DISCONNECT_cannot_set_a_Session_Expiry_Interval_when_CONNECT_had_none(Probe probe)
    {
        var (client, watcher) = await ConnectWithWillAsync(probe);

        await client.SendAsync(Packets.Disconnect(probe.Version, 0, WireProperty.Number(PropertyId.SessionExpiryInterval, 60)));

        probe.Saw(await client.IsClosedAsync(0x81, 0x82));
        await watcher.ReceivePublishAsync("will");
        var next = await probe.ConnectAsync(new ConnectOptions { ClientId = client.ClientId, CleanStart = false });
        Probe.Ensure(!next.Connack!.SessionPresent, "no session, as the DISCONNECT was not valid", next.Connack);
    }

    private static Task AreRefusedAsync(Probe probe, params byte[][] packets) =>
        Cases.EachAsync(packets, packet => PacketText.Of(packet), async packet =>
        {
            var situation = await Situation.PrepareAsync(probe, Place.Disconnect);
            probe.Saw(await situation.IsRefusedAsync(packet));
        });

    private static async Task<(WireClient Client, WireClient Watcher)> ConnectWithWillAsync(Probe probe)
    {
        var options = probe.Complete(new ConnectOptions());
        var topic = probe.Topic("will/" + options.ClientId);
        var watcher = await probe.ConnectSubscriberAsync(topic);
        return (await probe.ConnectAsync(options with { Will = new WillOptions(topic) }), watcher);
    }
}
