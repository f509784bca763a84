namespace Godwit.Client;

/// <summary>A CONNACK with Success: what the server has chosen and what it allows (5.0 §3.2.2.3). In 3.x the defaults.</summary>
public sealed record MqttConnectResult
{
    /// <summary>The server goes on with a stored session.</summary>
    public bool SessionPresent { get; init; }

    /// <summary>The Client Identifier in force: the client's own or the one the server assigned.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>The server chose the Client Identifier.</summary>
    public bool IsClientIdAssigned { get; init; }

    /// <summary>Keep Alive in force: the server's, else the client's; zero switches it off.</summary>
    public TimeSpan KeepAlive { get; init; }

    /// <summary>Session Expiry Interval in force; <see cref="Timeout.InfiniteTimeSpan"/>: never.</summary>
    public TimeSpan SessionExpiry { get; init; }

    /// <summary>QoS 1 and 2 messages that the server takes at once, 1 to 65,535.</summary>
    public int ReceiveMaximum { get; init; } = 65_535;

    /// <summary>Highest QoS that the server takes.</summary>
    public MqttQoS MaximumQoS { get; init; } = MqttQoS.ExactlyOnce;

    /// <summary>The server keeps retained messages.</summary>
    public bool RetainAvailable { get; init; } = true;

    /// <summary>Largest packet in bytes that the server takes.</summary>
    public long MaximumPacketSize { get; init; } = 268_435_460;      // 5 bytes of fixed header and 2^28 - 1 (§2.1.4)

    /// <summary>Topic Aliases that the server takes; this client sends none.</summary>
    public int TopicAliasMaximum { get; init; }

    /// <summary>Filters may have wildcards.</summary>
    public bool WildcardSubscriptionAvailable { get; init; } = true;

    /// <summary>Subscriptions may have identifiers.</summary>
    public bool SubscriptionIdentifierAvailable { get; init; } = true;

    /// <summary>Filters may begin with <c>$share/</c>.</summary>
    public bool SharedSubscriptionAvailable { get; init; } = true;

    /// <summary>Base for response topics; null unless asked for and given.</summary>
    public string? ResponseInformation { get; init; }

    /// <summary>The server's words for people; null when it gave none.</summary>
    public string? ReasonString { get; init; }

    /// <summary>User Properties in order.</summary>
    public IReadOnlyList<MqttUserProperty> UserProperties { get; init; } = [];
}
