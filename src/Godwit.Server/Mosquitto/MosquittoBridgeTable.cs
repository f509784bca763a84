namespace Godwit.Server.Mosquitto;

/// <summary>The options of bridges. There are none yet: each <c>connection</c> is refused, together with the lines that belong to it.</summary>
internal static class MosquittoBridgeTable
{
    private const string BridgeRemark = "Belongs to a connection.";

    internal static MosquittoOption[] Rows { get; } =
    [
        new("connection", MosquittoScope.General, MosquittoFate.Refused, MosquittoValue.Text, "", "",
            "There are no bridges yet. Leave the connection to Mosquitto: a Mosquitto with this section can connect both brokers, each as its client.") { Repeats = true, Example = "cloud" },
        .. Names(
            "address", "addresses", "topic", "remote_clientid", "remote_username", "remote_password", "clientid", "username", "password",
            "local_clientid", "local_username", "local_password", "local_cleansession", "cleansession", "start_type", "restart_timeout",
            "keepalive_interval", "idle_timeout", "round_robin", "threshold", "try_private", "notifications", "notifications_local_only",
            "notification_topic", "bridge_attempt_unsubscribe", "bridge_bind_address", "bridge_max_packet_size", "bridge_max_topic_alias",
            "bridge_outgoing_retain", "bridge_protocol_version", "bridge_receive_maximum", "bridge_reload_type", "bridge_session_expiry_interval",
            "bridge_tcp_keepalive", "bridge_tcp_user_timeout", "bridge_alpn", "bridge_cafile", "bridge_capath", "bridge_certfile", "bridge_keyfile",
            "bridge_ciphers", "bridge_ciphers_tls1.3", "bridge_identity", "bridge_insecure", "bridge_psk", "bridge_require_ocsp",
            "bridge_tls_use_os_certs", "bridge_tls_version"),
    ];

    private static IEnumerable<MosquittoOption> Names(params string[] names) =>
        names.Select(name => new MosquittoOption(name, MosquittoScope.Bridge, MosquittoFate.Refused, MosquittoValue.Text, "", "", BridgeRemark) { Repeats = true, Example = "x" });
}
