namespace Godwit.Links.Relay;

/// <summary>One thing that goes wrong on a connection.</summary>
/// <param name="Kind">What.</param>
/// <param name="Direction">Whose bytes are counted.</param>
/// <param name="AfterBytes">When exactly so many have been let through; 0: at once.</param>
public sealed record LinkFault(LinkFaultKind Kind, LinkDirection Direction, long AfterBytes)
{
    /// <summary>How long a stall lasts.</summary>
    public TimeSpan Duration { get; init; }
}
