namespace Godwit.Client.Connections;

/// <summary>Takes <c>mqtt://host:port</c> and <c>mqtts://host:port</c> apart.</summary>
internal static class ServerAddress
{
    private const int DefaultPort = 1883;
    private const int DefaultTlsPort = 8883;

    /// <summary>Host without brackets, port, and whether it is TLS.</summary>
    /// <exception cref="ArgumentException">Another scheme, or user, path, query or fragment.</exception>
    public static (string Host, int Port, bool IsEncrypted) Parse(Uri server)
    {
        if (!server.IsAbsoluteUri || server.Scheme is not ("mqtt" or "mqtts") || server.Host.Length == 0)
        {
            throw new ArgumentException($"'{server}' is not a server address of the form mqtt://host:port or mqtts://host:port.", nameof(server));
        }

        if (server.UserInfo.Length > 0 || server.PathAndQuery.Trim('/').Length > 0 || server.Fragment.Length > 0)
        {
            throw new ArgumentException($"'{server}' has more than a host and a port.", nameof(server));
        }

        var isEncrypted = string.Equals(server.Scheme, "mqtts", StringComparison.Ordinal);
        var defaultPort = isEncrypted ? DefaultTlsPort : DefaultPort;
        return (server.Host.Trim('[', ']'), server.Port < 0 ? defaultPort : server.Port, isEncrypted);
    }
}
