using System.Net;

namespace Godwit.Server.Listeners.WebSockets;

/// <summary>
/// Where a WebSocket client is, from the headers Forwarded (RFC 7239) or X-Forwarded-For of trusted proxies. Each proxy adds the address it
/// sees at the end, so the list is read from its end as long as those who speak are trusted; what stands before was written by somebody
/// unknown.
/// </summary>
internal static class ForwardedFor
{
    /// <summary>The client's address.</summary>
    /// <param name="peer">Of the socket, or what a PROXY header said.</param>
    /// <param name="forwarded">Values of the header Forwarded, in order; it is preferred.</param>
    /// <param name="forwardedFor">Values of the header X-Forwarded-For, in order.</param>
    /// <param name="isTrusted">Whose word is taken.</param>
    /// <returns><paramref name="peer"/> when there is no trusted word about another one.</returns>
    internal static IPAddress? Resolve(
        IPAddress? peer, IEnumerable<string?> forwarded, IEnumerable<string?> forwardedFor, Func<IPAddress?, bool> isTrusted)
    {
        if (!isTrusted(peer))
        {
            return peer;
        }

        var named = forwarded.SelectMany(Elements).Select(NodeOf).ToList();
        if (named.Count == 0)
        {
            named = [.. forwardedFor.SelectMany(Elements)];
        }

        var client = peer;
        for (var i = named.Count - 1; i >= 0 && isTrusted(client); i--)
        {
            if (!TryParse(named[i], out var address))
            {
                return client;          // "unknown", an obfuscated name, or nonsense: the last one that is known counts
            }

            client = address;
        }

        return client;
    }

    private static IEnumerable<string> Elements(string? value) =>
        (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The value of <c>for=</c> of one element; empty when it has none.</summary>
    private static string NodeOf(string element)
    {
        foreach (var pair in element.Split(';', StringSplitOptions.TrimEntries))
        {
            if (pair.StartsWith("for=", StringComparison.OrdinalIgnoreCase))
            {
                return pair[4..].Trim('"');
            }
        }

        return "";
    }

    /// <summary>An address, with or without a port: <c>10.0.0.1</c>, <c>10.0.0.1:80</c>, <c>2001:db8::1</c>, <c>[2001:db8::1]:80</c>.</summary>
    private static bool TryParse(string text, out IPAddress? address)
    {
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            return IPAddress.TryParse(end < 0 ? "" : text[1..end], out address);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var hasPort = colon >= 0 && text.IndexOf(':', colon + 1) < 0;
        return IPAddress.TryParse(hasPort ? text[..colon] : text, out address);
    }
}
