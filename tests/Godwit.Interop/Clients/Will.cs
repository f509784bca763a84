namespace Godwit.Interop.Clients;

/// <summary>The Will Message of a CONNECT.</summary>
public sealed record Will(string Topic, string Payload, int QoS, bool Retain)
{
    /// <summary>Will Delay Interval in seconds (MQTT 5.0 §3.1.3.2.2).</summary>
    public int DelaySeconds { get; init; }
}
