namespace Godwit.Links.Relay;

/// <summary>What happens to a connection.</summary>
public enum LinkFaultKind
{
    /// <summary>Both ends see the end of the stream, behind the bytes that were let through.</summary>
    Close,

    /// <summary>Both ends see a reset, which may overtake bytes that were let through.</summary>
    Reset,

    /// <summary>The direction stands still for a while.</summary>
    Stall,

    /// <summary>Half-open: nothing is let through any more, either way, and nobody is told.</summary>
    Silence,
}
