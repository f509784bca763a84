using System.Net;
using System.Net.Sockets;
using Godwit.Server.Hosting;
using Godwit.Server.Listeners;
using Godwit.Server.Security;

namespace Godwit.Server.Configuration;

/// <summary>What is wrong with listeners beyond single values: two at one place, half of a certificate, a door that is open by accident.</summary>
internal sealed class ListenerChecks(ServerOptions options, IReadOnlyDictionary<string, ConfigurationOrigin> origins)
{
    private readonly List<(int Index, ConfigurationMessage Message)> _found = [];

    /// <summary>Looks at all listeners.</summary>
    /// <returns>Messages with the number of the listener.</returns>
    internal IReadOnlyList<(int Index, ConfigurationMessage Message)> Run()
    {
        for (var i = 0; i < options.Listeners.Count; i++)
        {
            var listener = options.Listeners[i];
            CheckTls(i, listener);
            CheckPlace(i, listener);
            CheckOpen(i, listener);
            if (!_found.Exists(found => found.Index == i) && ListenerRulesCheck.ErrorOf(listener, ConfiguredSecurity.HasUsers(options), isFromCommandLine: false) is { } error)
            {
                Error(i, "Addresses", $"cannot be: {error.ReplaceLineEndings(" ")}");
            }

            for (var other = 0; other < i; other++)
            {
                if (IsSamePlace(listener, options.Listeners[other]))
                {
                    Error(i, "Port", $"listens at the same place as {Path(other)} ({OriginOf(other, "Port")}): {Place(listener)}.");
                }
            }
        }

        return _found;
    }

    /// <summary>Where a listener is, in words.</summary>
    internal static string Place(ListenerOptions listener) =>
        listener.UnixPath ?? $"port {listener.Port} of {(listener.Addresses.Count == 0 ? "this machine only" : string.Join(", ", listener.Addresses))}";

    /// <summary>One of the two could not be bound.</summary>
    internal static bool IsSamePlace(ListenerOptions a, ListenerOptions b)
    {
        if (a.UnixPath is not null || b.UnixPath is not null)
        {
            return a.UnixPath is not null && string.Equals(a.UnixPath, b.UnixPath, StringComparison.Ordinal);
        }

        return a.Port != 0 && a.Port == b.Port && AddressesOf(a).Any(x => AddressesOf(b).Any(y => Overlap(x, y)));
    }

    private static IReadOnlyList<IPAddress> AddressesOf(ListenerOptions listener) =>
        listener.Addresses.Count > 0 ? listener.Addresses : [IPAddress.Loopback, IPAddress.IPv6Loopback];

    private static bool Overlap(IPAddress a, IPAddress b) =>
        a.AddressFamily == b.AddressFamily && (a.Equals(b) || IsAny(a) || IsAny(b));

    private static bool IsAny(IPAddress address) =>
        address.Equals(address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any);

    private void CheckTls(int index, ListenerOptions listener)
    {
        if (listener.Tls is not { } tls)
        {
            return;
        }

        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[(nameof(tls.CertificateFile), tls.CertificateFile), (nameof(tls.KeyFile), tls.KeyFile)])
        {
            if (value.Length == 0)
            {
                Error(index, "Tls", $"has TLS without {Path(index)}:Tls:{name}. `godwit cert server` makes a pair to try.");
            }
        }

        if (tls.ClientCertificate != ClientCertificateMode.None && tls.ClientCaFile is null)
        {
            Error(index, "Tls:ClientCertificate", $"asks clients for certificates, and {Path(index)}:Tls:ClientCaFile does not say which CA they lead to.");
        }

        if (tls.ClientCertificate == ClientCertificateMode.None && tls.UserNameFrom != CertificateName.None)
        {
            Error(index, "Tls:UserNameFrom", $"takes user names from certificates that clients are not asked for: set {Path(index)}:Tls:ClientCertificate.");
        }
    }

    private void CheckPlace(int index, ListenerOptions listener)
    {
        if (listener.UnixPath is not null && (listener.Addresses.Count > 0 || origins.ContainsKey($"{Path(index)}:Port")))
        {
            Error(index, "UnixPath", "is a Unix socket and cannot have Addresses or a Port; make two listeners.");
        }

        foreach (var name in (ReadOnlySpan<string>)[nameof(listener.Path), nameof(listener.Origins), nameof(listener.RequireSubprotocol)])
        {
            if (listener.Protocol != ListenerProtocol.WebSocket && origins.ContainsKey($"{Path(index)}:{name}"))
            {
                Error(index, name, $"has {name}, which is for WebSocket: set {Path(index)}:Protocol to WebSocket, or leave it out.");
            }
        }
    }

    private void CheckOpen(int index, ListenerOptions listener)
    {
        if (!listener.IsLocal && listener.Tls is null && !listener.AllowPlainText)
        {
            Error(index, "Addresses", $"would be reached from other machines without encryption at {Place(listener)}. Give it Tls, or say \"AllowPlainText\": true when the network is yours.");
        }
    }

    private void Error(int index, string name, string text) =>
        _found.Add((index, new ConfigurationMessage(OriginOf(index, name), IsError: true, $"{Path(index)} {text}")));

    /// <summary>Where that was said, or else anything about this listener.</summary>
    private ConfigurationOrigin OriginOf(int index, string name)
    {
        var prefix = Path(index) + ":";
        if (origins.TryGetValue(prefix + name, out var origin) || origins.TryGetValue(Path(index), out origin))
        {
            return origin;
        }

        return origins.FirstOrDefault(entry => entry.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).Value is { Source: not null } found
            ? found
            : ConfigurationOrigin.Default;
    }

    private static string Path(int index) => $"{ListenerSection.Path}:{index}";
}
