namespace Godwit.Broker;

/// <summary>
/// Every queue, table and length of the broker has its limit here, with unit, default and behaviour. <c>--set Limits:Name=Value</c>
/// reaches each; docs/limits.md is the same list.
/// </summary>
public sealed class BrokerLimits
{
    /// <summary>All limits, in the order of docs/limits.md.</summary>
    public static IReadOnlyList<LimitInfo> All { get; } =
    [
        new(nameof(PacketSizeBytesMax), "bytes", 2_000_000, 1, 268_435_460, "Maximum Packet Size a client may send, fixed header included; announced in 5.0. Larger: DISCONNECT 0x95, or close.", limits => limits.PacketSizeBytesMax, (limits, value) => limits.PacketSizeBytesMax = (int)value),
        new(nameof(ConnectSizeBytesMax), "bytes", 524_288, 1, 268_435_460, "Largest CONNECT, held before a client is known. Larger: close.", limits => limits.ConnectSizeBytesMax, (limits, value) => limits.ConnectSizeBytesMax = (int)value),
        new(nameof(ConnectTimeoutMs), "milliseconds", 10_000, 1, int.MaxValue, "Time from accept to a complete CONNECT. Later: close without an answer.", limits => limits.ConnectTimeoutMs, (limits, value) => limits.ConnectTimeoutMs = (int)value),
        new(nameof(HalfOpenMax), "connections", 0, 0, int.MaxValue, "Connections that have not sent a complete CONNECT; 0 is no limit. Beyond: the newest is closed.", limits => limits.HalfOpenMax, (limits, value) => limits.HalfOpenMax = (int)value),
        new(nameof(HalfOpenBytesMax), "bytes", 33_554_432, 1, long.MaxValue, "Bytes of incomplete CONNECTs, of all connections together. Beyond: who sends more of one is closed; a CONNECT that comes whole is not held.", limits => limits.HalfOpenBytesMax, (limits, value) => limits.HalfOpenBytesMax = value),
        new(nameof(ConnectionsMax), "connections", 0, 0, int.MaxValue, "Connected clients; 0 is no limit. Beyond: CONNACK 0x89 (3.x: 3); a takeover needs no room.", limits => limits.ConnectionsMax, (limits, value) => limits.ConnectionsMax = (int)value),
        new(nameof(SessionsMax), "sessions", 0, 0, int.MaxValue, "Sessions, connected or not; 0 is no limit. Beyond: CONNACK 0x97 (3.x: 3).", limits => limits.SessionsMax, (limits, value) => limits.SessionsMax = (int)value),
        new(nameof(ClientIdBytesMax), "bytes", 65_535, 1, 65_535, "Client identifier. Longer: CONNACK 0x85 (3.x: 2).", limits => limits.ClientIdBytesMax, (limits, value) => limits.ClientIdBytesMax = (int)value),
        new(nameof(TopicBytesMax), "bytes", 65_535, 1, 65_535, "Topic Name or Topic Filter. Longer name: DISCONNECT 0x90, or close; longer filter: SUBACK 0x8F (3.1.1: 0x80).", limits => limits.TopicBytesMax, (limits, value) => limits.TopicBytesMax = (int)value),
        new(nameof(TopicLevelsMax), "levels", 0, 0, int.MaxValue, "Levels of a Topic Name or Topic Filter; 0 is no limit. More: as TopicBytesMax.", limits => limits.TopicLevelsMax, (limits, value) => limits.TopicLevelsMax = (int)value),
        new(nameof(FilterWildcardsMax), "wildcards", 0, 0, int.MaxValue, "Wildcards in one Topic Filter; 0 is no limit. More: SUBACK 0x8F (3.1.1: 0x80).", limits => limits.FilterWildcardsMax, (limits, value) => limits.FilterWildcardsMax = (int)value),
        new(nameof(FiltersPerSessionMax), "filters", 100_000, 0, int.MaxValue, "Subscriptions of one session; 0 is no limit. Beyond: SUBACK 0x97 (3.1.1: 0x80).", limits => limits.FiltersPerSessionMax, (limits, value) => limits.FiltersPerSessionMax = (int)value),
        new(nameof(FilterBytesPerSessionMax), "bytes", 134_217_728, 1, long.MaxValue, "Subscriptions of one session (the bytes of each filter twice, and 256 for each of its levels). Beyond: SUBACK 0x97 (3.1.1: 0x80).", limits => limits.FilterBytesPerSessionMax, (limits, value) => limits.FilterBytesPerSessionMax = value),
        new(nameof(UserPropertiesMax), "properties", 100, 0, int.MaxValue, "User Properties in one packet. More: CONNACK or DISCONNECT 0x97.", limits => limits.UserPropertiesMax, (limits, value) => limits.UserPropertiesMax = (int)value),
        new(nameof(ReceiveMaximum), "exchanges", 65_535, 1, 65_535, "QoS 2 exchanges a client may have open; announced in 5.0. Beyond: DISCONNECT 0x93, or close.", limits => limits.ReceiveMaximum, (limits, value) => limits.ReceiveMaximum = (int)value),
        new(nameof(InFlightMax), "messages", 65_535, 1, 65_535, "QoS 1 and 2 messages unacknowledged towards one client, besides its own Receive Maximum. Beyond: they wait in the queue.", limits => limits.InFlightMax, (limits, value) => limits.InFlightMax = (int)value),
        new(nameof(TopicAliasMaximum), "aliases", 100, 0, 65_535, "Topic Aliases a client may set; announced in 5.0. Beyond: DISCONNECT 0x94.", limits => limits.TopicAliasMaximum, (limits, value) => limits.TopicAliasMaximum = (int)value),
        new(nameof(OutboundTopicAliasMax), "aliases", 100, 0, 65_535, "Topic Aliases the broker sets towards one client, besides the client's own maximum. Beyond: topics are sent whole.", limits => limits.OutboundTopicAliasMax, (limits, value) => limits.OutboundTopicAliasMax = (int)value),
        new(nameof(KeepAliveSecondsMax), "seconds", 0, 0, 65_535, "Longest Keep Alive; 0 is no limit. A 5.0 client that asks for more, or for none, is told this as Server Keep Alive; a 3.x client is refused with return code 2.", limits => limits.KeepAliveSecondsMax, (limits, value) => limits.KeepAliveSecondsMax = (int)value),
        new(nameof(QueueBytesMax), "bytes", 16_777_216, 1, long.MaxValue, "QoS 1 and 2 messages held for one session, in flight included (topic, properties, payload and 64 each). Beyond: OverflowPolicy.", limits => limits.QueueBytesMax, (limits, value) => limits.QueueBytesMax = value),
        new(nameof(QueueMessagesMax), "messages", 0, 0, int.MaxValue, "QoS 1 and 2 messages held for one session, in flight included; 0 is no limit. Beyond: OverflowPolicy.", limits => limits.QueueMessagesMax, (limits, value) => limits.QueueMessagesMax = (int)value),
        new(nameof(AwayQueueMessagesMax), "messages", 0, 0, int.MaxValue, "The same while its client is away; 0 is QueueMessagesMax. Beyond: OverflowPolicy.", limits => limits.AwayQueueMessagesMax, (limits, value) => limits.AwayQueueMessagesMax = (int)value),
        new(nameof(QueueMemoryBytesMax), "bytes", 4_194_304, 0, long.MaxValue, "The part of a durable session's queue that is kept in memory while its client is connected. Beyond: it is in the store only, and is read back as the client takes it.", limits => limits.QueueMemoryBytesMax, (limits, value) => limits.QueueMemoryBytesMax = value),
        new(nameof(AwayQueueMemoryBytesMax), "bytes", 65_536, 0, long.MaxValue, "The same while its client is away. Beyond: as QueueMemoryBytesMax.", limits => limits.AwayQueueMemoryBytesMax, (limits, value) => limits.AwayQueueMemoryBytesMax = value),
        new(nameof(AllQueuesMemoryBytesMax), "bytes", 134_217_728, 0, long.MaxValue, "All queues in memory. Beyond: nothing more is kept there for durable sessions whose clients are away.", limits => limits.AllQueuesMemoryBytesMax, (limits, value) => limits.AllQueuesMemoryBytesMax = value),
        new(nameof(StoredReadBytesMax), "bytes", 262_144, 1, int.MaxValue, "Bytes of a queue that are read back from the store at once, one message at least. Beyond: the rest is read when these are on their way.", limits => limits.StoredReadBytesMax, (limits, value) => limits.StoredReadBytesMax = (int)value),
        new(nameof(OutputBytesMax), "bytes", 4_194_304, 1, int.MaxValue, "Bytes waiting for a client that reads too slowly. Beyond: QoS 0 messages for it are dropped. From 256 KB on it is not read.", limits => limits.OutputBytesMax, (limits, value) => limits.OutputBytesMax = (int)value),
        new(nameof(WriteStallMs), "milliseconds", 30_000, 1, int.MaxValue, "Time a client may take nothing of what waits for it. When it is over: the connection is closed.", limits => limits.WriteStallMs, (limits, value) => limits.WriteStallMs = (int)value),
        new(nameof(AskTimeoutMs), "milliseconds", 5_000, 1, int.MaxValue, "Time a PUBLISH, a SUBSCRIBE or a CONNECT waits for a right that somebody outside the broker is asked about. Later: denied.", limits => limits.AskTimeoutMs, (limits, value) => limits.AskTimeoutMs = (int)value),
        new(nameof(RetainedMessagesMax), "messages", 0, 0, int.MaxValue, "Retained messages without $SYS; 0 is no limit. Beyond: PUBACK or PUBREC 0x97; QoS 0 and 3.x: delivered but not stored.", limits => limits.RetainedMessagesMax, (limits, value) => limits.RetainedMessagesMax = (int)value),
        new(nameof(RetainedBytesMax), "bytes", 1_073_741_824, 1, long.MaxValue, "Retained messages without $SYS (topic, properties, payload and 64 each, and for each level of their topics, once, its bytes and 192). Beyond: as RetainedMessagesMax.", limits => limits.RetainedBytesMax, (limits, value) => limits.RetainedBytesMax = value),
        new(nameof(MailboxBytesMax), "bytes", 4_194_304, 1, long.MaxValue, "Messages posted to a shard, or handed to the store, and not yet taken. Beyond: shards stop reading clients until it has caught up; of the store, up to 16 times as much, only clients that wait for it.", limits => limits.MailboxBytesMax, (limits, value) => limits.MailboxBytesMax = value),
        new(nameof(TurnOutputBytesMax), "bytes", 4_194_304, 1, int.MaxValue, "Bytes one connection's input may produce in one turn. Beyond: the rest of its input waits for the next turn.", limits => limits.TurnOutputBytesMax, (limits, value) => limits.TurnOutputBytesMax = (int)value),
    ];

