namespace Godwit.Kills.Actors;

/// <summary>How fast a publisher is.</summary>
/// <param name="Window">Messages that it has open at the same time.</param>
/// <param name="PerSecondMax">Messages a second, at most.</param>
/// <param name="ReusesIds">It takes the lowest packet id that is free.</param>
internal sealed record PublisherPace(int Window, int PerSecondMax, bool ReusesIds);
