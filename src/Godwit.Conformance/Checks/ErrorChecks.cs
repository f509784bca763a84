using Godwit.Conformance.Checks.Tables;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Handling errors (5.0 §4.13, 3.1.1 §4.8).</summary>
public static class ErrorChecks
{
    /// <summary>Each of these ends the connection, in whatever way.</summary>
    [Check("MQTT-4.13.1-1", "MQTT3-4.8.0-1")]
    public static Task An_error_ends_the_connection(Probe probe) =>
        Cases.EachAsync(Provocation.Of(probe.Version), row => row.Name, async row =>
        {
            var client = await probe.ConnectAsync();
            await row.ActAsync(probe, client);
            await client.SendAsync(Packets.Pingreq);
            probe.Saw(await client.IsClosedAsync([.. row.Codes, 0x80]));
        });

    /// <summary>Other clients, and other sessions, notice nothing.</summary>
    [Check("MQTT-4.13.1-1", "MQTT-4.13.2-1", "MQTT3-4.8.0-1")]
    public static async Task An_error_has_no_consequence_for_other_clients(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("alive"), qos: 1);
        var publisher = await probe.ConnectAsync();
        Needs.QoS(publisher, 2);
        var packetId = await publisher.SendPublishAsync(probe.Topic("other"), "started", new PublishOptions { QoS = 2 });
        await publisher.ReceiveAnswerAsync(PacketType.Pubrec, packetId);

        await Cases.EachAsync(Provocation.Of(probe.Version), row => row.Name, async row =>
        {
            await row.EndAsync(probe, await probe.ConnectAsync());
        });

