using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Godwit.Server.Configuration;

/// <summary>The kinds of values that keys take.</summary>
public static class KeyTypes
{
    /// <summary>true or false.</summary>
    public static KeyType<bool> Flag { get; } = new(ParseFlag, value => value ? "true" : "false")
    {
        Values = "true or false",
        Schema = () => new JsonObject { ["type"] = "boolean" },
    };

    /// <summary>Text; not empty.</summary>
    public static KeyType<string?> Text { get; } = TextOf("text");

    /// <summary>A file that is there and can be read; the full path comes out.</summary>
    public static KeyType<string?> File { get; } = new(ParseFile, value => value ?? "")
    {
        Values = "the path of a file",
        IsPath = true,
        Schema = TextSchema,
    };

    /// <summary>A file, or a directory, that is there and can be read; the full path comes out.</summary>
    public static KeyType<string?> FileOrDirectory { get; } = new(ParseFileOrDirectory, value => value ?? "")
    {
        Values = "the path of a file or of a directory",
        IsPath = true,
        Schema = TextSchema,
    };

    /// <summary>A path of something that need not exist yet; the full path comes out.</summary>
    public static KeyType<string?> NewPath { get; } = new(ParsePath, value => value ?? "")
    {
        Values = "a path",
        IsPath = true,
        Schema = TextSchema,
    };

    /// <summary>An IP address of this machine; <c>localhost</c> is 127.0.0.1, <c>*</c> is every address of IPv4 and of IPv6.</summary>
    public static KeyType<IPAddress> Address { get; } = new(ParseAddress, value => value.ToString())
    {
        Values = "an IP address",
        Schema = TextSchema,
    };

    /// <summary>A network such as <c>10.0.0.0/8</c>; an address alone is the network of this one.</summary>
    public static KeyType<IPNetwork> Network { get; } = new(ParseNetwork, value => value.ToString())
    {
        Values = "a network such as 10.0.0.0/8, or an address",
        Schema = TextSchema,
    };

    /// <summary>A whole number; with a unit of size or time, also <c>2MB</c> or <c>30s</c>.</summary>
    public static KeyType<long> Number(string unit, long minimum, long maximum)
    {
        var example = UnitWords.Example(unit);
        var values = $"a whole number{(unit.Length > 0 ? " of " + unit : "")} from {minimum} to {maximum}"
            + (example.Length > 0 ? $", or with a unit, e.g. {example}" : "");
        return new KeyType<long>(
            (ConfigurationAssignment assignment, out long value) => ParseNumber(assignment, unit, minimum, maximum, values, out value),
            value => value.ToString(CultureInfo.InvariantCulture))
        {
            Unit = unit,
            Values = values,
            Schema = () => NumberSchema(minimum, maximum, example.Length > 0),
        };
    }

    /// <summary>A number with or without a fraction.</summary>
    public static KeyType<double> Fraction(double minimum, double maximum)
    {
        var values = string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum}");
        return new KeyType<double>(
            (ConfigurationAssignment assignment, out double value) =>
                double.TryParse(assignment.Text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
                && value >= minimum && value <= maximum && assignment.Shape is not (ValueShape.List or ValueShape.Flag or ValueShape.Text)
                    ? null
                    : Takes(values, assignment),
            value => value.ToString(CultureInfo.InvariantCulture))
        {
            Values = values,
            Schema = () => new JsonObject { ["type"] = "number", ["minimum"] = minimum, ["maximum"] = maximum },
        };
    }

    /// <summary>One of the names of an enumeration, in any case.</summary>
    public static KeyType<T> Choice<T>()
        where T : struct, Enum => Choice(Enum.GetValues<T>().Select(value => (value.ToString(), value)));

    /// <summary>One of some words, in any case. The first word for a value is the one that is shown.</summary>
    public static KeyType<T> Choice<T>(IEnumerable<(string Word, T Value)> choices)
    {
        (string Word, T Value)[] all = [.. choices];
        var values = all.Length == 1 ? all[0].Word : $"{string.Join(", ", all[..^1].Select(choice => choice.Word))} or {all[^1].Word}";
        return new KeyType<T>(
            (ConfigurationAssignment assignment, out T value) =>
            {
                var found = Array.Find(all, choice => choice.Word.Equals(assignment.Text, StringComparison.OrdinalIgnoreCase));
                value = found.Value;
                return found.Word is null || assignment.Shape == ValueShape.List ? Takes(values, assignment) : null;
            },
            value => Array.Find(all, choice => EqualityComparer<T>.Default.Equals(choice.Value, value)).Word)
        {
            Values = values,
            Schema = () => new JsonObject { ["enum"] = new JsonArray([.. all.Select(choice => WordSchema(choice.Word))]) },
        };
    }

    /// <summary>Text of a certain kind, checked by its owner.</summary>
    /// <param name="values">What it takes, in words that follow "takes".</param>
    /// <param name="check">What is wrong with it, as a sentence; null: nothing.</param>
    public static KeyType<string?> TextOf(string values, Func<string, string?>? check = null) => new(
        (ConfigurationAssignment assignment, out string? value) =>
        {
            value = assignment.Text;
            if (value.Length == 0 || assignment.Shape is ValueShape.List or ValueShape.Number or ValueShape.Flag)
            {
                return Takes(values, assignment);
            }

            return check?.Invoke(value);
        },
        value => value ?? "")
    {
        Values = values,
        Schema = TextSchema,
    };

