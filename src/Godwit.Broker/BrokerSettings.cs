using System.Globalization;
using Godwit.Protocol;

namespace Godwit.Broker;

/// <summary>Choices of the administrator that are not limits. Times of zero or less mean "never".</summary>
public sealed class BrokerSettings
{
    private const int PrefixLengthMax = 64;

    private static readonly Setting[] Table =
    [
        new("OverflowPolicy", "RefuseNewest or DropOldest", (s, v) => TryEnum<OverflowPolicy>(v, x => s.OverflowPolicy = x)),
        new("SharedStrategy", "RoundRobin, LeastInFlight, Sticky or TopicHash", (s, v) => TryEnum<SharedStrategy>(v, x => s.SharedStrategy = x)),
        new("QueueQoS0Messages", "true or false", (s, v) => TryBool(v, x => s.QueueQoS0Messages = x)),
        new("RetainAvailable", "true or false", (s, v) => TryBool(v, x => s.RetainAvailable = x)),
        new("MaximumQoS", "0, 1 or 2", (s, v) => TryNumber(v, 0, 2, x => s.MaximumQoS = (QoS)x)),
        new("AllowEmptyClientId", "true or false", (s, v) => TryBool(v, x => s.AllowEmptyClientId = x)),
        new("AssignedClientIdPrefix", "at most 64 characters, none of them + or # or a control character", (s, v) => TryPrefix(v, x => s.AssignedClientIdPrefix = x)),
        new("KeepAliveFactor", "a number from 1 to 100", (s, v) => TryFactor(v, x => s.KeepAliveFactor = x)),
        new("SessionExpirySeconds3x", "seconds, 0 for never", (s, v) => TryNumber(v, 0, int.MaxValue, x => s.SessionExpirySeconds3x = x)),
        new("SessionExpirySecondsMax", "seconds, 0 for no cap", (s, v) => TryNumber(v, 0, int.MaxValue, x => s.SessionExpirySecondsMax = x)),
        new("RetainedExpirySeconds", "seconds, 0 for never", (s, v) => TryNumber(v, 0, int.MaxValue, x => s.RetainedExpirySeconds = x)),
        new("MessageExpirySecondsMax", "seconds, 0 for no cap", (s, v) => TryNumber(v, 0, int.MaxValue, x => s.MessageExpirySecondsMax = x)),
        new("RelaxedTopics", "beginnings of Topic Names separated by commas, e.g. telemetry/,debug/", (s, v) => TryTopics(v, x => s.RelaxedTopics = x)),
        new("SysIntervalSeconds", "seconds, 0 switches $SYS off", (s, v) => TryNumber(v, 0, 86_400, x => s.SysIntervalSeconds = x)),
    ];

    /// <summary>Names and accepted values of all settings, for messages and documentation.</summary>
    public static IReadOnlyList<(string Name, string Values)> All { get; } = [.. Table.Select(row => (row.Name, row.Values))];

    /// <summary>What happens when a receiver's queue is full.</summary>
    public OverflowPolicy OverflowPolicy { get; set; }

    /// <summary>How members of shared subscriptions are chosen.</summary>
    public SharedStrategy SharedStrategy { get; set; }

    /// <summary>Queue QoS 0 messages for sessions whose client is away; they make room first. [MQTT-3.1.2-23] leaves it open.</summary>
    public bool QueueQoS0Messages { get; set; }

    /// <summary>Retained messages are stored; announced in CONNACK.</summary>
    public bool RetainAvailable { get; set; } = true;

    /// <summary>Highest QoS a client may publish; announced in CONNACK. SUBSCRIBE is granted at most this. [MQTT-3.2.2-9]</summary>
    public QoS MaximumQoS { get; set; } = QoS.ExactlyOnce;

    /// <summary>A client that sends no client identifier is given one, where its version allows that; else it is refused. [MQTT-3.1.3-6]</summary>
    public bool AllowEmptyClientId { get; set; } = true;

    /// <summary>What the client identifiers that are given begin with; see <see cref="IsPrefix"/>.</summary>
    public string AssignedClientIdPrefix { get; set; } = "auto-";

