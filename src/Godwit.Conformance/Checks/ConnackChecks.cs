using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>CONNACK: when it comes, its codes, and that the broker keeps what it announces (§3.2).</summary>
public static class ConnackChecks
{
    [Check("MQTT-3.1.4-5", "MQTT3-3.1.4-4", "MQTT-3.2.2-1", "MQTT31-3.2-2", "MQTT31-3.2-1")]
    public static async Task A_valid_CONNECT_is_answered_with_CONNACK_0(Probe probe)
    {
        var client = await probe.ConnectAsync();

        Probe.Ensure(client.Connack!.Packet[2] == 0 && client.Connack.Packet[3] == 0, "CONNACK with flags 0 and code 0", client.Connack);
        await client.PingAsync();
    }

    [Check("MQTT-3.2.0-1", "MQTT3-3.2.0-1", Versions = Versions.All)]
    public static async Task CONNACK_comes_before_the_stored_messages(Probe probe)
    {
        var options = ConnectOptions.Persistent(probe.ClientId("client"));
        var client = await probe.ConnectAsync(options);
        await client.SubscribeAsync(probe.Topic("t"), 1);
        await client.DisconnectAsync();
        var publisher = await probe.ConnectAsync();
        for (var i = 0; i < 10; i++)
        {
            await publisher.PublishAsync(probe.Topic("t"), "stored", 1);
        }

        var again = await probe.ConnectAsync(options);                  // fails when another packet comes first

        again.EnsureSessionPresent(true);
        for (var i = 0; i < 10; i++)
        {
            await again.TakeAsync("stored");
        }
    }

    [Check("MQTT-3.2.0-1", "MQTT3-3.2.0-1", Versions = Versions.All)]
    public static async Task CONNACK_comes_before_the_answers_to_what_follows_CONNECT(Probe probe)
    {
        var client = await probe.OpenAsync();
        var connect = Packets.Connect(probe.Complete(new ConnectOptions()));

        await client.SendAsync(connect, Packets.Pingreq, Packets.Subscribe(probe.Version, 1, new SubscribeOptions(), probe.Topic("t")));

        await client.ReceiveAsync(PacketType.Connack);
        await client.ReceiveAsync(PacketType.Pingresp);
        await client.ReceiveAsync(PacketType.Suback);
    }

    [Check("MQTT-3.1.0-2", "MQTT3-3.1.0-2", "MQTT-3.2.0-2", Versions = Versions.All)]
    public static async Task A_second_CONNECT_gets_no_CONNACK_but_the_end_of_the_connection(Probe probe)
    {
        var client = await probe.ConnectAsync("client");

        await client.SendAsync(Packets.Connect(probe.Complete(new ConnectOptions { ClientId = probe.ClientId("client") })));

        probe.Saw(await client.IsClosedAsync(0x82));
    }

    [Check("MQTT-3.1.0-2", "MQTT3-3.1.0-2", "MQTT-3.2.0-2")]
    public static async Task A_second_CONNECT_in_the_same_write_ends_the_connection(Probe probe)
    {
        var client = await probe.OpenAsync();
        var connect = Packets.Connect(probe.Complete(new ConnectOptions()));

        await client.SendAsync(connect, connect);

        // A broker that writes to a disk before it answers may have seen the second before the first was answered.
        var answer = await client.ReceiveOrEndAsync("CONNACK, or the end of the connection");
        if (answer is { Type: not PacketType.Connack })
        {
            throw new CheckFailedException("CONNACK, or the end of the connection", answer.ToString());
        }

        probe.Saw(answer is null ? "closes without CONNACK" : await client.IsClosedAsync(0x82));
    }

    [Check("MQTT-3.2.2-7", "MQTT-3.2.2-8", "MQTT-3.2.2-6", "MQTT-3.14.0-1", "MQTT3-3.2.2-5", "MQTT31-3.2-2", "Trap-104")]
    public static async Task A_refusal_has_a_code_of_its_version_and_ends_the_connection(Probe probe)
    {
        var client = await probe.OpenAsync();

        await client.SendAsync(Refusals.WellFormed(probe, "client"));

        probe.Saw(await Refusals.IsRefusedAsync(client));
    }

