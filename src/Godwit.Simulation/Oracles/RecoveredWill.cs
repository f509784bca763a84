namespace Godwit.Simulation.Oracles;

/// <summary>A will as a store gives it.</summary>
/// <param name="ClientId">Whose.</param>
/// <param name="Payload">Of the message, which tells which it is.</param>
/// <param name="DelayMs">Will Delay Interval.</param>
/// <param name="DueAtMs">When it is published; <see cref="long.MaxValue"/>: the client was connected.</param>
internal sealed record RecoveredWill(string ClientId, byte[] Payload, long DelayMs, long DueAtMs)
{
    public override string ToString() => $"{ClientId} {Messages.NameOf(Payload)} delay {DelayMs} due {DueAtMs}";
}
