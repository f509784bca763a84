using System.Globalization;
using System.Net;
using Godwit.Broker;
using Godwit.Protocol;

namespace Godwit.Server.Listeners;

/// <summary>Every key of the section Listeners, in the order of the documentation. <c>Tls</c> and <c>Tls:Sni</c> are objects of their own.</summary>
public static class ListenerKeys
{
    private const string PathWords = "a path";

    /// <summary>The keys of one listener.</summary>
    public static IReadOnlyList<ListenerKey<ListenerOptions>> Listener { get; } =
    [
        Word(nameof(ListenerOptions.Name), "text", "the address", null, "A name for the log and the start table.", o => o.Name, (o, v) => o.Name = v),
        Choice(nameof(ListenerOptions.Protocol), "Mqtt", isHot: false, "protocol", "What is spoken: MQTT, or MQTT in WebSocket frames.", o => o.Protocol, (o, v) => o.Protocol = v),
        Number(nameof(ListenerOptions.Port), 0, ushort.MaxValue, "1883, with TLS 8883, WebSocket 8083, both 8084", isHot: false, "listener", "Port of every address; 0 takes a free one.", o => o.Port, (o, v) => o.Port = v),
        Many(nameof(ListenerOptions.Addresses), "IP addresses of this machine, 0.0.0.0 and :: for all", "127.0.0.1, and ::1 where there is IPv6", isHot: false, "listener, bind_address", "Addresses to listen on.", o => o.Addresses, (o, v) => o.Addresses = v, ParseAddress, address => address.ToString()),
        Word(nameof(ListenerOptions.UnixPath), PathWords, "none", "listener 0", "A Unix socket to listen on, instead of addresses. A socket that nobody listens on is replaced.", o => o.UnixPath, (o, v) => o.UnixPath = v, isHot: false),
        One(nameof(ListenerOptions.UnixMode), "an octal number, e.g. 0660", "what the umask leaves", isHot: false, null, "Permissions of the Unix socket.", o => o.UnixMode is { } mode ? "0" + Convert.ToString((int)mode, 8) : null, (o, v) => TryMode(v, mode => o.UnixMode = mode)),
        Word(nameof(ListenerOptions.Path), "a path that begins with /, e.g. /mqtt", "every path", null, "WebSocket: the path that is served; others get 404.", o => o.Path, (o, v) => o.Path = v),
        Texts(nameof(ListenerOptions.Origins), "origins, e.g. https://example.org", "every origin", "websockets_origin", "WebSocket: origins of pages that may connect; others get 403. A client that sends no Origin is no page.", o => o.Origins, (o, v) => o.Origins = v),
        Flag(nameof(ListenerOptions.RequireSubprotocol), isHot: true, null, "WebSocket: a client that offers no subprotocol of MQTT gets 400.", o => o.RequireSubprotocol, (o, v) => o.RequireSubprotocol = v),
        Flag(nameof(ListenerOptions.ProxyProtocol), isHot: false, "enable_proxy_protocol", "Every connection begins with a PROXY header, version 1 or 2, which only TrustedProxies may send; one without is closed.", o => o.ProxyProtocol, (o, v) => o.ProxyProtocol = v),
        Networks(nameof(ListenerOptions.TrustedProxies), "none", "Proxies whose word about a client's address is taken: PROXY, and on WebSocket Forwarded and X-Forwarded-For.", o => o.TrustedProxies, (o, v) => o.TrustedProxies = v),
        Networks(nameof(ListenerOptions.Allow), "all", "Addresses that may connect.", o => o.Allow, (o, v) => o.Allow = v),
        Networks(nameof(ListenerOptions.Deny), "none", "Addresses that may not connect; asked before Allow.", o => o.Deny, (o, v) => o.Deny = v),
        One(nameof(ListenerOptions.AllowAnonymous), "true or false", "true on loopback and Unix sockets, else false", isHot: true, "allow_anonymous", "Clients without credentials may connect.", o => o.AllowAnonymous is { } value ? Text(value) : null, (o, v) => TryBool(v, value => o.AllowAnonymous = value)),
        Flag(nameof(ListenerOptions.AllowPlainText), isHot: true, null, "Without TLS, addresses beyond loopback are listened on only with this word.", o => o.AllowPlainText, (o, v) => o.AllowPlainText = v),
        Number(nameof(ListenerOptions.ConnectionsMax), 0, int.MaxValue, "0, no limit", isHot: true, "max_connections", "Connections on this listener. Beyond: the newest is closed.", o => o.ConnectionsMax, (o, v) => o.ConnectionsMax = v),
        Number(nameof(ListenerOptions.MaximumQoS), 0, 2, "2", isHot: true, "max_qos", "Highest QoS of clients on this listener.", o => (int)o.MaximumQoS, (o, v) => o.MaximumQoS = (QoS)v),
        Word(nameof(ListenerOptions.MountPoint), "the beginning of a topic, e.g. site1/", "none", "mount_point", "Put before every topic of clients on this listener, and taken off again.", o => o.MountPoint, (o, v) => o.MountPoint = v),
        Many(nameof(ListenerOptions.Versions), "3.1, 3.1.1, 5.0", "all", isHot: true, "accept_protocol_versions", "Protocol versions that may connect.", o => o.Versions, (o, v) => o.Versions = v, ParseVersion, VersionText),
        Number(nameof(ListenerOptions.KeepAliveSecondsMax), 0, ushort.MaxValue, "0, the broker's", isHot: true, "max_keepalive", "Longest Keep Alive of clients on this listener.", o => o.KeepAliveSecondsMax, (o, v) => o.KeepAliveSecondsMax = v),
        One(nameof(ListenerOptions.AllowEmptyClientId), "true or false", "the broker's", isHot: true, "allow_zero_length_clientid", "Clients of this listener that send no client identifier are given one.", o => o.AllowEmptyClientId is { } value ? Text(value) : null, (o, v) => TryBool(v, value => o.AllowEmptyClientId = value)),
        One(nameof(ListenerOptions.AssignedClientIdPrefix), "text", "the broker's", isHot: true, "listener_auto_id_prefix", "What the client identifiers that this listener gives begin with.", o => o.AssignedClientIdPrefix, (o, v) => TryPrefix(v, value => o.AssignedClientIdPrefix = value)),
        Word(nameof(ListenerOptions.Authentication), "a name", "the broker's", "per_listener_settings", "The chain that authenticates clients on this listener.", o => o.Authentication, (o, v) => o.Authentication = v),
        Word(nameof(ListenerOptions.Acl), "a name", "the broker's", "per_listener_settings", "The rules about topics for clients on this listener.", o => o.Acl, (o, v) => o.Acl = v),
    ];

