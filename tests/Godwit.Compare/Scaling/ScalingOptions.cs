using System.Globalization;

namespace Godwit.Compare.Scaling;

/// <summary>What bench/scaling is told.</summary>
internal sealed record ScalingOptions
{
    /// <summary>How often everything is measured.</summary>
    public int Rounds { get; init; } = 2;

    /// <summary>How long a point is measured.</summary>
    public double Seconds { get; init; } = 1.5;

    /// <summary>The same load before it is measured.</summary>
    public double WarmUpSeconds { get; init; } = 1;

    /// <summary>Two or three points of each axis, without the largest.</summary>
    public bool IsQuick { get; init; }

    /// <summary>In order.</summary>
    public IReadOnlyList<Axis> Axes { get; init; } = Scaling.Axes.All;

    /// <summary>Where the JSON goes; null: nowhere.</summary>
    public string? Json { get; init; }

    /// <summary>Where the page goes, and beside it the directory of its plots; null: nowhere.</summary>
    public string? Page { get; init; }

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">As given.</param>
    /// <param name="error">What is wrong, else empty.</param>
    /// <returns>Null: something is wrong.</returns>
    public static ScalingOptions? Read(IReadOnlyList<string> arguments, out string error)
    {
        // Quick first: what is said explicitly goes before it, wherever it stands.
        var read = arguments.Contains("--quick", StringComparer.Ordinal) ? new ScalingOptions { Rounds = 1, Seconds = 0.7, WarmUpSeconds = 0.4, IsQuick = true } : new ScalingOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is "--quick" or "--write")
            {
                read = arguments[i] == "--write" ? read with { Page = Path.Combine("docs", "scaling.md") } : read;
                continue;
            }

            if (i + 1 == arguments.Count || read.With(arguments[i], arguments[i + 1]) is not { } more)
            {
                error = $"'{string.Join(' ', arguments.Skip(i).Take(2))}' is not understood; see --help";
                return null;
            }

            read = more;
            i++;
        }

        error = read is { Page: not null } && (read.IsQuick || read.Axes.Count < Scaling.Axes.All.Count)
            ? "--write wants a full run: docs/scaling.md is not made of a part of it"
            : "";
        return error.Length == 0 ? read : null;
    }

    private ScalingOptions? With(string name, string value) => name switch
    {
        "--rounds" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds is > 0 and <= 100 => this with { Rounds = rounds },
        "--seconds" when double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 60 =>
            this with { Seconds = seconds },
        "--axes" when Chosen(value) is { } axes => this with { Axes = axes },
        "--json" => this with { Json = value },
        _ => null,
    };

    /// <summary>An axis is chosen by its name, the axes of pressure also together.</summary>
    private static List<Axis>? Chosen(string value)
    {
        var names = value.Split(',');
        bool IsNamed(Axis axis, string name) => axis.Id == name || axis.Id.StartsWith(name + "-", StringComparison.Ordinal);
        return Array.TrueForAll(names, name => Scaling.Axes.All.Any(axis => IsNamed(axis, name)))
            ? [.. Scaling.Axes.All.Where(axis => Array.Exists(names, name => IsNamed(axis, name)))]
            : null;
    }
}
