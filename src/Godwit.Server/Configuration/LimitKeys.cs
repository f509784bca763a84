using Godwit.Broker;

namespace Godwit.Server.Configuration;

/// <summary>The keys of <see cref="BrokerLimits"/>: what a reload does, and Mosquitto's name, of each limit.</summary>
public static class LimitKeys
{
    private const bool Hot = true;
    private const bool Restart = false;

    /// <summary>
    /// What a connected client was told in CONNACK stays true while the broker runs: such a limit takes a restart. All others are looked
    /// at each time they are needed.
    /// </summary>
    private static readonly Dictionary<string, (bool IsHot, string Mosquitto)> Rows = new(StringComparer.Ordinal)
    {
        [nameof(BrokerLimits.PacketSizeBytesMax)] = (Restart, "max_packet_size, message_size_limit"),
        [nameof(BrokerLimits.ConnectSizeBytesMax)] = (Hot, ""),
        [nameof(BrokerLimits.ConnectTimeoutMs)] = (Hot, ""),
        [nameof(BrokerLimits.HalfOpenMax)] = (Hot, ""),
        [nameof(BrokerLimits.HalfOpenBytesMax)] = (Hot, ""),
        [nameof(BrokerLimits.ConnectionsMax)] = (Hot, "global_max_connections"),
        [nameof(BrokerLimits.SessionsMax)] = (Hot, "global_max_clients"),
        [nameof(BrokerLimits.ClientIdBytesMax)] = (Hot, ""),
        [nameof(BrokerLimits.TopicBytesMax)] = (Hot, ""),
        [nameof(BrokerLimits.TopicLevelsMax)] = (Hot, ""),
        [nameof(BrokerLimits.FilterWildcardsMax)] = (Hot, ""),
        [nameof(BrokerLimits.FiltersPerSessionMax)] = (Hot, ""),
        [nameof(BrokerLimits.FilterBytesPerSessionMax)] = (Hot, ""),
        [nameof(BrokerLimits.UserPropertiesMax)] = (Hot, ""),
        [nameof(BrokerLimits.ReceiveMaximum)] = (Restart, ""),
        [nameof(BrokerLimits.InFlightMax)] = (Hot, "max_inflight_messages"),
        [nameof(BrokerLimits.TopicAliasMaximum)] = (Restart, "max_topic_alias"),
        [nameof(BrokerLimits.OutboundTopicAliasMax)] = (Hot, "max_topic_alias_broker"),
        [nameof(BrokerLimits.KeepAliveSecondsMax)] = (Hot, "max_keepalive"),
        [nameof(BrokerLimits.QueueBytesMax)] = (Hot, "max_queued_bytes"),
        [nameof(BrokerLimits.QueueMessagesMax)] = (Hot, "max_queued_messages"),
        [nameof(BrokerLimits.AwayQueueMessagesMax)] = (Hot, "max_queued_messages"),
        [nameof(BrokerLimits.QueueMemoryBytesMax)] = (Hot, ""),
        [nameof(BrokerLimits.AwayQueueMemoryBytesMax)] = (Hot, ""),
        [nameof(BrokerLimits.AllQueuesMemoryBytesMax)] = (Hot, ""),
        [nameof(BrokerLimits.StoredReadBytesMax)] = (Hot, ""),
        [nameof(BrokerLimits.OutputBytesMax)] = (Hot, ""),
        [nameof(BrokerLimits.WriteStallMs)] = (Hot, ""),
        [nameof(BrokerLimits.AskTimeoutMs)] = (Hot, ""),
        [nameof(BrokerLimits.RetainedMessagesMax)] = (Hot, ""),
        [nameof(BrokerLimits.RetainedBytesMax)] = (Hot, ""),
        [nameof(BrokerLimits.MailboxBytesMax)] = (Hot, ""),
        [nameof(BrokerLimits.TurnOutputBytesMax)] = (Hot, ""),
    };

    /// <summary>All limits, in the order of <see cref="BrokerLimits.All"/>.</summary>
    public static KeyTable<BrokerLimits> All { get; } = Create();

    private static KeyTable<BrokerLimits> Create()
    {
        var table = new KeyTable<BrokerLimits>();
        foreach (var limit in BrokerLimits.All)
        {
            // A limit without a row is one that a reload may not change until somebody has looked; a test asks for the row.
            var (isHot, mosquitto) = Rows.GetValueOrDefault(limit.Name, (Restart, ""));
            table.Add(limit.Name, KeyTypes.Number(limit.Unit, limit.Minimum, limit.Maximum), limit.Get, limit.Set, isHot, mosquitto, limit.Behaviour);
        }

        return table;
    }

    /// <summary>Somebody has looked at what this limit does when it changes.</summary>
    internal static bool IsKnown(string name) => Rows.ContainsKey(name);

    /// <summary>Limits that are in the table and no more in the broker.</summary>
    internal static IEnumerable<string> Superfluous => Rows.Keys.Except(BrokerLimits.All.Select(limit => limit.Name), StringComparer.Ordinal);
}