    /// <summary>Maximum Packet Size a client may send, fixed header included; announced in 5.0. Larger: DISCONNECT 0x95, or close. Unit: bytes.</summary>
    public int PacketSizeBytesMax { get; set; } = 2_000_000;

    /// <summary>Largest CONNECT, held before a client is known. Larger: close. Unit: bytes.</summary>
    public int ConnectSizeBytesMax { get; set; } = 524_288;

    /// <summary>Time from accept to a complete CONNECT. Later: close without an answer. Unit: milliseconds.</summary>
    public int ConnectTimeoutMs { get; set; } = 10_000;

    /// <summary>Connections that have not sent a complete CONNECT; 0 is no limit. Beyond: the newest is closed. Unit: connections.</summary>
    public int HalfOpenMax { get; set; }

    /// <summary>Bytes of incomplete CONNECTs, of all connections together. Beyond: who sends more of one is closed; a CONNECT that comes whole is not held. Unit: bytes.</summary>
    public long HalfOpenBytesMax { get; set; } = 33_554_432;

    /// <summary>Connected clients; 0 is no limit. Beyond: CONNACK 0x89 (3.x: 3); a takeover needs no room. Unit: connections.</summary>
    public int ConnectionsMax { get; set; }

    /// <summary>Sessions, connected or not; 0 is no limit. Beyond: CONNACK 0x97 (3.x: 3). Unit: sessions.</summary>
    public int SessionsMax { get; set; }