    /// <summary>The keys of a listener's object Tls.</summary>
    public static IReadOnlyList<ListenerKey<TlsOptions>> Tls { get; } =
    [
        Word<TlsOptions>(nameof(TlsOptions.CertificateFile), PathWords, "needed", "certfile", "PEM: the certificate of the server, then those that lead to the CA.", o => NullIfEmpty(o.CertificateFile), (o, v) => o.CertificateFile = v),
        Word<TlsOptions>(nameof(TlsOptions.KeyFile), PathWords, "needed", "keyfile", "PEM: its private key.", o => NullIfEmpty(o.KeyFile), (o, v) => o.KeyFile = v),
        Word<TlsOptions>(nameof(TlsOptions.KeyPasswordFile), PathWords, "the key is not encrypted", null, "A file whose first line is the password of the key.", o => o.KeyPasswordFile, (o, v) => o.KeyPasswordFile = v),
        Word<TlsOptions>(nameof(TlsOptions.ClientCaFile), "a path of a file or a directory", "none", "cafile, capath", "PEM: the CAs that clients' certificates must lead to.", o => o.ClientCaFile, (o, v) => o.ClientCaFile = v),
        Word<TlsOptions>(nameof(TlsOptions.CrlFile), PathWords, "nothing is revoked", "crlfile", "PEM: revocation lists of those CAs. A CA without a list, or with one that has expired, lets nobody in.", o => o.CrlFile, (o, v) => o.CrlFile = v),
        Choice<TlsOptions, ClientCertificateMode>(nameof(TlsOptions.ClientCertificate), "None", isHot: true, "require_certificate", "Whether clients show a certificate.", o => o.ClientCertificate, (o, v) => o.ClientCertificate = v),
        Choice<TlsOptions, CertificateName>(nameof(TlsOptions.UserNameFrom), "None", isHot: true, "use_identity_as_username, use_subject_as_username", "What of the certificate is the user name.", o => o.UserNameFrom, (o, v) => o.UserNameFrom = v),
        Many<TlsOptions, System.Security.Authentication.SslProtocols>(nameof(TlsOptions.Versions), "1.2, 1.3", "both", isHot: true, "tls_version", "Versions of TLS.", o => o.Versions == TlsOptions.DefaultVersions ? [] : [o.Versions], (o, v) => o.Versions = v.Count == 0 ? TlsOptions.DefaultVersions : v.Aggregate((a, b) => a | b), TlsWords.ParseVersion, TlsWords.Text),
        Texts<TlsOptions>(nameof(TlsOptions.CipherSuites), "names of IANA, e.g. TLS_AES_128_GCM_SHA256", "those of the system", "ciphers, ciphers_tls1.3", "Cipher suites.", o => o.CipherSuites, (o, v) => o.CipherSuites = v),
    ];

