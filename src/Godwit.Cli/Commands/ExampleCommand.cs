using System.CommandLine;

namespace Godwit.Cli.Commands;

/// <summary>A command whose help ends with examples.</summary>
/// <param name="name">As typed.</param>
/// <param name="description">One line; it also stands in the list of commands.</param>
/// <param name="examples">Lines that can be typed as they are, and remarks.</param>
internal sealed class ExampleCommand(string name, string description, string examples) : Command(name, description)
{
    internal string Examples { get; } = examples;
}
