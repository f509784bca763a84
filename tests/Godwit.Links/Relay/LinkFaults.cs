namespace Godwit.Links.Relay;

/// <summary>What the relay does to one connection.</summary>
public sealed record LinkFaults
{
    /// <summary>A good connection.</summary>
    public static readonly LinkFaults None = new();

    /// <summary>Every byte is so much later, in each direction.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Every byte travels in a segment of its own, in each direction.</summary>
    public bool IsByteByByte { get; init; }

    /// <summary>At most one fault, and then the rest of the connection as before.</summary>
    public LinkFault? Fault { get; init; }
}
