namespace Godwit.Broker.Protection;

/// <summary>What one client has left of its <see cref="ClientRates"/>. Made when the first limit is asked about.</summary>
internal sealed class ClientBuckets
{
    public TokenBucket Publishes;
    public TokenBucket ReceivedBytes;
    public TokenBucket Deliveries;
    public TokenBucket SentBytes;

    /// <summary>It is not read until then.</summary>
    public long SlowedUntilMs { get; set; }

    /// <summary>No message is sent to it until then.</summary>
    public long PacedUntilMs { get; set; }

    /// <summary>Bytes at the beginning of the output that are paid for.</summary>
    public int PaidBytes { get; set; }
}