    /// <summary>Keys that people look for and that will not be there.</summary>
    /// <param name="key">As somebody has written it.</param>
    /// <returns>Why it is not offered and what to use; null for every other key.</returns>
    public static string? ReasonAgainst(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Contains("psk", StringComparison.OrdinalIgnoreCase))
        {
            return "TLS with pre-shared keys is not offered: .NET's TLS has no such suites. Use certificates; `godwit cert` makes them, and TLS_ECDHE_ECDSA suites with P-256 keys suit small devices";
        }

        return key.Contains("quic", StringComparison.OrdinalIgnoreCase)
            ? "QUIC is not offered: it needs the library msquic, which Debian does not have, and MQTT over QUIC is no standard. Use Protocol Mqtt with Tls"
            : null;
    }

    private static ListenerKey<ListenerOptions> Word(string name, string values, string byDefault, string? mosquitto, string meaning, Func<ListenerOptions, string?> get, Action<ListenerOptions, string> set, bool isHot = true) =>
        Word<ListenerOptions>(name, values, byDefault, mosquitto, meaning, get, set, isHot);

    private static ListenerKey<T> Word<T>(string name, string values, string byDefault, string? mosquitto, string meaning, Func<T, string?> get, Action<T, string> set, bool isHot = true) =>
        One<T>(name, values, byDefault, isHot, mosquitto, meaning, get, (o, v) =>
        {
            if (v.Length == 0)
            {
                return "must not be empty";
            }

            set(o, v);
            return null;
        });

    private static ListenerKey<ListenerOptions> One(string name, string values, string byDefault, bool isHot, string? mosquitto, string meaning, Func<ListenerOptions, string?> get, Func<ListenerOptions, string, string?> set) =>
        One<ListenerOptions>(name, values, byDefault, isHot, mosquitto, meaning, get, set);

    private static ListenerKey<T> One<T>(string name, string values, string byDefault, bool isHot, string? mosquitto, string meaning, Func<T, string?> get, Func<T, string, string?> set) =>
        new(name, values, byDefault, isHot, mosquitto, meaning, IsList: false,
            (o, v) => v.Count == 1 ? set(o, v[0]) : "takes one value",
            o => get(o) is { } text ? [text] : []);

    private static ListenerKey<ListenerOptions> Flag(string name, bool isHot, string? mosquitto, string meaning, Func<ListenerOptions, bool> get, Action<ListenerOptions, bool> set) =>
        One(name, "true or false", "false", isHot, mosquitto, meaning, o => get(o) ? Text(true) : null, (o, v) => TryBool(v, value => set(o, value)));

    private static ListenerKey<ListenerOptions> Number(string name, int minimum, int maximum, string byDefault, bool isHot, string? mosquitto, string meaning, Func<ListenerOptions, int> get, Action<ListenerOptions, int> set) =>
        One(name, $"{minimum} to {maximum}", byDefault, isHot, mosquitto, meaning, o => get(o).ToString(CultureInfo.InvariantCulture), (o, v) =>
        {
            if (!int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < minimum || number > maximum)
            {
                return $"'{v}' is not a number from {minimum} to {maximum}";
            }

            set(o, number);
            return null;
        });

    private static ListenerKey<ListenerOptions> Choice<TEnum>(string name, string byDefault, bool isHot, string? mosquitto, string meaning, Func<ListenerOptions, TEnum> get, Action<ListenerOptions, TEnum> set)
        where TEnum : struct, Enum => Choice<ListenerOptions, TEnum>(name, byDefault, isHot, mosquitto, meaning, get, set);

    private static ListenerKey<T> Choice<T, TEnum>(string name, string byDefault, bool isHot, string? mosquitto, string meaning, Func<T, TEnum> get, Action<T, TEnum> set)
        where TEnum : struct, Enum =>
        One<T>(name, string.Join(", ", Enum.GetNames<TEnum>()), byDefault, isHot, mosquitto, meaning, o => get(o).ToString(), (o, v) =>
        {
            if (!Enum.TryParse<TEnum>(v, ignoreCase: true, out var value) || !Enum.IsDefined(value) || char.IsDigit(v[0]))
            {
                return ReasonAgainst(v) ?? $"'{v}' is none of {string.Join(", ", Enum.GetNames<TEnum>())}";
            }

            set(o, value);
            return null;
        });

    private static ListenerKey<ListenerOptions> Texts(string name, string values, string byDefault, string? mosquitto, string meaning, Func<ListenerOptions, IReadOnlyList<string>> get, Action<ListenerOptions, IReadOnlyList<string>> set) =>
        Texts<ListenerOptions>(name, values, byDefault, mosquitto, meaning, get, set);

    private static ListenerKey<T> Texts<T>(string name, string values, string byDefault, string? mosquitto, string meaning, Func<T, IReadOnlyList<string>> get, Action<T, IReadOnlyList<string>> set) =>
        Many<T, string>(name, values, byDefault, isHot: true, mosquitto, meaning, get, set, text => (text, text.Length == 0 ? "must not be empty" : null), text => text);

    private static ListenerKey<ListenerOptions> Networks(string name, string byDefault, string meaning, Func<ListenerOptions, IReadOnlyList<IPNetwork>> get, Action<ListenerOptions, IReadOnlyList<IPNetwork>> set) =>
        Many(name, "addresses and networks, e.g. 10.0.0.0/8", byDefault, isHot: true, null, meaning, get, set, ParseNetwork, network => network.ToString());

    private static ListenerKey<ListenerOptions> Many<TItem>(string name, string values, string byDefault, bool isHot, string? mosquitto, string meaning, Func<ListenerOptions, IReadOnlyList<TItem>> get, Action<ListenerOptions, IReadOnlyList<TItem>> set, Func<string, (TItem Value, string? Error)> parse, Func<TItem, string> text) =>
        Many<ListenerOptions, TItem>(name, values, byDefault, isHot, mosquitto, meaning, get, set, parse, text);

    private static ListenerKey<T> Many<T, TItem>(string name, string values, string byDefault, bool isHot, string? mosquitto, string meaning, Func<T, IReadOnlyList<TItem>> get, Action<T, IReadOnlyList<TItem>> set, Func<string, (TItem Value, string? Error)> parse, Func<TItem, string> text) =>
        new(name, values, byDefault, isHot, mosquitto, meaning, IsList: true,
            (o, v) =>
            {
                var parsed = v.Select(parse).ToList();
                if (parsed.FirstOrDefault(item => item.Error is not null).Error is { } error)
                {
                    return error;
                }

                set(o, [.. parsed.Select(item => item.Value)]);
                return null;
            },
            o => [.. get(o).Select(text)]);

    private static (IPAddress Value, string? Error) ParseAddress(string text)
    {
        var bare = text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text;
        if (bare.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return (IPAddress.Loopback, null);
        }

        return IPAddress.TryParse(bare, out var address)
            ? (address, null)
            : (IPAddress.None, $"'{text}' is not an IP address; use one of this machine's, or 0.0.0.0 for all");
    }

    private static (IPNetwork Value, string? Error) ParseNetwork(string text)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            return (new IPNetwork(address, address.GetAddressBytes().Length * 8), null);
        }

        return IPNetwork.TryParse(text, out var network)
            ? (network, null)
            : (default, $"'{text}' is not an address or a network, e.g. 10.1.2.3 or 10.0.0.0/8");
    }

    private static (ProtocolVersion Value, string? Error) ParseVersion(string text) => text switch
    {
        "3.1" => (ProtocolVersion.Mqtt31, null),
        "3.1.1" => (ProtocolVersion.Mqtt311, null),
        "5" or "5.0" => (ProtocolVersion.Mqtt5, null),
        _ => (default, $"'{text}' is none of 3.1, 3.1.1, 5.0"),
    };

    private static string VersionText(ProtocolVersion version) => version switch
    {
        ProtocolVersion.Mqtt31 => "3.1",
        ProtocolVersion.Mqtt311 => "3.1.1",
        _ => "5.0",
    };

    private static string? TryMode(string text, Action<UnixFileMode> set)
    {
        if (text.Length is < 3 or > 4 || text.Any(c => c is < '0' or > '7'))
        {
            return $"'{text}' is not an octal number such as 0660";
        }

        set((UnixFileMode)Convert.ToInt32(text, 8));
        return null;
    }

    private static string? TryBool(string text, Action<bool> set)
    {
        if (!bool.TryParse(text, out var value))
        {
            return $"'{text}' is neither true nor false";
        }

        set(value);
        return null;
    }

    private static string? TryPrefix(string text, Action<string> set)
    {
        if (!BrokerSettings.IsPrefix(text))
        {
            return $"'{text}' has more than 64 characters, or one of them is + or # or a control character";
        }

        set(text);
        return null;
    }

    private static string Text(bool value) => value ? "true" : "false";

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
