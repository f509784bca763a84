using System.Text;
using Godwit.Broker;
using Godwit.Protocol;

namespace Godwit.Server.Configuration;

/// <summary>The keys of <see cref="BrokerSettings"/>.</summary>
public static class BrokerKeys
{
    private const bool Hot = true;
    private const bool Restart = false;

    /// <summary>All of them. What a connected client was told in CONNACK takes a restart.</summary>
    public static KeyTable<BrokerSettings> All { get; } = new()
    {
        { nameof(BrokerSettings.OverflowPolicy), KeyTypes.Choice<OverflowPolicy>(), s => s.OverflowPolicy, (s, v) => s.OverflowPolicy = v, Hot, "", "What happens when a receiver's queue is full: the new message is refused, or the oldest make room." },
        { nameof(BrokerSettings.SharedStrategy), KeyTypes.Choice<SharedStrategy>(), s => s.SharedStrategy, (s, v) => s.SharedStrategy = v, Hot, "", "How the member of a shared subscription is chosen." },
        { nameof(BrokerSettings.QueueQoS0Messages), KeyTypes.Flag, s => s.QueueQoS0Messages, (s, v) => s.QueueQoS0Messages = v, Hot, "queue_qos0_messages", "Queue QoS 0 messages for sessions whose client is away; they make room first." },
        { nameof(BrokerSettings.RetainAvailable), KeyTypes.Flag, s => s.RetainAvailable, (s, v) => s.RetainAvailable = v, Restart, "retain_available", "Retained messages are stored; announced in CONNACK." },
        { nameof(BrokerSettings.MaximumQoS), QoSType, s => s.MaximumQoS, (s, v) => s.MaximumQoS = v, Restart, "max_qos", "Highest QoS a client may publish; announced in CONNACK. SUBSCRIBE is granted at most this." },
        { nameof(BrokerSettings.AllowEmptyClientId), KeyTypes.Flag, s => s.AllowEmptyClientId, (s, v) => s.AllowEmptyClientId = v, Hot, "allow_zero_length_clientid", "A client that sends no client identifier is given one; else it is refused." },
        { nameof(BrokerSettings.AssignedClientIdPrefix), Prefix, s => s.AssignedClientIdPrefix, (s, v) => s.AssignedClientIdPrefix = v ?? "", Hot, "auto_id_prefix", "What the client identifiers that are given begin with." },
        { nameof(BrokerSettings.KeepAliveFactor), KeyTypes.Fraction(1, 100), s => s.KeepAliveFactor, (s, v) => s.KeepAliveFactor = v, Hot, "", "A client is cut off after Keep Alive times this." },
        { nameof(BrokerSettings.SessionExpirySeconds3x), Seconds, s => s.SessionExpirySeconds3x, (s, v) => s.SessionExpirySeconds3x = (int)v, Hot, "persistent_client_expiration", "How long a persistent session of a 3.x client outlives its connection; 0 is for ever." },
        { nameof(BrokerSettings.SessionExpirySecondsMax), Seconds, s => s.SessionExpirySecondsMax, (s, v) => s.SessionExpirySecondsMax = (int)v, Hot, "", "Cap on the Session Expiry Interval of 5.0 clients; 0 is none. A lower value is announced in CONNACK." },
        { nameof(BrokerSettings.RetainedExpirySeconds), Seconds, s => s.RetainedExpirySeconds, (s, v) => s.RetainedExpirySeconds = (int)v, Hot, "", "How long a retained message is kept; 0 is for ever. Holds for messages that come afterwards." },
        { nameof(BrokerSettings.MessageExpirySecondsMax), Seconds, s => s.MessageExpirySecondsMax, (s, v) => s.MessageExpirySecondsMax = (int)v, Hot, "", "Cap on the life of a message; 0 is none. Holds for messages that come afterwards." },
        { nameof(BrokerSettings.RelaxedTopics), KeyTypes.List(TopicBeginning), s => Texts(s.RelaxedTopics), (s, v) => s.RelaxedTopics = Bytes(v), Hot, "", "Beginnings of Topic Names, e.g. telemetry/: such messages at QoS 1 are acknowledged before they are durable." },
        { nameof(BrokerSettings.SysIntervalSeconds), KeyTypes.Number("seconds", 0, 86_400), s => s.SysIntervalSeconds, (s, v) => s.SysIntervalSeconds = (int)v, Restart, "sys_interval", "Time between two updates of $SYS; 0 switches it off." },
    };

    private static KeyType<long> Seconds => KeyTypes.Number("seconds", 0, int.MaxValue);

    private static KeyType<QoS> QoSType => KeyTypes.Choice([("0", QoS.AtMostOnce), ("1", QoS.AtLeastOnce), ("2", QoS.ExactlyOnce)]);

    private static KeyType<string?> TopicBeginning => KeyTypes.TextOf(
        "the beginning of a Topic Name",
        text => text.AsSpan().IndexOfAny('+', '#', '\0') >= 0 ? "takes beginnings of Topic Names: no + and no #." : null);

    private static KeyType<string?> Prefix => KeyTypes.TextOf(
        "at most 64 characters",
        text => BrokerSettings.IsPrefix(text) ? null : "takes at most 64 characters, none of them + or # or a control character.");

    private static IReadOnlyList<string?> Texts(IReadOnlyList<byte[]> topics) => [.. topics.Select(Encoding.UTF8.GetString)];

    private static IReadOnlyList<byte[]> Bytes(IReadOnlyList<string?> topics) => [.. topics.Select(topic => Encoding.UTF8.GetBytes(topic!))];
}
