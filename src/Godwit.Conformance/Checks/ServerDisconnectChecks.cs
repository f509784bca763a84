using System.Globalization;
using Godwit.Conformance.Checks.Tables;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>DISCONNECT of the broker, which 5.0 has and 3.x has not (5.0 §3.14 and §4.13).</summary>
public static class ServerDisconnectChecks
{
    /// <summary>The server's column of table 3-10.</summary>
    private static readonly byte[] ServerCodes =
    [
        0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8D, 0x8E, 0x8F, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0x9B,
        0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2,
    ];

    /// <summary>Whatever the reason, the code is one that servers send.</summary>
    [Check("MQTT-3.14.2-1", "Trap-91")]
    public static Task A_broker_sends_only_codes_of_servers(Probe probe) => EachAsync(probe, new ConnectOptions(), (_, disconnect) =>
        Probe.Ensure(ServerCodes.Contains(disconnect.ReasonCode), "a code of the server's column", disconnect));

    /// <summary>The code says what was wrong, or that the broker does not want to say (0x80).</summary>
    [Check("MQTT-4.13.1-1", "Trap-91", IsRecommendation = true)]
    public static Task A_broker_sends_the_code_of_the_error(Probe probe) => EachAsync(probe, new ConnectOptions(), (provocation, disconnect) =>
        Probe.Ensure(
            disconnect.ReasonCode == 0x80 || provocation.Codes.Contains(disconnect.ReasonCode), $"code {string.Join(" or ", provocation.Codes.Select(Text))}", disconnect));

    /// <summary>Only clients change it with DISCONNECT.</summary>
    [Check("MQTT-3.14.2-2", "Trap-91")]
    public static Task A_broker_sends_no_Session_Expiry_Interval_in_DISCONNECT(Probe probe) =>
        EachAsync(probe, new ConnectOptions { SessionExpirySeconds = 300 }, (_, disconnect) =>
            Probe.Ensure(disconnect.Property(PropertyId.SessionExpiryInterval) is null, "no Session Expiry Interval", disconnect));

    /// <summary>The client is given just enough for CONNACK.</summary>
    [Check("MQTT-3.14.2-3", "MQTT-3.14.2-4")]
    public static async Task DISCONNECT_is_not_larger_than_the_client_accepts(Probe probe)
    {
        var sizeMax = (await probe.ConnectAsync()).Connack!.Packet.Length;
        await EachAsync(probe, new ConnectOptions { MaximumPacketSize = (uint)sizeMax }, (_, disconnect) =>
            Probe.Ensure(disconnect.Packet.Length <= sizeMax, $"a DISCONNECT of at most {sizeMax} bytes", $"{disconnect} of {disconnect.Packet.Length} bytes"));
        await EachAsync(probe, new ConnectOptions(), (_, disconnect) =>
        {
            if (disconnect.Packet.Length > sizeMax)
            {
                probe.Saw("DISCONNECT has a Reason String when there is room");
            }
        });
    }

    /// <summary>Nothing comes after DISCONNECT but the end, even when the client has asked for more.</summary>
    [Check("MQTT-3.14.4-1", "MQTT-3.14.4-2", "MQTT-4.13.2-1")]
    public static Task DISCONNECT_is_the_last_packet_of_the_broker(Probe probe) =>
        Cases.EachAsync(Provocation.Of(probe.Version), row => row.Name, async row =>
        {
            var client = await probe.ConnectAsync();
            var (_, disconnect) = await row.EndAsync(probe, client);
            await client.SendAsync(Packets.Subscribe(probe.Version, 9, new SubscribeOptions(), probe.Topic("other")));
            if (disconnect is not null)
            {
                var next = await client.ReceiveOrEndAsync("the end of the connection after DISCONNECT");
                Probe.Ensure(next is null, "the end of the connection after DISCONNECT", next?.ToString() ?? "");
            }
        });

