using Godwit.Protocol;

namespace Godwit.Broker.Security;

/// <summary>What a listener says about its clients. Immutable; a listener that says nothing has none.</summary>
public sealed class ListenerRules
{
    /// <summary>Its name; rules about topics may speak of it. Null: it has none.</summary>
    public string? Name { get; init; }

    /// <summary>Name of the rules about topics that hold for its clients; null: the broker's. Only the <see cref="IAccessPolicy"/> looks at it.</summary>
    public string? Acl { get; init; }

    /// <summary>
    /// Put before every Topic Name and Topic Filter of these clients and taken off what is sent to them, so that they live in a part of the
    /// topic tree without knowing it; UTF-8, e.g. <c>site7/</c>. Null: none. Rights are asked about with it.
    /// </summary>
    public byte[]? MountPoint { get; init; }

    /// <summary>Highest QoS these clients may use; the broker's own maximum holds too.</summary>
    public QoS MaximumQoS { get; init; } = QoS.ExactlyOnce;

    /// <summary>Longest Keep Alive in seconds, instead of <see cref="BrokerLimits.KeepAliveSecondsMax"/>; 0: that one holds.</summary>
    public int KeepAliveSecondsMax { get; init; }

    /// <summary>Instead of <see cref="BrokerSettings.AllowEmptyClientId"/>; null: that one holds.</summary>
    public bool? AllowEmptyClientId { get; init; }

    /// <summary>Instead of <see cref="BrokerSettings.AssignedClientIdPrefix"/>; null: that one holds.</summary>
    public string? AssignedClientIdPrefix { get; init; }

    /// <summary>Protocol versions that may connect; empty: all.</summary>
    public IReadOnlyList<ProtocolVersion> Versions { get; init; } = [];

    /// <summary>Authentication Methods the host can carry out with AUTH packets; empty: none, and a CONNECT that names one is refused.</summary>
    public IReadOnlyList<string> AuthenticationMethods { get; init; } = [];
}
