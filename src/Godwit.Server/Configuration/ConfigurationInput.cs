namespace Godwit.Server.Configuration;

/// <summary>What a source has said: assignments, and messages about what it could not turn into some.</summary>
public sealed class ConfigurationInput
{
    /// <summary>In the order in which they stand; of two for one key the later holds.</summary>
    public List<ConfigurationAssignment> Assignments { get; } = [];

    /// <summary>In the order in which they were found.</summary>
    public List<ConfigurationMessage> Messages { get; } = [];

    /// <summary>Adds a value that was written as plain text.</summary>
    /// <param name="key">As in <see cref="ConfigurationAssignment.Key"/>.</param>
    /// <param name="value">A list is separated by commas.</param>
    /// <param name="origin">Where it stands.</param>
    /// <param name="baseDirectory">Relative paths begin here; null: at the working directory.</param>
    public void Set(string key, string value, ConfigurationOrigin origin, string? baseDirectory = null) =>
        Assignments.Add(new ConfigurationAssignment(key, [value], ValueShape.Plain, origin) { BaseDirectory = baseDirectory });

    /// <summary>Adds a list.</summary>
    /// <param name="key">As in <see cref="ConfigurationAssignment.Key"/>.</param>
    /// <param name="values">All of it.</param>
    /// <param name="origin">Where it stands.</param>
    /// <param name="baseDirectory">Relative paths begin here; null: at the working directory.</param>
    public void SetList(string key, IReadOnlyList<string> values, ConfigurationOrigin origin, string? baseDirectory = null) =>
        Assignments.Add(new ConfigurationAssignment(key, values, ValueShape.List, origin) { BaseDirectory = baseDirectory });

    /// <summary>Adds what a broker does not start with.</summary>
    public void Error(ConfigurationOrigin origin, string text) => Messages.Add(new ConfigurationMessage(origin, IsError: true, text));

    /// <summary>Adds what an administrator should know.</summary>
    public void Warn(ConfigurationOrigin origin, string text) => Messages.Add(new ConfigurationMessage(origin, IsError: false, text));
}
