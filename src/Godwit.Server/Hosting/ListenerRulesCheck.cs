using System.Net;
using System.Text;
using Godwit.Server.Listeners;

namespace Godwit.Server.Hosting;

/// <summary>What no listener may be started with, however its options came about. A configuration file is checked before, with lines and all errors at once.</summary>
internal static class ListenerRulesCheck
{
    private const int UnixPathBytesMax = 107;       // sockaddr_un holds 108 with the zero at the end

    /// <summary>Checks one listener.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="isAuthenticated">Somebody is asked who its clients are.</param>
    /// <param name="isFromCommandLine">It was made of <c>-p</c> and <c>--bind</c>, so the advice names those.</param>
    /// <exception cref="ServerStartException">It may not be started; the message says what to do.</exception>
    internal static void Check(ListenerOptions listener, bool isAuthenticated, bool isFromCommandLine)
    {
        if (ErrorOf(listener, isAuthenticated, isFromCommandLine) is { } error)
        {
            throw new ServerStartException(isFromCommandLine ? error : $"{ListenerWords.Name(listener)}: {error}", ServerStartException.InvalidConfiguration);
        }
    }

    /// <summary>The first thing that is wrong, or null.</summary>
    internal static string? ErrorOf(ListenerOptions listener, bool isAuthenticated, bool isFromCommandLine)
    {
        if (listener.Port is < 0 or > ushort.MaxValue)
        {
            return $"Port {listener.Port} is not a port: 0 to 65535.";
        }

        var open = listener.UnixPath is null ? listener.Addresses.FirstOrDefault(address => !IPAddress.IsLoopback(address)) : null;
        if (open is not null && !isAuthenticated && !listener.IsAnonymousAllowed)
        {
            return $"Listening on {open} would let everybody who can reach it connect, because there are no users yet.{Environment.NewLine}If that is what you want: "
                + (isFromCommandLine ? $"godwit serve -p {listener.Port} --bind {open} --allow-anonymous" : "\"AllowAnonymous\": true");
        }

        if (open is not null && listener.Tls is null && !listener.AllowPlainText)
        {
            return $"On {open} passwords and messages would cross the network as plain text. Give the listener Tls (`godwit cert server` makes certificates to try), or, when the network is yours, \"AllowPlainText\": true.";
        }

        return PlaceErrorOf(listener) ?? TlsErrorOf(listener.Tls);
    }

    private static string? PlaceErrorOf(ListenerOptions listener)
    {
        if (listener.UnixPath is { } path)
        {
            if (listener.Addresses.Count > 0)
            {
                return "It has both Addresses and UnixPath. Make two listeners of it.";
            }

            if (Encoding.UTF8.GetByteCount(Path.GetFullPath(path)) > UnixPathBytesMax)
            {
                return $"UnixPath {path} is too long: the system takes {UnixPathBytesMax} bytes.";
            }
        }
        else if (listener is { ProxyProtocol: true, TrustedProxies.Count: 0 })
        {
            return "ProxyProtocol needs TrustedProxies: whoever may send the header may claim to be any address. Name the proxies, e.g. \"TrustedProxies\": [\"127.0.0.1\"].";
        }

        return listener.Path is { } web && !web.StartsWith('/') ? $"Path '{web}' does not begin with '/'." : null;
    }

    private static string? TlsErrorOf(TlsOptions? tls)
    {
        if (tls is null)
        {
            return null;
        }

        if (tls.CertificateFile.Length == 0 || tls.KeyFile.Length == 0)
        {
            return "Tls needs CertificateFile and KeyFile. `godwit cert server` makes a pair to try.";
        }

        return tls.ClientCertificate == ClientCertificateMode.None && tls.UserNameFrom != CertificateName.None
            ? "Tls:UserNameFrom takes the user name from a certificate that clients are not asked for: set Tls:ClientCertificate to Required or Optional."
            : null;
    }
}
