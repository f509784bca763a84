namespace Godwit.Conformance.Wire;

/// <summary>What a PUBLISH says besides topic and payload.</summary>
public sealed record PublishOptions
{
    /// <summary>0 to 3; 3 is wrong on purpose.</summary>
    public int QoS { get; init; }

    /// <summary>RETAIN.</summary>
    public bool Retain { get; init; }

    /// <summary>DUP.</summary>
    public bool Dup { get; init; }

    /// <summary>Null: the next free one. Not sent with QoS 0.</summary>
    public ushort? PacketId { get; init; }

    /// <summary>Not sent in 3.x.</summary>
    public IReadOnlyList<WireProperty> Properties { get; init; } = [];
}
