namespace Godwit.Interop.Clients;

/// <summary>The properties of a PUBLISH that a client can set and show (MQTT 5.0 §3.3.2.3); null or empty when absent.</summary>
public sealed record MessageProperties
{
    public string? ContentType { get; init; }

    public string? ResponseTopic { get; init; }

    public string? CorrelationData { get; init; }

    /// <summary>Message Expiry Interval in seconds.</summary>
    public int? MessageExpirySeconds { get; init; }

    public int? PayloadFormatIndicator { get; init; }

    /// <summary>Only for sending; a client library resolves aliases before the message is seen.</summary>
    public int? TopicAlias { get; init; }

    public IReadOnlyList<(string Name, string Value)> UserProperties { get; init; } = [];

    public IReadOnlyList<int> SubscriptionIdentifiers { get; init; } = [];
}
