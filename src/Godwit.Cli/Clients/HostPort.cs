using System.Globalization;
using Godwit.Cli.Commands;

namespace Godwit.Cli.Clients;

/// <summary>Where a broker listens, typed as <c>HOST</c>, <c>HOST:PORT</c>, <c>[IPv6]:PORT</c> or <c>mqtt://HOST:PORT</c>.</summary>
/// <param name="Host">A name or an address, IPv6 without brackets.</param>
/// <param name="Port">1 to 65,535.</param>
internal sealed record HostPort(string Host, int Port)
{
    /// <summary>Reads what was typed.</summary>
    /// <param name="text">As typed.</param>
    /// <param name="defaultPort">When none is typed.</param>
    /// <exception cref="UsageException">It is no address, or one of a transport that this command does not speak.</exception>
    internal static HostPort Parse(string text, int defaultPort)
    {
        var rest = text;
        if (rest.Split("://", 2) is [var scheme, var after])
        {
            rest = string.Equals(scheme, "mqtt", StringComparison.OrdinalIgnoreCase)
                ? after.TrimEnd('/')
                : throw new UsageException($"'{text}': say mqtt://, or only the host; --tls and --ws choose another transport.");
        }

        var (host, port) = Split(rest);
        return host.Length > 0
            ? new HostPort(host, port is null ? defaultPort : ParsePort(text, port))
            : throw new UsageException($"'{text}' has no host: type HOST or HOST:PORT.");
    }

    private static (string Host, string? Port) Split(string text)
    {
        if (text.StartsWith('[') && text.IndexOf(']', StringComparison.Ordinal) is > 0 and var end)
        {
            return (text[1..end], text.Length > end + 1 ? text[(end + 1)..].TrimStart(':') : null);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || text.LastIndexOf(':') != colon ? (text, null) : (text[..colon], text[(colon + 1)..]);      // several colons: a bare IPv6 address
    }

    private static int ParsePort(string text, string port) =>
        int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65_535
            ? number
            : throw new UsageException($"'{text}': '{port}' is not a port: a number from 1 to 65535.");
}