        await publisher.SendAsync(Packets.Ack(probe.Version, PacketType.Pubrel, packetId));
        await publisher.ReceiveAnswerAsync(PacketType.Pubcomp, packetId);
        await publisher.PublishAsync(probe.Topic("alive"), "text", qos: 1);
        await watcher.TakeAsync("text");
        await watcher.PingAsync();
    }

    /// <summary>The client did not say good-bye.</summary>
    [Check("MQTT-4.13.1-1", "MQTT-3.1.2-8", "MQTT3-4.8.0-1", "MQTT3-3.1.2-8")]
    public static Task An_error_publishes_the_will(Probe probe)
    {
        // A client that comes back and an unknown DISCONNECT have rules of their own.
        var rows = Provocation.Of(probe.Version).Where(row => !row.Codes.Contains((byte)0x8E) && !row.Name.StartsWith("DISCONNECT", StringComparison.Ordinal));
        return Cases.EachAsync(rows, row => row.Name, async row =>
        {
            var options = probe.Complete(new ConnectOptions());
            var topic = probe.Topic("will/" + options.ClientId);
            var watcher = await probe.ConnectSubscriberAsync(topic);
            var client = await probe.ConnectAsync(options with { Will = new WillOptions(topic) });
            if ((await row.EndAsync(probe, client)).IsEnd)
            {
                await watcher.ReceivePublishAsync("will");
            }
        });
    }

    /// <summary>Nobody knows what the bytes behind such a packet mean.</summary>
    [Check("Trap-93", Versions = Versions.Both, IsRecommendation = true)]
    public static async Task What_follows_a_malformed_packet_is_not_processed(Probe probe)
    {
        var watcher = await probe.ConnectSubscriberAsync(probe.Topic("after"));
        var client = await probe.ConnectAsync();

        await client.SendAsync([0x00, 0x00], Packets.Publish(probe.Version, probe.Topic("after"), "too late", new PublishOptions(), 0));
        await client.IsClosedAsync(0x81, 0x82);

        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("after"), "marker", qos: 0);
        await watcher.ReceivePublishAsync("marker");
    }

    /// <summary>What cannot be parsed is 0x81, what is parsed and not allowed 0x82.</summary>
    [Check("Trap-93", Versions = Versions.Mqtt5, IsRecommendation = true)]
    public static Task Malformed_is_0x81_and_forbidden_is_0x82(Probe probe)
    {
        (string Name, byte Code)[] cases =
        [
            ("SUBSCRIBE with wrong flags", 0x81), ("PUBLISH that ends inside its topic", 0x81), ("PUBLISH with QoS 3", 0x81),
            ("a Property Identifier that does not exist", 0x81), ("SUBSCRIBE without a filter", 0x82), ("a second CONNECT", 0x82), ("a property twice", 0x82),
        ];
        return Cases.EachAsync(cases, row => row.Name, async row =>
        {
            var provocation = Provocation.Of(probe.Version).First(provocation => string.Equals(provocation.Name, row.Name, StringComparison.Ordinal));
            var (_, disconnect) = await provocation.EndAsync(probe, await probe.ConnectAsync());
            Probe.Ensure(disconnect is null || disconnect.ReasonCode == row.Code, $"DISCONNECT 0x{row.Code:X2}", disconnect?.ToString() ?? "");
        });
    }

    /// <summary>Closing a socket that still has input makes TCP reset the connection; the DISCONNECT must get through before.</summary>
    [Check("MQTT-4.13.1-1", "Trap-93", IsRecommendation = true)]
    public static async Task DISCONNECT_can_be_read_although_the_client_has_sent_much_more(Probe probe)
    {
        var plain = await probe.ConnectAsync();
        await plain.SendAsync([0x00, 0x00]);
        Probe.SkipUnless(await plain.ReceiveOrEndAsync("DISCONNECT or the end of the connection") is not null, "the broker sends no DISCONNECT after an error");

        var client = await probe.ConnectAsync();
        await client.SendAsync([0x00, 0x00], new byte[400_000]);
        var disconnect = await client.ReceiveAsync(PacketType.Disconnect);
        Probe.Ensure(disconnect.ReasonCode is 0x81 or 0x82, "DISCONNECT 0x81", disconnect);
        Probe.Ensure(await client.ReceiveOrEndAsync("the end of the connection") is null, "the end of the connection", "a packet");
    }

    /// <summary>A reset makes some systems throw away a DISCONNECT that has arrived and was not read yet.</summary>
    [Check("MQTT-4.13.1-1", "Trap-93", IsRecommendation = true)]
    public static async Task DISCONNECT_is_not_followed_by_a_reset_although_the_client_has_sent_more(Probe probe)
    {
        var client = await probe.ConnectAsync();
        await client.SendAsync([0x00, 0x00], new byte[200_000]);
        var disconnect = await client.ReceiveOrEndAsync("DISCONNECT or the end of the connection");
        Probe.SkipUnless(disconnect is not null, "the broker sends no DISCONNECT after an error");

        Probe.Ensure(await client.ReceiveOrEndAsync("the end of the connection") is null, "the end of the connection", "a packet");
        Probe.Ensure(!client.WasReset, "an orderly end of the connection", "a reset");
    }

    /// <summary>The same for a CONNECT that is refused while the client already sends.</summary>
    [Check("MQTT-4.13.2-1", "Trap-93", IsRecommendation = true)]
    public static async Task A_refusing_CONNACK_can_be_read_although_the_client_has_sent_much_more(Probe probe)
    {
        var connect = new ConnectOptions { Properties = [WireProperty.Text(PropertyId.AuthenticationMethod, "no such method")] };
        var plain = await probe.OpenAndSendConnectAsync(connect);
        Probe.SkipUnless(await plain.ReceiveOrEndAsync("CONNACK or the end of the connection") is not null, "the broker refuses without CONNACK");

        var client = await probe.OpenAsync();
        await client.SendAsync(Packets.Connect(probe.Complete(connect)), new byte[400_000]);
        await client.ReceiveAsync(PacketType.Connack);
        Probe.Ensure(await client.ReceiveOrEndAsync("the end of the connection") is null, "the end of the connection", "a packet");
    }

    /// <summary>A code of 0x80 or above in CONNACK is the end.</summary>
    [Check("MQTT-4.13.2-1")]
    public static async Task A_refusing_CONNACK_is_followed_by_the_end_of_the_connection(Probe probe)
    {
        var situation = await Situation.PrepareAsync(probe, Place.Connect);
        await situation.Client.SendAsync(situation.Packet(WireProperty.Text(PropertyId.AuthenticationMethod, "no such method")), Packets.Pingreq);
        probe.Saw(await Refusals.OfConnectAsync(situation.Client));
    }
}
