using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Godwit.Conformance.Checks;
using Godwit.Protocol;

namespace Godwit.Conformance.Running;

/// <summary>All checks there are.</summary>
public static class CheckCatalog
{
    private static readonly (Versions Flag, ProtocolVersion Version, string Prefix)[] AllVersions =
    [
        (Versions.Mqtt31, ProtocolVersion.Mqtt31, "MQTT31-"),
        (Versions.Mqtt311, ProtocolVersion.Mqtt311, "MQTT3-"),
        (Versions.Mqtt5, ProtocolVersion.Mqtt5, "MQTT-"),
    ];

    /// <summary>In the order of the specification's chapters.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        // 1, 2: strings, numbers, the fixed header, properties, packet identifiers
        // 3.1, 3.2: CONNECT and CONNACK, wills, keep alive, sessions; and MQTT 3.1
        // 3.3: PUBLISH, retained messages, topic aliases, message expiry
        // 3.4 to 3.7, 4.3 to 4.6, 4.9: acknowledgements, QoS, order, flow control
        .. From(typeof(AckChecks)),
        .. From(typeof(QosReceiverChecks)),
        .. From(typeof(QosSenderChecks)),
        .. From(typeof(RetryChecks)),
        .. From(typeof(OrderChecks)),
        .. From(typeof(FlowControlChecks)),
        .. From(typeof(PacketIdChecks)),
        // 3.8 to 3.11, 4.7, 4.8: subscriptions, topics, shared subscriptions
        .. From(typeof(SubscribeChecks)),
        .. From(typeof(SubscribeErrorChecks)),
        .. From(typeof(UnsubscribeChecks)),
        .. From(typeof(TopicFilterChecks)),
        .. From(typeof(TopicErrorChecks)),
        .. From(typeof(SubscribeIdentifierChecks)),
        .. From(typeof(NoLocalChecks)),
        .. From(typeof(SharedChecks)),
        .. From(typeof(SharedDeliveryChecks)),
        .. From(typeof(SharedFilterChecks)),
        .. From(typeof(MaximumQoSChecks)),
        // 3.12 to 3.15, 4.12, 4.13: PINGREQ, DISCONNECT, AUTH, errors
        .. From(typeof(PingChecks)),
    ];

    /// <summary>The checks that a user asked for.</summary>
    /// <param name="versions">Which versions.</param>
    /// <param name="filters">Each a part of an id or of a name, in any case; a check that fits one of them is taken. None: all.</param>
    public static IReadOnlyList<Check> Select(Versions versions, IReadOnlyCollection<string> filters) =>
        [.. All.Where(check => versions.HasFlag(AllVersions.Single(row => row.Version == check.Version).Flag)).Where(check => filters.Count == 0 || filters.Any(filter => Fits(check, filter)))];

    private static bool Fits(Check check, string filter) =>
        check.Ids.Any(id => string.Equals(id, filter, StringComparison.OrdinalIgnoreCase) || id.StartsWith(filter + "-", StringComparison.OrdinalIgnoreCase))
        || check.Name.Contains(filter, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<Check> From([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type type)
    {
        foreach (var method in type.GetMethods(BindingFlags.Public | BindingFlags.Static))
        {
            if (method.GetCustomAttribute<CheckAttribute>() is not { } attribute)
            {
                continue;
            }

            var run = method.CreateDelegate<Func<Probe, Task>>();
            foreach (var (flag, version, prefix) in AllVersions)
            {
                var ids = attribute.Ids.Where(id => id.StartsWith(prefix, StringComparison.Ordinal)).ToList();
                if (attribute.Versions == Versions.None ? ids.Count > 0 : attribute.Versions.HasFlag(flag))
                {
                    ids.AddRange(attribute.Ids.Where(id => id.StartsWith("Trap-", StringComparison.Ordinal)));
                    yield return new Check(method.Name.Replace('_', ' '), ids, version, attribute.IsRecommendation, attribute.Waits, run);
                }
            }
        }
    }
}
