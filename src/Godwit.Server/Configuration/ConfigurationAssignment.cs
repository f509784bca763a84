namespace Godwit.Server.Configuration;

/// <summary>One value for one key, as somebody wrote it.</summary>
/// <param name="Key">Names separated by colons, in any case; an element of an array by its number: <c>Listeners:0:Port</c>.</param>
/// <param name="Values">The text; of a list every element. One for a key that is not a list.</param>
/// <param name="Shape">How it was written; what is typed in a command line is text.</param>
/// <param name="Origin">Where.</param>
public sealed record ConfigurationAssignment(string Key, IReadOnlyList<string> Values, ValueShape Shape, ConfigurationOrigin Origin)
{
    /// <summary>The value as messages quote it.</summary>
    public string Text => string.Join(", ", Values);

    /// <summary>Relative paths of files begin here; null: at the working directory.</summary>
    public string? BaseDirectory { get; init; }
}