    /// <summary>A client is cut off after Keep Alive times this factor. The specification says 1.5. [MQTT-3.1.2-22]</summary>
    public double KeepAliveFactor { get; set; } = 1.5;

    /// <summary>How long a persistent session of a 3.x client outlives its connection, in seconds; 0 is for ever.</summary>
    public int SessionExpirySeconds3x { get; set; }

    /// <summary>Cap on the Session Expiry Interval of 5.0 clients, in seconds; 0 is none. A lower value is announced in CONNACK.</summary>
    public int SessionExpirySecondsMax { get; set; }

    /// <summary>How long a retained message is kept, in seconds, for every protocol version; 0 is for ever.</summary>
    public int RetainedExpirySeconds { get; set; }

    /// <summary>Cap on the life of a message, in seconds, also for 3.x publishers; 0 is none.</summary>
    public int MessageExpirySecondsMax { get; set; }

    /// <summary>
    /// Messages at QoS 1 whose Topic Name begins with one of these, UTF-8, are acknowledged when they are handed to the log, before they are
    /// durable.
    /// </summary>
    public IReadOnlyList<byte[]> RelaxedTopics { get; set; } = [];

    /// <summary>Seconds between two updates of <c>$SYS</c>; 0 switches it off.</summary>
    public int SysIntervalSeconds { get; set; } = 10;

    /// <summary>What <c>$SYS/broker/durability</c> says: what an acknowledgement means.</summary>
    public string Durability { get; set; } = "memory";

    /// <summary>What <c>$SYS/broker/version</c> says.</summary>
    public string Version { get; set; } = "godwit version 0.1.0";

    /// <summary>May stand at the beginning of client identifiers: at most 64 characters, none of them a wildcard or a control character.</summary>
    public static bool IsPrefix(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= PrefixLengthMax && !text.Any(letter => letter is '+' or '#' || char.IsControl(letter) || char.IsSurrogate(letter));
    }

    /// <summary>Sets a setting by name.</summary>
    /// <param name="name">As in <see cref="All"/>, case-insensitive.</param>
    /// <param name="value">As in <see cref="All"/>.</param>
    /// <param name="error">What is wrong and what to do, else empty.</param>
    /// <returns>False: unknown name (the nearest is named) or a bad value; nothing changed.</returns>
    public bool TrySet(string name, string value, out string error)
    {
        var setting = Array.Find(Table, row => row.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (setting is null)
        {
            error = $"{name} is not a setting. Did you mean {NearestName.Of(name, Table.Select(row => row.Name))}?";
            return false;
        }

        error = setting.TrySet(this, value) ? "" : $"{setting.Name} takes {setting.Values}, not '{value}'.";
        return error.Length == 0;
    }

    private static bool TryEnum<T>(string value, Action<T> set)
        where T : struct, Enum
    {
        if (!Enum.GetNames<T>().Contains(value, StringComparer.OrdinalIgnoreCase))
        {
            return false;
        }

        set(Enum.Parse<T>(value, ignoreCase: true));
        return true;
    }

    private static bool TryTopics(string value, Action<IReadOnlyList<byte[]>> set)
    {
        var topics = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (topics.Any(topic => topic.AsSpan().IndexOfAny('+', '#', '\0') >= 0))
        {
            return false;
        }

        set([.. topics.Select(System.Text.Encoding.UTF8.GetBytes)]);
        return true;
    }

    private static bool TryPrefix(string value, Action<string> set)
    {
        if (!IsPrefix(value))
        {
            return false;
        }

        set(value);
        return true;
    }

    private static bool TryBool(string value, Action<bool> set)
    {
        if (!bool.TryParse(value, out var parsed))
        {
            return false;
        }

        set(parsed);
        return true;
    }

    private static bool TryNumber(string value, int minimum, int maximum, Action<int> set)
    {
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) || parsed < minimum || parsed > maximum)
        {
            return false;
        }

        set(parsed);
        return true;
    }

    private static bool TryFactor(string value, Action<double> set)
    {
        if (!double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var parsed) || parsed is not (>= 1 and <= 100))
        {
            return false;
        }

        set(parsed);
        return true;
    }

    private sealed record Setting(string Name, string Values, Func<BrokerSettings, string, bool> TrySet);
}
