namespace Godwit.House.Readme;

/// <summary>One step of a section.</summary>
/// <param name="Kind">What is done or seen.</param>
/// <param name="Terminals">In which terminals, by number.</param>
/// <param name="Text">The commands, or the lines printed; empty for Ctrl-C.</param>
public sealed record Step(StepKind Kind, IReadOnlyList<int> Terminals, string Text);
