namespace Godwit.Simulation.Oracles;

/// <summary>The broker has broken an invariant; the run ends here.</summary>
/// <param name="invariant">Its name in docs/simulation.md, e.g. I7.</param>
/// <param name="message">What happened, for a person.</param>
internal sealed class ViolationException(string invariant, string message) : Exception(message)
{
    /// <summary>Its name in docs/simulation.md.</summary>
    public string Invariant { get; } = invariant;
}
