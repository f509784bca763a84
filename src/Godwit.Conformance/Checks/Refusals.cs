using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks;

/// <summary>How a broker may answer a CONNECT that it must not, or need not, accept.</summary>
internal static class Refusals
{
    /// <summary>An Authentication Method that no broker knows: the surest way to be refused in 5.0.</summary>
    public static WireProperty UnknownMethod { get; } = WireProperty.Text(Godwit.Protocol.Properties.PropertyId.AuthenticationMethod, "no-such-method");

    /// <summary>
    /// The broker must end this connection. In 5.0 a CONNACK with a code of 0x80 or above may come first, in 3.x nothing.
    /// </summary>
    /// <param name="client">Has sent the CONNECT.</param>
    /// <param name="codes">The codes that CONNACK may have; none given: all errors.</param>
    /// <returns>What came, for <see cref="Probe.Saw"/>.</returns>
    public static Task<string> OfConnectAsync(WireClient client, params byte[] codes)
    {
        byte[] errors = codes.Length > 0 ? codes : [.. Enumerable.Range(0x80, 0x80).Select(code => (byte)code)];
        return client.IsRefusedAsync(client.Version == ProtocolVersion.Mqtt5 ? errors : []);
    }

    /// <summary>
    /// Sends a CONNECT that breaks the format: closed without CONNACK in 3.1.1; in 5.0 a code may tell why; in 3.1, which does not say,
    /// any return code will do.
    /// </summary>
    /// <param name="probe">Notes what came.</param>
    /// <param name="connect">The whole packet.</param>
    /// <param name="codes">Codes of 5.0 that fit besides 0x80, 0x81 and 0x82.</param>
    public static async Task ExpectMalformedAsync(Probe probe, byte[] connect, params byte[] codes)
    {
        var client = await probe.OpenAsync();

        await client.SendAsync(connect);

        probe.Saw(await client.IsRefusedAsync(probe.Version switch
        {
            ProtocolVersion.Mqtt5 => [0x80, 0x81, 0x82, .. codes],
            ProtocolVersion.Mqtt311 => [],
            _ => [1, 2, 3, 4, 5],
        }));
    }

    /// <summary>A CONNECT that every broker refuses although it is well formed; the ClientId is empty in 3.x.</summary>
    public static byte[] WellFormed(Probe probe, string clientName, WillOptions? will = null) => Packets.Connect(probe.Complete(new ConnectOptions
    {
        ClientId = probe.IsVersion5 ? probe.ClientId(clientName) : "",
        CleanStart = probe.IsVersion5,
        Properties = [UnknownMethod],
        Will = will,
    }));

    /// <summary>The answer to <see cref="WellFormed"/>.</summary>
    public static Task<string> IsRefusedAsync(WireClient client) =>
        client.Version == ProtocolVersion.Mqtt5 ? client.IsRefusedAsync(0x80, 0x83, 0x86, 0x87, 0x8C) : client.IsRefusedAsync(2);

    /// <summary>
    /// Sends a CONNECT that is right but for its user name or password, which a broker need not like. Skips the check when the broker
    /// refuses it for that reason.
    /// </summary>
    public static async Task<WireClient> ConnectWithCredentialsAsync(Probe probe, byte[] connect, params byte[] codes)
    {
        var client = await probe.OpenAsync();
        await client.SendAsync(connect);
        var connack = await client.ReceiveAsync(PacketType.Connack);
        byte[] refusals = probe.IsVersion5 ? [0x80, 0x86, 0x87, 0x8A, .. codes] : [4, 5];
        Probe.SkipUnless(!refusals.Contains(connack.ReasonCode), "the broker accepts known users only");
        Probe.Ensure(connack.ReasonCode == 0, "CONNACK that accepts the client, or refuses the user", connack);
        client.Connack = connack;
        return client;
    }
}
