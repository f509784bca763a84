using static Godwit.Server.Mosquitto.MosquittoFate;
using static Godwit.Server.Mosquitto.MosquittoScope;
using static Godwit.Server.Mosquitto.MosquittoValue;

namespace Godwit.Server.Mosquitto;

/// <summary>The options of listeners and of their encryption.</summary>
internal static class MosquittoListenerTable
{
    private const int PortMax = ushort.MaxValue;

    internal static MosquittoOption[] Rows { get; } =
    [
        new("listener", General, Mapped, Words, "", "Listeners:*:Port Listeners:*:Addresses Listeners:*:UnixPath Listeners:*:AllowPlainText",
            "Opens a section. Without an address it is all addresses of this machine, in plain text: here the line is the word that allows it. Port 0 and a path is a Unix socket. Without any listener: port 1883, this machine only.") { Repeats = true, Example = "1883 127.0.0.1" },
        new("port", Listener, Mapped, Number, "1883", "Listeners:*:Port Listeners:*:AllowPlainText",
            "The old form of listener, for one listener that has no section.") { Minimum = 1, Maximum = PortMax, Example = "1884" },
        new("bind_address", Listener, Mapped, Text, "", "Listeners:*:Addresses", "Of the old form; a name is resolved once, at the start.") { Example = "127.0.0.1" },
        new("bind_interface", Listener, Mapped, Text, "", "Listeners:*:Addresses", "The addresses that the interface has at the start.") { Example = "lo" },
        new("socket_domain", Listener, Mapped, Words, "", "Listeners:*:Addresses", "Leaves 0.0.0.0 or :: of the two.") { Choices = ["ipv4", "ipv6"], Example = "ipv4" },
        new("protocol", Listener, Mapped, Words, "mqtt", "Listeners:*:Protocol",
            "websockets serves every path, as Mosquitto does. http_api and quic are refused: there is no dashboard on a listener of clients, and no QUIC.") { Choices = ["mqtt", "websockets", "http_api", "quic"], Example = "websockets" },
        new("mount_point", Listener, Mapped, Text, "", "Listeners:*:MountPoint", "Must not hold wildcards.") { Example = "site1/" },
        new("max_connections", Listener, Mapped, Number, "-1", "Listeners:*:ConnectionsMax", "-1 and 0 are no limit.") { Example = "100" },
        new("max_qos", Listener, Mapped, Number, "2", "Listeners:*:MaximumQoS", "") { Minimum = 0, Maximum = 2, Example = "1" },
        new("maximum_qos", Listener, Mapped, Number, "2", "Listeners:*:MaximumQoS", "An older name of max_qos.") { Minimum = 0, Maximum = 2, Example = "1" },
        new("max_topic_alias", Listener, Mapped, Number, "10", "Limits:TopicAliasMaximum", "One number for all listeners: the largest.") { Minimum = 0, Maximum = PortMax, Example = "25" },
        new("max_topic_alias_broker", Listener, Mapped, Number, "10", "Limits:OutboundTopicAliasMax", "One number for all listeners: the largest.") { Minimum = 0, Maximum = PortMax, Example = "25" },
        new("accept_protocol_versions", Listener, Mapped, Words, "3, 4, 5", "Listeners:*:Versions", "3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0.") { Example = "4, 5" },
        new("enable_proxy_protocol", Listener, Mapped, Number, "-1", "Listeners:*:ProxyProtocol Listeners:*:TrustedProxies",
            "1 or 2; both versions are read. Mosquitto trusts everybody who reaches the listener, so all addresses are trusted: better name your proxies.") { Minimum = -1, Maximum = 2, Example = "2" },
        new("proxy_protocol_v2_require_tls", Listener, Refused, Switch, "false", "", "What a proxy says about encryption between it and the client is not checked. Let the proxy refuse plain text.") { Example = "true" },
        new("websockets_origin", Listener, Mapped, Text, "", "Listeners:*:Origins", "May stand several times.") { Repeats = true, Example = "https://example.org" },
        new("http_dir", Listener, Refused, Text, "", "", "Files are not served. Put a web server beside the broker.") { Example = "/srv/www" },
        new("use_username_as_clientid", Listener, Mapped, Switch, "false", "Authentication:UserNameAsClientId Authentication:Chains:*:UserNameAsClientId", "A session belongs to its user here in any case: another user with the same client identifier is refused.") { Example = "true" },

        new("certfile", Listener, Mapped, Text, "", "Listeners:*:Tls:CertificateFile", "The file is watched: a new certificate holds without a signal.") { Example = "server.crt" },
        new("keyfile", Listener, Mapped, Text, "", "Listeners:*:Tls:KeyFile", "The key must not ask for a password.") { Example = "server.key" },
        new("cafile", Listener, Mapped, Text, "", "Listeners:*:Tls:ClientCaFile", "Needed for require_certificate; else it has no effect, in Mosquitto neither.") { Example = "ca.crt" },
        new("capath", Listener, Mapped, Text, "", "Listeners:*:Tls:ClientCaFile", "A directory of PEM files; it needs no rehash. Either cafile or capath, not both.") { Example = "/etc/ssl/certs" },
        new("crlfile", Listener, Mapped, Text, "", "Listeners:*:Tls:CrlFile", "") { Example = "ca.crl" },
        new("require_certificate", Listener, Mapped, Switch, "false", "Listeners:*:Tls:ClientCertificate", "true is Required.") { Example = "true" },
        new("use_identity_as_username", Listener, Mapped, Switch, "false", "Listeners:*:Tls:UserNameFrom", "true is CommonName; it needs require_certificate.") { Example = "true" },
        new("use_subject_as_username", Listener, Mapped, Switch, "false", "Listeners:*:Tls:UserNameFrom", "true is Subject; it needs require_certificate.") { Example = "true" },
        new("tls_version", Listener, Mapped, Text, "", "Listeners:*:Tls:Versions", "The lowest version. TLS 1.1 is not spoken: tlsv1.1 is 1.2 and 1.3.") { Choices = ["tlsv1.3", "tlsv1.2", "tlsv1.1"], Example = "tlsv1.3" },
        new("ciphers", Listener, Mapped, Text, "", "Listeners:*:Tls:CipherSuites", "Names of OpenSSL with colons between them, e.g. ECDHE-RSA-AES128-GCM-SHA256; patterns such as HIGH are refused.") { Example = "ECDHE-RSA-AES128-GCM-SHA256" },
        new("ciphers_tls1.3", Listener, Mapped, Text, "", "Listeners:*:Tls:CipherSuites", "") { Example = "TLS_AES_256_GCM_SHA384" },
        new("dhparamfile", Listener, WithoutEffect, Text, "", "", "Keys are agreed on elliptic curves.") { Example = "dh.pem" },
        new("disable_client_cert_date_checks", Listener, Refused, Switch, "false", "", "Certificates that have expired are never taken. Issue new ones.") { Example = "true" },
        new("tls_engine", Listener, Refused, Text, "", "", "There are no OpenSSL engines in .NET. Put the key into a file that only the broker can read.") { Example = "tpm2" },
        new("tls_engine_kpass_sha1", Listener, Refused, Text, "", "", "It belongs to tls_engine, which there is not.") { Example = "0000" },
        new("tls_keyform", Listener, Refused, Text, "pem", "", "Keys come from files (pem).") { Example = "engine" },
        new("psk_file", Access, Refused, Text, "", "", "TLS with pre-shared keys is not offered by .NET. Give the clients a certificate of their own (godwit cert client), or a user name and a password.") { Example = "/etc/mosquitto/psk" },
        new("psk_hint", Listener, Refused, Text, "", "", "As psk_file: TLS with pre-shared keys is not offered by .NET. Use certificates.") { Example = "hint" },
        new("websockets_log_level", General, WithoutEffect, Number, "0", "", "It is the level of a library that is not used.") { Example = "3" },
        new("websockets_headers_size", General, WithoutEffect, Number, "0", "", "The headers of a WebSocket handshake may have 16 KB.") { Minimum = 0, Maximum = PortMax, Example = "4096" },
    ];
}