    /// <summary>Client identifier. Longer: CONNACK 0x85 (3.x: 2). Unit: bytes.</summary>
    public int ClientIdBytesMax { get; set; } = 65_535;

    /// <summary>Topic Name or Topic Filter. Longer name: DISCONNECT 0x90, or close; longer filter: SUBACK 0x8F (3.1.1: 0x80). Unit: bytes.</summary>
    public int TopicBytesMax { get; set; } = 65_535;

    /// <summary>Levels of a Topic Name or Topic Filter; 0 is no limit. More: as TopicBytesMax. Unit: levels.</summary>
    public int TopicLevelsMax { get; set; }

    /// <summary>Wildcards in one Topic Filter; 0 is no limit. More: SUBACK 0x8F (3.1.1: 0x80). Unit: wildcards.</summary>
    public int FilterWildcardsMax { get; set; }

    /// <summary>Subscriptions of one session; 0 is no limit. Beyond: SUBACK 0x97 (3.1.1: 0x80). Unit: filters.</summary>
    public int FiltersPerSessionMax { get; set; } = 100_000;

    /// <summary>Subscriptions of one session (the bytes of each filter twice, and 256 for each of its levels). Beyond: SUBACK 0x97 (3.1.1: 0x80). Unit: bytes.</summary>
    public long FilterBytesPerSessionMax { get; set; } = 134_217_728;

