namespace Godwit.Broker.Log;

/// <summary>A durable session as the log keeps it. Times are the host's monotonic milliseconds; <see cref="long.MaxValue"/> is never.</summary>
public readonly struct SessionRecord
{
    /// <summary>Its number, the same as long as it lives.</summary>
    public required uint SessionNo { get; init; }

    /// <summary>The client identifier.</summary>
    public required string ClientId { get; init; }

    /// <summary>User name of the connection that uses it, or used it last.</summary>
    public string? UserName { get; init; }

    /// <summary>Session Expiry Interval, milliseconds.</summary>
    public required long ExpiryMs { get; init; }

    /// <summary>The client is connected; after a crash the session counts as left at the restart.</summary>
    public required bool IsConnected { get; init; }

    /// <summary>When it ends; never while connected.</summary>
    public required long EndsAtMs { get; init; }

    /// <summary>Positions below this one may have been sent; meaningful when not connected.</summary>
    public long UnsentSeq { get; init; }
}
