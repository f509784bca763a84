namespace Godwit.Client.Connections;

/// <summary>Takes <c>mqtt://host:port</c> apart.</summary>
internal static class ServerAddress
{
    private const int DefaultPort = 1883;

    /// <summary>Host without brackets, and port.</summary>
    /// <exception cref="ArgumentException">Another scheme, or user, path, query or fragment.</exception>
    public static (string Host, int Port) Parse(Uri server)
    {
        if (!server.IsAbsoluteUri || !string.Equals(server.Scheme, "mqtt", StringComparison.Ordinal) || server.Host.Length == 0)
        {
            throw new ArgumentException($"'{server}' is not a server address of the form mqtt://host:port.", nameof(server));
        }

        if (server.UserInfo.Length > 0 || server.PathAndQuery.Trim('/').Length > 0 || server.Fragment.Length > 0)
        {
            throw new ArgumentException($"'{server}' has more than a host and a port.", nameof(server));
        }

        return (server.Host.Trim('[', ']'), server.Port < 0 ? DefaultPort : server.Port);
    }
}
