using static Godwit.Server.Mosquitto.MosquittoFate;
using static Godwit.Server.Mosquitto.MosquittoScope;
using static Godwit.Server.Mosquitto.MosquittoValue;

namespace Godwit.Server.Mosquitto;

/// <summary>The options of the broker as a whole: sessions and messages, what is kept, the log, the process.</summary>
internal static class MosquittoGeneralTable
{
    private const int PayloadMax = 268_435_455;

    internal static MosquittoOption[] Rows { get; } =
    [
        new("include_dir", General, Mapped, Text, "", "",
            "Files whose names end in .conf, A before a before B; each begins outside of any listener, as in Mosquitto. One that stands in such a file has no effect, in Mosquitto neither.") { Repeats = true, Example = "conf.d" },

        new("max_inflight_messages", General, Mapped, Number, "20", "Limits:InFlightMax", "0 is no limit.") { Minimum = 0, Maximum = ushort.MaxValue, Example = "5" },
        new("max_inflight_bytes", General, WithoutEffect, Number, "0", "", "Messages in flight are counted, not weighed; Limits:QueueBytesMax weighs all that waits for a client.") { Minimum = 0, Example = "1000" },
        new("max_queued_messages", General, Mapped, Number, "1000", "Limits:QueueMessagesMax Limits:AwayQueueMessagesMax", "While a client is connected those in flight do not count, so that the first key is the sum of this and max_inflight_messages. 0 is no limit.") { Minimum = 0, Example = "50" },
        new("max_queued_bytes", General, Mapped, Number, "0", "Limits:QueueBytesMax", "0 is 256 MiB: every queue has a limit.") { Minimum = 0, Example = "100000" },
        new("max_packet_size", General, Mapped, Number, "2000000", "Limits:PacketSizeBytesMax", "The default is that of Mosquitto 2.1; 2.0 has no limit.") { Minimum = 20, Maximum = PayloadMax, Example = "100000" },
        new("packet_buffer_size", General, WithoutEffect, Number, "4096", "", "Buffers follow what is received.") { Example = "8192" },
        new("message_size_limit", General, Mapped, Number, "0", "Limits:PacketSizeBytesMax", "The whole packet is limited, with room for the topic. Who sends a larger one is disconnected; Mosquitto acknowledges it and drops it.") { Minimum = 0, Maximum = PayloadMax, Example = "100000" },
        new("max_keepalive", General, Mapped, Number, "65535", "Limits:KeepAliveSecondsMax", "A client of 3.x that asks for more is refused, as by newer Mosquittos.") { Minimum = 0, Maximum = ushort.MaxValue, Example = "300" },
        new("global_max_clients", General, Mapped, Number, "-1", "Limits:SessionsMax", "Sessions, connected or not.") { Minimum = -1, Example = "1000" },
        new("global_max_connections", General, Mapped, Number, "-1", "Limits:ConnectionsMax", "") { Minimum = -1, Example = "500" },
        new("retain_available", General, Mapped, Switch, "true", "Broker:RetainAvailable", "") { Example = "false" },
        new("queue_qos0_messages", General, Mapped, Switch, "false", "Broker:QueueQoS0Messages", "") { Example = "true" },
        new("persistent_client_expiration", General, Mapped, Words, "", "Broker:SessionExpirySeconds3x Broker:SessionExpirySecondsMax", "A number and one of h, d, w, m (30 days), y. Clients of 5.0 are told in CONNACK.") { Example = "2w" },
        new("upgrade_outgoing_qos", General, Refused, Switch, "false", "", "MQTT forbids it: a message is delivered at the lower of the QoS it was published with and that of the subscription, MQTT-3.8.4-8. Let publishers use the QoS that they want.") { Example = "true" },
        new("allow_duplicate_messages", General, WithoutEffect, Switch, "true", "", "A client whose subscriptions overlap gets one copy of a message.") { Example = "false" },
        new("retry_interval", General, WithoutEffect, Number, "20", "", "Messages are sent again when a client connects again, never before; Mosquitto has given it up too.") { Example = "5" },
        new("set_tcp_nodelay", General, WithoutEffect, Switch, "false", "", "TCP_NODELAY is always set.") { Example = "true" },
        new("memory_limit", General, Mapped, Number, "0", MosquittoKeys.MemoryLimit, "The broker slows and refuses clients before it is reached, and is not ended by it.") { Minimum = 0, Maximum = long.MaxValue, Example = "1000000000" },
        new("sys_interval", General, Mapped, Number, "10", "Broker:SysIntervalSeconds", "") { Minimum = 0, Maximum = ushort.MaxValue, Example = "30" },

        new("persistence", General, Mapped, Switch, "false", "Store:Durability", "true is sync: what is acknowledged is on the disk. false, Mosquitto's default, is memory: nothing survives a restart.") { Example = "true" },
        new("retained_persistence", General, Mapped, Switch, "false", "Store:Durability", "An older name of persistence.") { Example = "true" },
        new("persistence_location", General, Mapped, Text, "", "Store:Directory", "The store is the directory godwit in it; godwit import mosquitto --database makes it of a mosquitto.db.") { Example = "/var/lib/mosquitto/" },
        new("persistence_file", General, WithoutEffect, Text, "mosquitto.db", "", "The store has its own file names.") { Example = "m.db" },
        new("autosave_interval", General, WithoutEffect, Number, "1800", "", "Everything is on the disk when it is acknowledged.") { Example = "60" },
        new("autosave_on_changes", General, WithoutEffect, Switch, "false", "", "Everything is on the disk when it is acknowledged.") { Example = "true" },

        new("log_dest", General, Mapped, Words, "stderr", "Log:Destinations", "stdout, stderr, syslog, topic, none, and file with a path. dlt has no effect. topic publishes below $SYS/broker/log/ as Mosquitto does, also without the type debug.") { Repeats = true, Example = "stdout" },
        new("log_type", General, Mapped, Words, "", "Log:Types", "Without it: error, warning, notice and information.") { Repeats = true, Example = "all", Choices = ["debug", "error", "warning", "notice", "information", "subscribe", "unsubscribe", "websockets", "internal", "none", "all"] },
        new("log_facility", General, WithoutEffect, Number, "", "", "Lines for syslog go to the facility daemon.") { Minimum = 0, Maximum = 7, Example = "5" },
        new("log_timestamp", General, Mapped, Switch, "true", "Log:Timestamp", "") { Example = "false" },
        new("log_timestamp_format", General, Mapped, Text, "", "Log:TimestampFormat", "") { Example = "%Y-%m-%dT%H:%M:%S" },
        new("connection_messages", General, Mapped, Switch, "true", "Log:ConnectionMessages", "") { Example = "false" },

        new("pid_file", General, Mapped, Text, "", "Broker:PidFile", "That it cannot be written is a warning; systemd does not need it.") { Example = "/run/mosquitto.pid" },
        new("user", General, WithoutEffect, Text, "mosquitto", "", "The broker keeps the user that starts it: User= in the unit file says which.") { Example = "nobody" },
    ];
}