    /// <summary>3.x has no DISCONNECT of servers: the connection just ends.</summary>
    [Check("Trap-42", "MQTT3-4.8.0-1", Versions = Versions.Mqtt31 | Versions.Mqtt311)]
    public static Task A_broker_sends_no_DISCONNECT_before_5_0(Probe probe)
    {
        // The rules for flags and strings were other ones in 3.1.
        var rows = Provocation.Of(probe.Version).Skip(probe.Version == ProtocolVersion.Mqtt31 ? 7 : 0);
        return Cases.EachAsync(rows, row => row.Name, async row =>
        {
            var (_, disconnect) = await row.EndAsync(probe, await probe.ConnectAsync());
            Probe.Ensure(disconnect is null, "the end of the connection and no packet", "DISCONNECT");
        });
    }

    /// <summary>Before CONNACK 0x00 the broker refuses with CONNACK, or just closes.</summary>
    [Check("MQTT-3.14.0-1", "Trap-42")]
    public static Task A_broker_sends_no_DISCONNECT_before_CONNACK(Probe probe)
    {
        (string Name, Func<Situation, byte[]> Build)[] cases =
        [
            ("a reserved flag in the fixed header", at => [0x11, .. at.Packet().AsSpan(1)]),
            ("the reserved Connect Flag", at => Changed(at.Packet(), 9, 0x03)),
            ("Will QoS without a will", at => Changed(at.Packet(), 9, 0x0A)),
            ("a Property Length beyond the packet", at => at.PacketWithBlock([0x7F])),
            ("a property that does not exist", at => at.Packet(WireProperty.Raw(0x7F, 0x00))),
            ("a Receive Maximum of 0", at => at.Packet(WireProperty.Number(PropertyId.ReceiveMaximum, 0))),
            ("a method that nobody knows", at => at.Packet(WireProperty.Text(PropertyId.AuthenticationMethod, "no such method"))),
            ("a Remaining Length of five bytes", _ => [0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
            ("an empty CONNECT", _ => [0x10, 0x00]),
        ];
        return Cases.EachAsync(cases, row => row.Name, async row =>
        {
            var situation = await Situation.PrepareAsync(probe, Place.Connect);
            await situation.Client.SendAsync(row.Build(situation));
            probe.Saw(await Refusals.OfConnectAsync(situation.Client));
        });
    }

    /// <summary>The time without a packet has its own code.</summary>
    [Check("MQTT-3.14.2-1", "Trap-91", Waits = true)]
    public static async Task A_client_that_is_silent_too_long_gets_code_0x8D(Probe probe)
    {
        var client = await probe.ConnectAsync(new ConnectOptions { KeepAliveSeconds = 1 });

        // How late it may come is judged elsewhere.
        var packet = await client.ReceiveOrEndAsync("DISCONNECT or the end of the connection", TimeSpan.FromSeconds(10));

        Probe.Ensure(packet is null or { Type: PacketType.Disconnect, ReasonCode: 0x8D }, "DISCONNECT 0x8D or the end of the connection", packet?.ToString() ?? "");
        probe.Saw(packet is null ? "closes without DISCONNECT" : "DISCONNECT 0x8D");
    }

    private static byte[] Changed(byte[] packet, int position, byte value)
    {
        packet[position] = value;
        return packet;
    }

    /// <summary>Provokes the broker in every way and looks at its DISCONNECT, if it sends one; whether it must end the connection others judge.</summary>
    private static Task EachAsync(Probe probe, ConnectOptions options, Action<Provocation, Received> judge) =>
        Cases.EachAsync(Provocation.Of(probe.Version), row => row.Name, async row =>
        {
            var client = await probe.ConnectAsync(options);
            var (_, disconnect) = await row.EndAsync(probe, client);
            if (disconnect is not null)
            {
                judge(row, disconnect);
            }
        });

    private static string Text(byte code) => "0x" + code.ToString("X2", CultureInfo.InvariantCulture);
}
