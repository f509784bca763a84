using Godwit.Protocol;

namespace Godwit.Broker.Log;

/// <summary>
/// A will as the log keeps it. It is there from CONNECT until it is published or removed. Times are the host's monotonic milliseconds;
/// <see cref="long.MaxValue"/> is never.
/// </summary>
public readonly ref struct WillRecord
{
    /// <summary>The session; 0 when it is not a durable one.</summary>
    public required uint SessionNo { get; init; }

    /// <summary>The client identifier.</summary>
    public required string ClientId { get; init; }

    /// <summary>User name of the connection.</summary>
    public string? UserName { get; init; }

    /// <summary>Will Topic.</summary>
    public required ReadOnlySpan<byte> Topic { get; init; }

    /// <summary>Will Payload; may be empty.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Encoded properties that pass through; may be empty.</summary>
    public ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>Will QoS.</summary>
    public required QoS QoS { get; init; }

    /// <summary>Will Retain.</summary>
    public required bool Retain { get; init; }

    /// <summary>Will Delay Interval, milliseconds.</summary>
    public required long DelayMs { get; init; }

    /// <summary>Message Expiry Interval in milliseconds from publication on.</summary>
    public required long ExpiryMs { get; init; }

    /// <summary>When it is published; never while the client is connected: then it is due <see cref="DelayMs"/> after a restart.</summary>
    public required long DueAtMs { get; init; }
}
