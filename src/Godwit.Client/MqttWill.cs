namespace Godwit.Client;

/// <summary>The Will Message, which the server publishes when the connection ends without DISCONNECT (5.0 §3.1.2.5).</summary>
public sealed record MqttWill
{
    /// <summary>Topic Name: not empty, no wildcards.</summary>
    public required string Topic { get; init; }

    /// <summary>Any bytes, 0 to 65,535.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Quality of Service.</summary>
    public MqttQoS QoS { get; init; }

    /// <summary>The server keeps the message for later subscribers.</summary>
    public bool Retain { get; init; }

    /// <summary>How long the server waits before it publishes (whole seconds); zero in 3.x.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Properties of the message; the defaults in 3.x.</summary>
    public MqttPublishOptions Properties { get; init; } = new();
}
