namespace Godwit.Cli.Commands;

/// <summary>What was typed can be parsed but makes no sense; the message is one sentence for the person who typed it.</summary>
internal sealed class UsageException(string message) : Exception(message);
