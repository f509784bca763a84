using System.Globalization;

namespace Godwit.Fuzz.Commands;

/// <summary>What a long run is told.</summary>
internal sealed record FuzzOptions
{
    /// <summary>Names the targets and ends.</summary>
    public bool List { get; private init; }

    /// <summary>The target to run.</summary>
    public string Target { get; private init; } = "";

    /// <summary>How long; a fraction is fine.</summary>
    public double Minutes { get; private init; } = 1;

    /// <summary>Where the inputs come from.</summary>
    public ulong Seed { get; private init; } = 1;

    /// <summary>Only this one; null: as many as the time allows.</summary>
    public long? Iteration { get; private init; }

    /// <summary>Where failing inputs are written; empty: artifacts/fuzz in the repository.</summary>
    public string Folder { get; private init; } = "";

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">Pairs of option and value; <c>--list</c> stands alone.</param>
    /// <param name="error">What is wrong, else empty.</param>
    /// <returns>Null: something is wrong.</returns>
    public static FuzzOptions? Read(string[] arguments, out string error)
    {
        var options = new FuzzOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--list")
            {
                options = options with { List = true };
                continue;
            }

            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            if (options.With(arguments[i++], value) is not { } more)
            {
                error = $"'{arguments[i - 1]} {value}' is not understood.";
                return null;
            }

            options = more;
        }

        var isKnown = options.List || FuzzTargets.Names.Contains(options.Target, StringComparer.Ordinal);
        error = isKnown ? "" : $"There is no target '{options.Target}', but {string.Join(", ", FuzzTargets.Names)}.";
        return isKnown ? options : null;
    }

    private FuzzOptions? With(string name, string value)
    {
        var culture = CultureInfo.InvariantCulture;
        return name switch
        {
            "--target" => this with { Target = value },
            "--folder" => this with { Folder = value },
            "--minutes" when double.TryParse(value, NumberStyles.AllowDecimalPoint, culture, out var minutes) => this with { Minutes = minutes },
            "--seed" when ulong.TryParse(value, NumberStyles.None, culture, out var seed) => this with { Seed = seed },
            "--iteration" when long.TryParse(value, NumberStyles.None, culture, out var iteration) => this with { Iteration = iteration },
            _ => null,
        };
    }
}
