using System.Globalization;
using System.Numerics;
using System.Text;
using Godwit.Server.Configuration;

namespace Godwit.Fuzz.Targets;

/// <summary>Sizes and durations, against a model with numbers of any size. An input is a value, <c>|</c>, and the unit of its key.</summary>
internal sealed class UnitWordsTarget : TextTarget
{
    private static readonly string[] Units = ["bytes", "bytes/s", "milliseconds", "seconds", "minutes", "hours", "days", "messages"];

    private static readonly Dictionary<string, (string Of, BigInteger Worth)> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["B"] = ("size", 1),
        ["KB"] = ("size", 1_000),
        ["MB"] = ("size", 1_000_000),
        ["GB"] = ("size", 1_000_000_000),
        ["TB"] = ("size", 1_000_000_000_000),
        ["KiB"] = ("size", 1024),
        ["MiB"] = ("size", 1 << 20),
        ["GiB"] = ("size", 1 << 30),
        ["TiB"] = ("size", (BigInteger)1 << 40),
        ["ms"] = ("time", 1),
        ["s"] = ("time", 1_000),
        ["m"] = ("time", 60_000),
        ["min"] = ("time", 60_000),
        ["h"] = ("time", 3_600_000),
        ["d"] = ("time", 86_400_000),
    };

    public override string Name => "unit-words";

    public override long AllocatedBytesMax(int inputSize) => 20_000 + (100L * inputSize);

    protected override int WordsMax => 6;

    protected override IReadOnlyList<string> Words { get; } =
        ["0", "1", "9", "7_000", "_", "-", "+", ".", " ", "|", "9223372036854775807", "9223372036854775808", "٣", "e", .. Known.Keys, .. Units, .. Units.Select(unit => $"|{unit}")];

    public override void Run(ReadOnlySpan<byte> input)
    {
        var parts = Encoding.UTF8.GetString(input).Split('|');
        foreach (var unit in parts.Length > 1 ? [parts[^1]] : Units)
        {
            var error = UnitWords.Parse(parts[0], unit, out var value);
            var expected = ValueOf(parts[0], unit);
            Require((error is null) == (expected is not null), $"'{parts[0]}' in {unit} is {error ?? "well"}, and should be {expected?.ToString(CultureInfo.InvariantCulture) ?? "wrong"}");
            Require(error is not null || value == expected, $"'{parts[0]}' in {unit} is {value}, and should be {expected}");
            Require(error is null || value == 0, "a value that is wrong is not zero");
        }
    }

    /// <summary>Null: it is none.</summary>
    private static BigInteger? ValueOf(string text, string unit)
    {
        var bare = text.Trim().Replace("_", "", StringComparison.Ordinal);
        var letters = string.Concat(bare.Reverse().TakeWhile(letter => letter is < '0' or > '9').Reverse());
        var digits = bare[..^letters.Length];
        var unsigned = digits.StartsWith('-') || digits.StartsWith('+') ? digits[1..] : digits;
        if (unsigned.Length == 0 || unsigned.Any(letter => letter is < '0' or > '9'))
        {
            return null;
        }

        var number = BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (number < long.MinValue || number > long.MaxValue)
        {
            return null;
        }

        var word = letters.Trim();
        if (word.Length == 0)
        {
            return number;
        }

        var (of, worth) = unit switch
        {
            "bytes" or "bytes/s" => ("size", 1),
            "milliseconds" => ("time", 1),
            "seconds" => ("time", 1_000),
            "minutes" => ("time", 60_000),
            "hours" => ("time", 3_600_000),
            "days" => ("time", 86_400_000),
            _ => ("", 1),
        };
        if (!Known.TryGetValue(word, out var known) || known.Of != of || number * known.Worth % worth != 0)
        {
            return null;
        }

        return BigInteger.Clamp(number * known.Worth / worth, long.MinValue, long.MaxValue);
    }
}