    /// <summary>What is there, or no value at all: null is shown as empty.</summary>
    public static KeyType<T?> Optional<T>(KeyType<T> type)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(type);
        return new KeyType<T?>(
            (ConfigurationAssignment assignment, out T? value) =>
            {
                var error = type.Parse(assignment, out var parsed);
                value = parsed;
                return error;
            },
            value => value is { } present ? type.Format(present) : "")
        {
            Unit = type.Unit,
            Values = type.Values,
            IsPath = type.IsPath,
            Schema = type.Schema,
        };
    }

    /// <summary>Any number of values.</summary>
    public static KeyType<IReadOnlyList<T>> List<T>(KeyType<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return new KeyType<IReadOnlyList<T>>(
            (ConfigurationAssignment assignment, out IReadOnlyList<T> value) => ParseList(type, assignment, out value),
            value => string.Join(", ", value.Select(type.Format)))
        {
            Unit = type.Unit,
            Values = $"a list, each {type.Values}",
            IsList = true,
            IsPath = type.IsPath,
            Schema = () => new JsonObject { ["type"] = "array", ["items"] = type.Schema() },
        };
    }

    /// <summary>The sentence for a value that is not one of those a key takes.</summary>
    internal static string Takes(string values, ConfigurationAssignment assignment)
    {
        var hint = assignment.Shape switch
        {
            ValueShape.List => "a list",
            ValueShape.Text => $"\"{assignment.Text}\"",
            _ => $"'{assignment.Text}'",
        };
        return $"takes {values}, not {hint}.";
    }

    private static string? ParseList<T>(KeyType<T> type, ConfigurationAssignment assignment, out IReadOnlyList<T> value)
    {
        var texts = assignment.Shape == ValueShape.List
            ? assignment.Values
            : assignment.Text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var values = new List<T>();
        value = values;
        foreach (var text in texts)
        {
            if (type.Parse(assignment with { Values = [text], Shape = ValueShape.Plain }, out var element) is { } error)
            {
                return error;
            }

            values.Add(element);
        }

        return null;
    }

    private static string? ParseFlag(ConfigurationAssignment assignment, out bool value)
    {
        value = false;
        if (assignment.Shape == ValueShape.Text)
        {
            return $"takes true or false without quotation marks, not \"{assignment.Text}\".";
        }

        return bool.TryParse(assignment.Text, out value) ? null : Takes("true or false", assignment);
    }

    private static string? ParseNumber(ConfigurationAssignment assignment, string unit, long minimum, long maximum, string values, out long value)
    {
        value = 0;
        if (assignment.Shape is ValueShape.Flag or ValueShape.List)
        {
            return Takes(values, assignment);
        }

        return UnitWords.Parse(assignment.Text, unit, out value) switch
        {
            null when value >= minimum && value <= maximum => null,
            null or "" => Takes(values, assignment),
            { } error => $"takes {values}, not '{assignment.Text}': {error}.",
        };
    }

    private static string? ParsePath(ConfigurationAssignment assignment, out string? value)
    {
        value = null;
        if (Text.Parse(assignment, out var text) is not null)
        {
            return Takes("a path", assignment);
        }

        value = Path.GetFullPath(text!, Path.GetFullPath(assignment.BaseDirectory ?? "."));
        return null;
    }

    private static string? ParseFile(ConfigurationAssignment assignment, out string? value) =>
        ParsePath(assignment, out value) ?? (Directory.Exists(value) ? $"takes a file, and '{value}' is a directory." : ReadingError(value!));

    private static string? ParseFileOrDirectory(ConfigurationAssignment assignment, out string? value) =>
        ParsePath(assignment, out value) ?? (Directory.Exists(value) ? null : ReadingError(value!));

    private static string? ReadingError(string path)
    {
        try
        {
            using var file = System.IO.File.OpenHandle(path);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception is FileNotFoundException or DirectoryNotFoundException
                ? $"names the file '{path}', which does not exist."
                : $"names the file '{path}', which cannot be read: {exception.Message}";
        }
    }

    private static string? ParseAddress(ConfigurationAssignment assignment, out IPAddress value)
    {
        var text = assignment.Text;
        var bare = text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text;
        if (bare.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            value = IPAddress.Loopback;
            return null;
        }

        // A number alone is an address in the eyes of the system, 1883 for example, and never one that was meant.
        var isAddress = IPAddress.TryParse(bare, out var parsed) && bare.AsSpan().IndexOfAny('.', ':') >= 0;
        value = parsed ?? IPAddress.None;
        return isAddress ? null : Takes("an IP address of this machine, or 0.0.0.0 or :: for all", assignment);
    }

    private static string? ParseNetwork(ConfigurationAssignment assignment, out IPNetwork value)
    {
        value = default;
        if (IPNetwork.TryParse(assignment.Text, out value))
        {
            return null;
        }

        if (ParseAddress(assignment, out var address) is null)
        {
            value = new IPNetwork(address, address.GetAddressBytes().Length * 8);
            return null;
        }

        return Takes(Network.Values, assignment)[..^1] + "; the bits behind the prefix are zero.";
    }

    private static JsonObject TextSchema() => new() { ["type"] = "string" };

    private static JsonNode WordSchema(string word) => int.TryParse(word, CultureInfo.InvariantCulture, out var number) ? number : word;

    private static JsonObject NumberSchema(long minimum, long maximum, bool hasUnits)
    {
        var schema = new JsonObject { ["type"] = "integer", ["minimum"] = minimum, ["maximum"] = maximum };
        return hasUnits
            ? new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9_]+ ?[A-Za-z]*$" }) }
            : schema;
    }
}
