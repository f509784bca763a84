using System.Net;
using System.Text;
using Godwit.Server.Listeners.WebSockets;

namespace Godwit.Fuzz.Targets;

/// <summary>
/// Headers of a request for a WebSocket. The subprotocol is one that was offered, in lists of any form the same; and the address of a client is
/// never one that somebody has written whom nobody trusts. The lines of an input are the values of one header after another.
/// </summary>
internal sealed class WebSocketHeadersTarget : TextTarget
{
    private static readonly IPAddress Peer = IPAddress.Parse("10.0.0.1");

    public override string Name => "websocket-headers";

    public override long AllocatedBytesMax(int inputSize) => 20_000 + (1_000L * inputSize);

    protected override int WordsMax => 20;

    protected override IReadOnlyList<string> Words { get; } =
    [
        "mqtt", "mqttv3.1", "MQTT", "mqttv3.1.1", "soap", ",", ", ", " ", ";", "for=", "For=", "\"", "[", "]", ":", ":80", "10.0.0.1", "10.0.0.2", "10.0.0.3", "1.2.3.4", "::1", "2001:db8::1",
        "unknown", "_hidden", "proto=http", "by=10.0.0.1", "\n", "\n", "é", "\t",
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        string?[] lines = Encoding.UTF8.GetString(input).Split('\n');
        var offered = string.Join(',', lines).Split(',').Select(word => word.Trim()).ToList();
        var chosen = Subprotocols.Choose(lines);
        Require(chosen == Subprotocols.Choose([string.Join(',', lines)]), "one header with a list is not what several headers are");
        Require(chosen is null ? !offered.Exists(IsMqtt) : offered.Contains(chosen, StringComparer.Ordinal), $"'{chosen}' was not offered");
        Require(chosen is null || IsMqtt(chosen) == offered.Exists(IsMqtt), "mqtt was offered and is not chosen");

        Require(Equals(ForwardedFor.Resolve(Peer, lines, lines, _ => false), Peer), "the word of somebody whom nobody trusts is taken");
        CheckChain(ForwardedFor.Resolve(Peer, [], lines, IsTrusted), offered);
        var named = ForwardedFor.Resolve(Peer, lines, [], IsTrusted);
        Require(Equals(named, Peer) || lines.Any(line => line!.Contains("for=", StringComparison.OrdinalIgnoreCase)), "an address comes from nowhere");
    }

    /// <summary>X-Forwarded-For: from its end, as long as those who speak are trusted.</summary>
    private static void CheckChain(IPAddress? client, List<string> elements)
    {
        IPAddress? expected = Peer;
        foreach (var element in elements.Where(element => element.Length > 0).Reverse())
        {
            if (!IsTrusted(expected) || AddressOf(element) is not { } next)
            {
                break;
            }

            expected = next;
        }

        Require(Equals(client, expected), $"the client is {client}, and should be {expected}");
    }

    private static IPAddress? AddressOf(string element)
    {
        var bare = element;
        if (element.StartsWith('['))
        {
            bare = element.Contains(']', StringComparison.Ordinal) ? element[1..element.IndexOf(']', StringComparison.Ordinal)] : "";
        }
        else if (element.Count(letter => letter == ':') == 1)
        {
            bare = element.Split(':')[0];
        }

        return IPAddress.TryParse(bare, out var address) ? address : null;
    }

    private static bool IsTrusted(IPAddress? address) => address?.ToString() is "10.0.0.1" or "10.0.0.2";

    private static bool IsMqtt(string word) => word.Equals("mqtt", StringComparison.OrdinalIgnoreCase);
}
