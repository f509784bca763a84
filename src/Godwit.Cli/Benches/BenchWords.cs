using System.CommandLine;
using System.Globalization;
using Godwit.Cli.Clients;
using Godwit.Cli.Commands;

namespace Godwit.Cli.Benches;

/// <summary>The words that were typed behind flags; a flag that a command does not have was never typed.</summary>
internal sealed class BenchWords(ParseResult result)
{
    private const double SecondsMax = 31_536_000;       // a year

    internal bool IsSet(Option option) => ClientFlags.IsSet(result, option);

    /// <summary>Null: not typed.</summary>
    internal string? Text(Option option) => ClientFlags.LastOf(result, option);

    /// <summary>A whole number.</summary>
    /// <exception cref="UsageException">It is something else.</exception>
    internal int Number(Option option, int absent, int minimum, int maximum, string what) =>
        Text(option) is { } text ? ClientFlags.Number(text, minimum, maximum, what) : absent;

    /// <summary>A number with or without decimals, not negative.</summary>
    /// <exception cref="UsageException">It is something else.</exception>
    internal double Decimal(Option option, double absent, string what)
    {
        if (Text(option) is not { } text)
        {
            return absent;
        }

        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number <= 1e9
            ? number
            : throw new UsageException($"'{text}' is not a {what}: a number from 0 on.");
    }

    /// <summary>A length of time: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>1h</c>; without a unit seconds.</summary>
    /// <exception cref="UsageException">It is something else.</exception>
    internal TimeSpan Time(Option option, TimeSpan absent) => Text(option) is { } text ? ParseTime(text) : absent;

    internal static TimeSpan ParseTime(string text)
    {
        var digits = text.TrimEnd('s', 'm', 'h');
        double? seconds = text[digits.Length..] switch
        {
            "ms" => 0.001,
            "" or "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => null,
        };
        var isNumber = double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
        return isNumber && seconds is { } unit && number * unit <= SecondsMax
            ? TimeSpan.FromSeconds(number * unit)
            : throw new UsageException($"'{text}' is not a length of time: 500ms, 30s, 5m or 1h.");
    }
}
