using Godwit.Protocol;

namespace Godwit.Simulation.Oracles;

/// <summary>A subscription as a store gives it.</summary>
internal sealed record RecoveredSubscription(QoS QoS, bool NoLocal, bool RetainAsPublished, uint Identifier);