    /// <summary>User Properties in one packet. More: CONNACK or DISCONNECT 0x97. Unit: properties.</summary>
    public int UserPropertiesMax { get; set; } = 100;

    /// <summary>QoS 2 exchanges a client may have open; announced in 5.0. Beyond: DISCONNECT 0x93, or close. Unit: exchanges.</summary>
    public int ReceiveMaximum { get; set; } = 65_535;

    /// <summary>QoS 1 and 2 messages unacknowledged towards one client, besides its own Receive Maximum. Beyond: they wait in the queue. Unit: messages.</summary>
    public int InFlightMax { get; set; } = 65_535;

    /// <summary>Topic Aliases a client may set; announced in 5.0. Beyond: DISCONNECT 0x94. Unit: aliases.</summary>
    public int TopicAliasMaximum { get; set; } = 100;

    /// <summary>Topic Aliases the broker sets towards one client, besides the client's own maximum. Beyond: topics are sent whole. Unit: aliases.</summary>
    public int OutboundTopicAliasMax { get; set; } = 100;

    /// <summary>Longest Keep Alive; 0 is no limit. A 5.0 client that asks for more, or for none, is told this as Server Keep Alive. Unit: seconds.</summary>
    public int KeepAliveSecondsMax { get; set; }

    /// <summary>QoS 1 and 2 messages held for one session, in flight included (topic, properties, payload and 64 each). Beyond: OverflowPolicy. Unit: bytes.</summary>
    public long QueueBytesMax { get; set; } = 16_777_216;

    /// <summary>QoS 1 and 2 messages held for one session, in flight included; 0 is no limit. Beyond: OverflowPolicy. Unit: messages.</summary>
    public int QueueMessagesMax { get; set; }

