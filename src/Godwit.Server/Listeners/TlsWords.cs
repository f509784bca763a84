using System.Security.Authentication;

namespace Godwit.Server.Listeners;

/// <summary>Versions of TLS in words.</summary>
internal static class TlsWords
{
    /// <summary>A version as it is configured.</summary>
    internal static (SslProtocols Value, string? Error) ParseVersion(string text)
    {
        var bare = text.StartsWith("tlsv", StringComparison.OrdinalIgnoreCase) ? text[4..] : text;
        return bare switch
        {
            "1.2" => (SslProtocols.Tls12, null),
            "1.3" => (SslProtocols.Tls13, null),
            "1.0" or "1.1" => (SslProtocols.None, $"'{text}' is not offered: TLS before 1.2 is broken; use 1.2 or 1.3"),
            _ => (SslProtocols.None, $"'{text}' is neither 1.2 nor 1.3"),
        };
    }

    /// <summary>E.g. <c>1.2</c>.</summary>
    internal static string Text(SslProtocols versions) => versions switch
    {
        SslProtocols.Tls12 => "1.2",
        SslProtocols.Tls13 => "1.3",
        _ => "1.2, 1.3",
    };
}
