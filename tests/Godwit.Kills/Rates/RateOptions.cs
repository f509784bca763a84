using System.Globalization;

namespace Godwit.Kills.Rates;

/// <summary>What bench/durability is told.</summary>
internal sealed record RateOptions
{
    /// <summary>How long each figure is measured, after <see cref="WarmUp"/>.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Before measuring.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Connections that publish.</summary>
    public IReadOnlyList<int> Publishers { get; init; } = [1, 64, 512];

    /// <summary>Messages that each of them has open.</summary>
    public IReadOnlyList<int> Windows { get; init; } = [1, 20];

    /// <summary>Bytes of each payload.</summary>
    public int PayloadBytes { get; init; } = 100;

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">Pairs of option and value.</param>
    /// <param name="error">What is wrong, else empty.</param>
    /// <returns>Null: something is wrong.</returns>
    public static RateOptions? Read(string[] arguments, out string error)
    {
        var read = new RateOptions();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (read.With(arguments[i], i + 1 < arguments.Length ? arguments[i + 1] : "") is not { } more)
            {
                error = $"'{arguments[i]}' is not understood.";
                return null;
            }

            read = more;
        }

        error = "";
        return read;
    }

    private RateOptions? With(string name, string value) => name switch
    {
        "--seconds" when double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 =>
            this with { Time = TimeSpan.FromSeconds(seconds) },
        "--publishers" when Numbers(value) is { } publishers => this with { Publishers = publishers },
        "--windows" when Numbers(value) is { } windows => this with { Windows = windows },
        "--payload" when Numbers(value) is [var bytes] => this with { PayloadBytes = bytes },
        _ => null,
    };

    /// <summary>Numbers from 1 to 10,000, with commas between them.</summary>
    private static List<int>? Numbers(string value)
    {
        List<int> numbers = [];
        foreach (var part in value.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 10_000)
            {
                return null;
            }

            numbers.Add(number);
        }

        return numbers;
    }
}
