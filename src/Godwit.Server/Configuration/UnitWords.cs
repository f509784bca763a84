using System.Globalization;

namespace Godwit.Server.Configuration;

/// <summary>Sizes and durations as people write them: <c>2MB</c>, <c>2MiB</c>, <c>30s</c>.</summary>
internal static class UnitWords
{
    private static readonly Dictionary<string, long> Sizes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["B"] = 1,
        ["KB"] = 1_000,
        ["MB"] = 1_000_000,
        ["GB"] = 1_000_000_000,
        ["TB"] = 1_000_000_000_000,
        ["KiB"] = 1L << 10,
        ["MiB"] = 1L << 20,
        ["GiB"] = 1L << 30,
        ["TiB"] = 1L << 40,
    };

    /// <summary>In milliseconds. Words without case, as sizes: there is no unit that differs from another by its case.</summary>
    private static readonly Dictionary<string, long> Durations = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ms"] = 1,
        ["s"] = 1_000,
        ["min"] = 60_000,
        ["m"] = 60_000,
        ["h"] = 3_600_000,
        ["d"] = 86_400_000,
    };

    /// <summary>Units of a key, and what one is worth in the words above.</summary>
    private static readonly Dictionary<string, (Dictionary<string, long> Words, long Worth)> Units = new(StringComparer.Ordinal)
    {
        ["bytes"] = (Sizes, 1),
        ["bytes/s"] = (Sizes, 1),
        ["milliseconds"] = (Durations, 1),
        ["seconds"] = (Durations, 1_000),
        ["minutes"] = (Durations, 60_000),
        ["hours"] = (Durations, 3_600_000),
        ["days"] = (Durations, 86_400_000),
    };

    /// <summary>An example of a value with a unit; empty: the unit has no words.</summary>
    internal static string Example(string unit)
    {
        if (!Units.TryGetValue(unit, out var found))
        {
            return "";
        }

        return found.Words == Sizes ? "2MB" : unit is "milliseconds" or "seconds" ? "30s" : "7d";
    }

    /// <summary>Reads a whole number with or without a unit.</summary>
    /// <param name="text"><c>_</c> may separate digits; a space may stand before the unit.</param>
    /// <param name="unit">Of the key; the value comes out in it.</param>
    /// <param name="value">Zero when it is not one.</param>
    /// <returns>What is wrong, as words that follow the text; empty: it is not a number at all; null: nothing.</returns>
    internal static string? Parse(string text, string unit, out long value)
    {
        value = 0;
        var bare = text.Trim().Replace("_", "", StringComparison.Ordinal);
        var digits = bare.Length;
        while (digits > 0 && !char.IsAsciiDigit(bare[digits - 1]))
        {
            digits--;
        }

        if (!long.TryParse(bare.AsSpan(0, digits), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return "";
        }

        var word = bare[digits..].Trim();
        if (word.Length == 0)
        {
            value = number;
            return null;
        }

        if (!Units.TryGetValue(unit, out var found) || !found.Words.TryGetValue(word, out var worth))
        {
            return Sizes.ContainsKey(word) || Durations.ContainsKey(word) ? $"{word} does not measure {unit}" : $"there is no unit {word}";
        }

        var product = (Int128)number * worth;
        if (product % found.Worth != 0)
        {
            return $"that is not a whole number of {unit}";
        }

        value = (long)Int128.Clamp(product / found.Worth, long.MinValue, long.MaxValue);
        return null;
    }
}
