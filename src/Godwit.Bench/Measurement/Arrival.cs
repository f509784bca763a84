namespace Godwit.Bench.Measurement;

/// <summary>What a sequence number says about a message.</summary>
public enum Arrival
{
    /// <summary>It is newer than all before it; those it left out count as missing.</summary>
    InOrder,

    /// <summary>It is one that was missing, behind a newer one.</summary>
    OutOfOrder,

    /// <summary>It has been here before, or is so old that nobody knows.</summary>
    Duplicate,
}
