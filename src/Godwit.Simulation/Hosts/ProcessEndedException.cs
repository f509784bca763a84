namespace Godwit.Simulation.Hosts;

/// <summary>The broker's process ends here and now, between two of its effects.</summary>
internal sealed class ProcessEndedException() : Exception("the process has ended");
