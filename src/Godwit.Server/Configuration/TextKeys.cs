using System.Globalization;
using System.Text.Json.Nodes;
using Godwit.Server.Listeners;

namespace Godwit.Server.Configuration;

/// <summary>Keys whose sections read their values themselves, from text.</summary>
internal static class TextKeys
{
    private const string FlagValues = "true or false";

    /// <summary>The keys of a listener, of its encryption, and of a certificate for one host name.</summary>
    /// <param name="keys">Their own table.</param>
    /// <param name="files">Names of keys that are files which must be there.</param>
    /// <param name="newPaths">Names of keys that are paths of what need not be there.</param>
    internal static KeyTable<T> Of<T>(IEnumerable<ListenerKey<T>> keys, IReadOnlyCollection<string> files, params IReadOnlyCollection<string> newPaths)
        where T : class, new()
    {
        var table = new KeyTable<T>();
        foreach (var key in keys)
        {
            var path = files.Contains(key.Name, StringComparer.Ordinal) ? KeyTypes.FileOrDirectory : newPaths.Contains(key.Name, StringComparer.Ordinal) ? KeyTypes.NewPath : null;
            var type = Words(key.Values, key.IsList, path);
            table.AddChecked(
                key.Name,
                type,
                key.Get,
                (section, values) => key.Set(section, values) is { } error ? $"takes {key.Values}: {error.TrimEnd('.')}." : null,
                isHot: true,
                key.Mosquitto ?? "",
                key.Meaning,
                key.Default,
                reopens: !key.IsHot);
        }

        return table;
    }

    private static KeyType<IReadOnlyList<string>> Words(string values, bool isList, KeyType<string?>? path) => new(
        (ConfigurationAssignment assignment, out IReadOnlyList<string> value) => ParseWords(assignment, values, isList, path, out value),
        value => string.Join(", ", value))
    {
        Values = values,
        IsList = isList,
        IsPath = path is not null,
        Schema = () => SchemaOf(values, isList),
    };

    private static string? ParseWords(ConfigurationAssignment assignment, string values, bool isList, KeyType<string?>? pathType, out IReadOnlyList<string> value)
    {
        value = assignment.Values;
        if (pathType is not null)
        {
            var error = pathType.Parse(assignment, out var path);
            value = [path ?? ""];
            return error;
        }

        if (assignment.Shape == ValueShape.List)
        {
            return isList ? null : KeyTypes.Takes(values, assignment);
        }

        if (assignment.Shape == ValueShape.Text && values is FlagValues)
        {
            return KeyTypes.Flag.Parse(assignment, out _);
        }

        if (isList)
        {
            value = assignment.Text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }

        return null;
    }

    private static JsonObject SchemaOf(string values, bool isList)
    {
        if (isList)
        {
            return new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } };
        }

        // "0 to 65535": a number by its range.
        var words = values.Split(" to ");
        if (words.Length == 2 && long.TryParse(words[0], CultureInfo.InvariantCulture, out var minimum) && long.TryParse(words[1], CultureInfo.InvariantCulture, out var maximum))
        {
            return new JsonObject { ["type"] = "integer", ["minimum"] = minimum, ["maximum"] = maximum };
        }

        return new JsonObject { ["type"] = values is FlagValues ? "boolean" : "string" };
    }
}
