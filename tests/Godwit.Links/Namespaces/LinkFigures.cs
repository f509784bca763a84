namespace Godwit.Links.Namespaces;

/// <summary>What one direction of a link has carried so far.</summary>
/// <param name="Arrived">Packets that came through the cable, the lost ones too; 0 when none are lost on purpose.</param>
/// <param name="Lost">Of them, those that were dropped.</param>
/// <param name="HeldBack">Packets that had to wait for the bandwidth.</param>
public sealed record LinkFigures(long Arrived, long Lost, long HeldBack);
