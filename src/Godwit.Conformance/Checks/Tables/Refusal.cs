using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks.Tables;

/// <summary>How a broker refuses a CONNECT that is wrong.</summary>
internal static class Refusal
{
    /// <summary>
    /// The broker must end this connection. In 5.0 a CONNACK with a code of 0x80 or above may come first, in 3.x nothing; a
    /// DISCONNECT never, as there was no CONNACK before it.
    /// </summary>
    /// <param name="client">Has sent the CONNECT.</param>
    /// <param name="codes">The codes that CONNACK may have; none given: all errors that it knows.</param>
    /// <returns>What came, for <see cref="Probe.Saw"/>.</returns>
    public static async Task<string> OfConnectAsync(WireClient client, params byte[] codes)
    {
        var expected = client.Version == ProtocolVersion.Mqtt5
            ? $"the end of the connection, before it at most CONNACK {(codes.Length == 0 ? "0x80 or above" : string.Join(" or ", codes.Select(code => "0x" + code.ToString("X2", CultureInfo.InvariantCulture))))}"
            : "the end of the connection, no packet before it";
        var answer = await client.ReceiveOrEndAsync(expected);
        if (answer is null)
        {
            return "closes without CONNACK";
        }

        var isRefusal = client.Version == ProtocolVersion.Mqtt5 && answer.Type == PacketType.Connack
            && (codes.Length == 0 ? answer.ReasonCode >= 0x80 : codes.Contains(answer.ReasonCode));
        Probe.Ensure(isRefusal, expected, answer);
        var next = await client.ReceiveOrEndAsync("the end of the connection after CONNACK");
        Probe.Ensure(next is null, "the end of the connection after CONNACK", next?.ToString() ?? "");
        return string.Create(CultureInfo.InvariantCulture, $"CONNACK 0x{answer.ReasonCode:X2}");
    }
}
