namespace Godwit.Fuzz.Models;

/// <summary>One line of <see cref="PropertyTable"/>.</summary>
/// <param name="Id">Property identifier.</param>
/// <param name="Type">byte, two, four, variable, string, binary or pair.</param>
/// <param name="Minimum">Smallest value of a number.</param>
/// <param name="Maximum">Largest value of a number.</param>
/// <param name="Places">Names of <see cref="PropertyPlace"/>.</param>
internal sealed record PropertyLine(int Id, string Type, uint Minimum, uint Maximum, string[] Places);
