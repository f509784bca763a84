namespace Godwit.Links.Namespaces;

/// <summary>A command of the system said no.</summary>
public sealed class CommandFailedException(string message) : Exception(message);
