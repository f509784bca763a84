using System.Text.Json.Nodes;

namespace Godwit.Server.Configuration;

/// <summary>What a key takes.</summary>
public abstract class KeyType
{
    /// <summary>In a column of docs/configuration.md, e.g. <c>bytes</c>; empty: it has none.</summary>
    public string Unit { get; init; } = "";

    /// <summary>What it takes, in words that follow "takes": <c>a whole number of bytes from 1 to 100</c>.</summary>
    public required string Values { get; init; }

    /// <summary>A JSON Schema of the value, for editors.</summary>
    public required Func<JsonObject> Schema { get; init; }

    /// <summary>A list of values.</summary>
    public bool IsList { get; init; }

    /// <summary>A path: relative ones begin at the directory of the file that names them.</summary>
    public bool IsPath { get; init; }
}

/// <summary>What a key takes, and how its text becomes a value.</summary>
/// <typeparam name="T">Of the value.</typeparam>
/// <param name="parse">Reads what was written.</param>
/// <param name="format">Writes a value so that it can be read again; empty: no value.</param>
public sealed class KeyType<T>(KeyType<T>.Reader parse, Func<T, string> format) : KeyType
{
    /// <summary>Reads what was written.</summary>
    /// <param name="assignment">What was written.</param>
    /// <param name="value">Meaningful only when there is no error.</param>
    /// <returns>What is wrong, as a sentence without the key in front; null: nothing.</returns>
    public delegate string? Reader(ConfigurationAssignment assignment, out T value);

    /// <inheritdoc cref="Reader"/>
    public string? Parse(ConfigurationAssignment assignment, out T value) => parse(assignment, out value);

    /// <summary>Writes a value so that it can be read again; empty: no value.</summary>
    public string Format(T value) => format(value);
}
