namespace Godwit.Simulation.Oracles;

/// <summary>A retained message as a store gives it.</summary>
/// <param name="Id">By which the log knows it.</param>
/// <param name="Version">The later of two counts.</param>
/// <param name="Payload">Tells which message it is.</param>
/// <param name="UntilMs">When the retained store drops it.</param>
internal sealed record RecoveredRetained(long Id, long Version, byte[] Payload, long UntilMs)
{
    public override string ToString() => $"{Version} {Messages.NameOf(Payload)} until {UntilMs}";
}
