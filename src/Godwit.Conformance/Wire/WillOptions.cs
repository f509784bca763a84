namespace Godwit.Conformance.Wire;

/// <summary>The Will of a CONNECT.</summary>
public sealed record WillOptions(string Topic, string Payload = "will")
{
    /// <summary>QoS of the will, 0 to 2.</summary>
    public int QoS { get; init; }

    /// <summary>RETAIN of the will.</summary>
    public bool Retain { get; init; }

    /// <summary>Will Delay Interval in seconds; null leaves the property out. 5.0 only.</summary>
    public uint? DelaySeconds { get; init; }

    /// <summary>Further Will Properties. 5.0 only.</summary>
    public IReadOnlyList<WireProperty> Properties { get; init; } = [];
}
