using System.Globalization;
using Godwit.Server.Configuration;

namespace Godwit.Server.Mosquitto;

/// <summary>The keys that a <c>mosquitto.conf</c> sets.</summary>
internal sealed class MosquittoOutput
{
    /// <summary>The origin of what no line says.</summary>
    internal static ConfigurationOrigin MosquittosDefault { get; } = new("Mosquitto's default");

    internal ConfigurationInput Input { get; } = new();

    /// <summary>Sets a key.</summary>
    /// <param name="key">With numbers.</param>
    /// <param name="value">As in <c>godwit.json</c>.</param>
    /// <param name="line">The line that says so; null: none does.</param>
    internal void Set(string key, string value, MosquittoLine? line) => Input.Set(key, value, OriginOf(line));

    internal void Set(string key, long value, MosquittoLine? line) => Set(key, value.ToString(CultureInfo.InvariantCulture), line);

    internal void Set(string key, bool value, MosquittoLine? line) => Set(key, value ? "true" : "false", line);

    internal void SetList(string key, IReadOnlyList<string> values, MosquittoLine? line) => Input.SetList(key, values, OriginOf(line));

    private static ConfigurationOrigin OriginOf(MosquittoLine? line) => line is null ? MosquittosDefault : new ConfigurationOrigin(line.File, line.Number);
}
