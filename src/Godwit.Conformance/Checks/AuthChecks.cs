using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Enhanced authentication and AUTH (5.0 §3.15 and §4.12), which a broker need not offer.</summary>
public static class AuthChecks
{
    /// <summary>Names that brokers are known to offer, each with a first message of the client that is right for it.</summary>
    private static readonly (string Method, string Data)[] KnownMethods =
    [
        ("SCRAM-SHA-1", "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"),
        ("SCRAM-SHA-256", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"),
        ("SCRAM-SHA-512", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"),
        ("PLAIN", "\0user\0password"),
        ("GS2-KRB5", ""),
        ("OAUTHBEARER", "n,a=user,\u0001auth=Bearer token\u0001\u0001"),
    ];

    private static WireProperty Method => WireProperty.Text(PropertyId.AuthenticationMethod, "no such method");

    /// <summary>A method that the broker does not know.</summary>
    [Check("MQTT-4.12.0-1", "MQTT-4.12.0-4", "Trap-43")]
    public static Task CONNECT_with_an_unknown_Authentication_Method_is_refused(Probe probe)
    {
        WireProperty[][] cases = [[Method], [Method, WireProperty.Binary(PropertyId.AuthenticationData, "data"u8)]];
        return Cases.EachAsync(cases, row => row.Length == 1 ? "without data" : "with data", async row =>
        {
            var client = await probe.OpenAndSendConnectAsync(new ConnectOptions { Properties = row });
            probe.Saw(await Refusals.OfConnectAsync(client, 0x8C, 0x87));
        });
    }

    /// <summary>Data for no method.</summary>
    [Check("MQTT-3.1.4-1", "MQTT-4.13.1-1", "Trap-43")]
    public static async Task CONNECT_with_Authentication_Data_and_no_method_is_refused(Probe probe)
    {
        var client = await probe.OpenAndSendConnectAsync(new ConnectOptions { Properties = [WireProperty.Binary(PropertyId.AuthenticationData, "data"u8)] });
        probe.Saw(await Refusals.OfConnectAsync(client, 0x81, 0x82, 0x8C));
    }

    /// <summary>Without a method there is nothing to authenticate, and nothing to authenticate again.</summary>
    [Check("MQTT-4.12.0-7", "MQTT-4.12.1-2", "MQTT-4.13.1-1", "Trap-43")]
    public static Task AUTH_without_a_method_in_CONNECT_ends_the_connection(Probe probe)
    {
        byte[][] packets = [Packets.Auth(0x18, Method), Packets.Auth(0x19, Method), Packets.Auth(0x00, Method)];
        return EndTheConnectionAsync(probe, packets);
    }

    /// <summary>AUTH always names its method, so that even its short form is wrong.</summary>
    [Check("MQTT-4.12.0-7", "MQTT-4.13.1-1", "Trap-6", "Trap-43")]
    public static Task AUTH_that_names_no_method_ends_the_connection(Probe probe) =>
        EndTheConnectionAsync(probe, [[0xF0, 0x00], [0xF0, 0x01, 0x18], [0xF0, 0x02, 0x18, 0x00], [0xF0, 0x02, 0x19, 0x00]]);

    /// <summary>The flags are 0000.</summary>
    [Check("MQTT-3.15.1-1", "MQTT-2.1.3-1", "Trap-3")]
    public static Task AUTH_with_a_reserved_flag_ends_the_connection(Probe probe) =>
        EndTheConnectionAsync(probe, [.. Enumerable.Range(0, 4).Select(bit => (byte[])[(byte)(0xF0 | (1 << bit)), .. Packets.Auth(0x18, Method).AsSpan(1)])]);

    /// <summary>AUTH has three codes.</summary>
    [Check("MQTT-3.15.2-1", "MQTT-4.13.1-1")]
    public static Task AUTH_with_another_code_ends_the_connection(Probe probe) =>
        EndTheConnectionAsync(probe, [Packets.Auth(0x01, Method), Packets.Auth(0x04, Method), Packets.Auth(0x8C, Method), Packets.Auth(0xFF, Method)]);

    /// <summary>A client that names no method hears of none.</summary>
    [Check("MQTT-4.12.0-6")]
    public static async Task A_client_without_a_method_gets_neither_AUTH_nor_a_method(Probe probe)
    {
        var client = await probe.ConnectAsync();

        Probe.Ensure(client.Connack!.Property(PropertyId.AuthenticationMethod) is null, "CONNACK without Authentication Method", client.Connack);
        await client.PingAsync();
    }

    /// <summary>An exchange as far as it goes without knowing a password.</summary>
    [Check("MQTT-4.12.0-2", "MQTT-4.12.0-4", "MQTT-4.12.0-5", "MQTT-3.15.2-1", "MQTT-3.15.2-2", "MQTT-3.15.2-3")]
    public static async Task A_known_method_is_repeated_in_every_answer(Probe probe)
    {
        const uint SizeMax = 400;
        var offered = 0;
        await Cases.EachAsync(KnownMethods, row => row.Method, async row =>
        {
            var client = await probe.OpenAndSendConnectAsync(new ConnectOptions
            {
                MaximumPacketSize = SizeMax,
                Properties = [WireProperty.Text(PropertyId.AuthenticationMethod, row.Method), WireProperty.Text(PropertyId.AuthenticationData, row.Data)],
            });
            var answer = await client.ReceiveOrEndAsync("AUTH, CONNACK or the end of the connection");
            if (answer is null or { Type: PacketType.Connack, ReasonCode: >= 0x80 })
            {
                Probe.Ensure(answer is null || await client.ReceiveOrEndAsync("the end of the connection after CONNACK") is null, "the end of the connection after CONNACK", "a packet");
                return;
            }

            Interlocked.Increment(ref offered);
            Probe.Ensure(answer is { Type: PacketType.Auth, ReasonCode: 0x18 } or { Type: PacketType.Connack, ReasonCode: 0 }, "AUTH 0x18 or CONNACK", answer);
            Probe.Ensure(
                string.Equals(answer.Property(PropertyId.AuthenticationMethod)?.Text, row.Method, StringComparison.Ordinal), $"Authentication Method {row.Method}", answer);
            Probe.Ensure(answer.Packet.Length <= SizeMax, $"a packet of at most {SizeMax} bytes", $"{answer.Packet.Length} bytes");
            if (answer.Type == PacketType.Auth)
            {
                await client.SendAsync(Packets.Auth(0x18, WireProperty.Text(PropertyId.AuthenticationMethod, "another method")));
                probe.Saw($"{row.Method}: {await Refusals.OfConnectAsync(client)}");
            }
        });
        Probe.SkipUnless(offered > 0, $"the broker offers none of {string.Join(", ", KnownMethods.Select(row => row.Method))}");
    }

    private static Task EndTheConnectionAsync(Probe probe, byte[][] packets) =>
        Cases.EachAsync(packets, packet => PacketText.Of(packet), async packet =>
        {
            var client = await probe.ConnectAsync();
            await client.SendAsync(packet, Packets.Pingreq);
            probe.Saw(await client.IsClosedAsync(0x81, 0x82, 0x8C));
        });
}