    [Check("MQTT3-3.2.2-6", "MQTT31-3.2-2", "Trap-104")]
    public static async Task No_refusal_has_a_return_code_above_5(Probe probe)
    {
        byte[][] connects =
        [
            RawConnect.Start(probe.Version, RawConnect.CleanStart | 0x01).String(probe.ClientId("a")).ToBytes(),
            RawConnect.Start(probe.Version, RawConnect.CleanStart | RawConnect.Will | RawConnect.WillQoS3).String(probe.ClientId("a")).String("w").String("").ToBytes(),
            RawConnect.Start(probe.Version, RawConnect.CleanStart | RawConnect.Will).String(probe.ClientId("a")).String("$SYS/will").String("").ToBytes(),
            RawConnect.Start(probe.Version, RawConnect.CleanStart | RawConnect.Will).String(probe.ClientId("a")).String("#").String("").ToBytes(),
            RawConnect.Start(probe.Version, RawConnect.CleanStart | RawConnect.UserName).String(probe.ClientId("a")).Binary([0xFF]).ToBytes(),
            RawConnect.Start(probe.Version, flags: 0).String("").ToBytes(),
        ];
        foreach (var connect in connects)
        {
            var client = await probe.OpenAsync();
            await client.SendAsync(connect);

            var connack = await client.ReceiveOrEndAsync("CONNACK of 3.x, or the end of the connection");
            if (connack is { ReasonCode: 0 })
            {
                continue;                                               // $SYS, or what 3.1 disregards
            }

            Probe.Ensure(connack is null or { Type: PacketType.Connack, ReasonCode: <= 5 }, "CONNACK with a code from 1 to 5", connack?.ToString() ?? "");
            await client.IsClosedAsync();
        }
    }

    [Check("MQTT-3.2.2-19", "MQTT-3.2.2-20", "MQTT-3.1.2-24")]
    public static async Task CONNACK_stays_within_the_Maximum_Packet_Size(Probe probe)
    {
        foreach (uint maximum in new uint[] { 2, 5, 8, 12, 20, 40 })
        {
            var client = await probe.OpenAndSendConnectAsync(new ConnectOptions { MaximumPacketSize = maximum });

            await EndsOrFitsAsync(probe, client, maximum);
        }
    }

    [Check("MQTT-3.2.2-19", "MQTT-3.2.2-20", "MQTT-3.1.2-24")]
    public static async Task A_CONNACK_that_refuses_stays_within_the_Maximum_Packet_Size(Probe probe)
    {
        foreach (uint maximum in new uint[] { 2, 5, 8, 12 })
        {
            var client = await probe.OpenAndSendConnectAsync(new ConnectOptions { MaximumPacketSize = maximum, Properties = [Refusals.UnknownMethod] });

            await EndsOrFitsAsync(probe, client, maximum);
            await client.IsClosedAsync();
        }
    }

    [Check("MQTT-3.2.2-9")]
    public static async Task What_CONNACK_announces_no_limit_for_works(Probe probe)
    {
        var client = await probe.ConnectAsync();
        var maximum = (int)client.Connack!.NumberOr(PropertyId.MaximumQoS, 2);

        for (var qos = 0; qos <= maximum; qos++)
        {
            var code = await client.PublishAsync(probe.Topic("t"), "message", qos);
            Probe.Ensure(code < 0x80, "success", string.Create(CultureInfo.InvariantCulture, $"0x{code:X2} for QoS {qos}"));
        }

        probe.Saw(string.Create(CultureInfo.InvariantCulture, $"Maximum QoS {maximum}"));
    }

    [Check("MQTT-3.2.2-10")]
    public static async Task SUBSCRIBE_with_any_QoS_is_accepted_whatever_the_Maximum_QoS(Probe probe)
    {
        var client = await probe.ConnectAsync();
        var maximum = (int)client.Connack!.NumberOr(PropertyId.MaximumQoS, 2);

        for (var qos = 0; qos <= 2; qos++)
        {
            var granted = await client.SubscribeAsync(probe.Topic("t"), qos);
            Probe.Ensure(granted <= Math.Max(qos, maximum), "a QoS up to the one asked for", string.Create(CultureInfo.InvariantCulture, $"QoS {granted}"));
        }
    }

    [Check("MQTT-3.2.2-9", "MQTT-3.2.2-11")]
    public static async Task A_PUBLISH_above_the_announced_Maximum_QoS_ends_the_connection(Probe probe)
    {
        var client = await probe.ConnectAsync();
        var maximum = (int)client.Connack!.NumberOr(PropertyId.MaximumQoS, 2);
        Probe.SkipUnless(maximum < 2, "the broker takes every QoS");

        await client.SendPublishAsync(probe.Topic("t"), "message", new PublishOptions { QoS = maximum + 1 });

        probe.Saw(await client.IsClosedAsync(0x9B, 0x82));
    }

    private static async Task EndsOrFitsAsync(Probe probe, WireClient client, uint maximum)
    {
        var connack = await client.ReceiveOrEndAsync("CONNACK, or the end of the connection");

        Probe.Ensure(
            connack is null || (connack.Type == PacketType.Connack && connack.Packet.Length <= maximum),
            string.Create(CultureInfo.InvariantCulture, $"CONNACK of at most {maximum} bytes, or the end of the connection"),
            connack is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{connack.Packet.Length} bytes: {connack}"));
        probe.Saw(string.Create(CultureInfo.InvariantCulture, $"{maximum} bytes: {(connack is null ? "closes" : $"CONNACK 0x{connack.ReasonCode:X2}")}"));
    }
}