    /// <summary>The same while its client is away; 0 is QueueMessagesMax. Beyond: OverflowPolicy. Unit: messages.</summary>
    public int AwayQueueMessagesMax { get; set; }

    /// <summary>The part of a durable session's queue that is kept in memory while its client is connected. Beyond: it is in the store only, and is read back as the client takes it. Unit: bytes.</summary>
    public long QueueMemoryBytesMax { get; set; } = 4_194_304;

    /// <summary>The same while its client is away. Beyond: as QueueMemoryBytesMax. Unit: bytes.</summary>
    public long AwayQueueMemoryBytesMax { get; set; } = 65_536;

    /// <summary>All queues in memory. Beyond: nothing more is kept there for durable sessions whose clients are away. Unit: bytes.</summary>
    public long AllQueuesMemoryBytesMax { get; set; } = 134_217_728;

    /// <summary>Bytes of a queue that are read back from the store at once, one message at least. Beyond: the rest is read when these are on their way. Unit: bytes.</summary>
    public int StoredReadBytesMax { get; set; } = 262_144;

    /// <summary>Bytes waiting for a client that reads too slowly. Beyond: QoS 0 messages for it are dropped. From 256 KB on it is not read. Unit: bytes.</summary>
    public int OutputBytesMax { get; set; } = 4_194_304;

    /// <summary>Time a client may take nothing of what waits for it. When it is over: the connection is closed. Unit: milliseconds.</summary>
    public int WriteStallMs { get; set; } = 30_000;

    /// <summary>Time a PUBLISH, a SUBSCRIBE or a CONNECT waits for a right that somebody outside the broker is asked about. Later: denied. Unit: milliseconds.</summary>
    public int AskTimeoutMs { get; set; } = 5_000;

    /// <summary>Retained messages without $SYS; 0 is no limit. Beyond: PUBACK or PUBREC 0x97; QoS 0 and 3.x: delivered but not stored. Unit: messages.</summary>
    public int RetainedMessagesMax { get; set; }

    /// <summary>Retained messages without $SYS (topic, properties, payload and 64 each, and for each level of their topics, once, its bytes and 192). Beyond: as RetainedMessagesMax. Unit: bytes.</summary>
    public long RetainedBytesMax { get; set; } = 1_073_741_824;

    /// <summary>Messages posted to a shard, or handed to the store, and not yet taken. Beyond: shards stop reading clients until it has caught up; of the store, up to 16 times as much, only clients that wait for it. Unit: bytes.</summary>
    public long MailboxBytesMax { get; set; } = 4_194_304;

    /// <summary>Bytes one connection's input may produce in one turn. Beyond: the rest of its input waits for the next turn. Unit: bytes.</summary>
    public int TurnOutputBytesMax { get; set; } = 4_194_304;

    /// <summary>Sets a limit by name.</summary>
    /// <param name="name">As in <see cref="All"/>, case-insensitive.</param>
    /// <param name="value">A whole number in the limit's unit; <c>_</c> may separate digits.</param>
    /// <param name="error">What is wrong and what to do, else empty.</param>
    /// <returns>False: unknown name (the nearest is named) or a value outside the range; nothing changed.</returns>
    public bool TrySet(string name, string value, out string error)
    {
        var limit = All.FirstOrDefault(candidate => candidate.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (limit is null)
        {
            error = $"Limits:{name} is not a limit. Did you mean Limits:{NearestName.Of(name, All.Select(candidate => candidate.Name))}?";
            return false;
        }

        if (!long.TryParse(value.Replace("_", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture, out var number)
            || number < limit.Minimum || number > limit.Maximum)
        {
            error = $"Limits:{limit.Name} takes a whole number of {limit.Unit} from {limit.Minimum} to {limit.Maximum}, not '{value}'.";
            return false;
        }

        limit.Set(this, number);
        error = "";
        return true;
    }
}
