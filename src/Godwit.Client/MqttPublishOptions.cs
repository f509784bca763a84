namespace Godwit.Client;

/// <summary>How a message is published, and its properties (5.0 §3.3.2.3). In 3.x only QoS and Retain may be set.</summary>
public sealed record MqttPublishOptions
{
    /// <summary>Quality of Service. Not used for a will, which has its own.</summary>
    public MqttQoS QoS { get; init; }

    /// <summary>The server keeps the message for later subscribers. Not used for a will, which has its own.</summary>
    public bool Retain { get; init; }

    /// <summary>The payload is UTF-8 text (Payload Format Indicator 1).</summary>
    public bool IsText { get; init; }

    /// <summary>How long the server may keep the message for a receiver, in whole seconds; null: for ever.</summary>
    public TimeSpan? MessageExpiry { get; init; }

    /// <summary>What the payload is, for example a MIME type; null: not said.</summary>
    public string? ContentType { get; init; }

    /// <summary>Topic Name for the answer; null: this is no request.</summary>
    public string? ResponseTopic { get; init; }

    /// <summary>Bytes that the answer repeats, at most 65,535; null: none.</summary>
    public ReadOnlyMemory<byte>? CorrelationData { get; init; }

    /// <summary>User Properties in order.</summary>
    public IReadOnlyList<MqttUserProperty> UserProperties { get; init; } = [];
}
