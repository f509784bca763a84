using System.Globalization;
using Godwit.Compare.Loads;

namespace Godwit.Compare.Running;

/// <summary>What bench/compare is told.</summary>
internal sealed record CompareOptions
{
    /// <summary>How often everything is measured.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>How long a figure is measured.</summary>
    public double Seconds { get; init; } = 3;

    /// <summary>The same load before it is measured, for each broker.</summary>
    public double WarmUpSeconds { get; init; } = 1;

    /// <summary>A tenth of the sizes of h, i, j and k, and latency of a and b only.</summary>
    public bool IsQuick { get; init; }

    /// <summary>In order.</summary>
    public IReadOnlyList<Workload> Workloads { get; init; } = Loads.Workloads.All;

    /// <summary>A built mqload; null: <c>godwit bench</c>.</summary>
    public string? Generator { get; init; }

    /// <summary>A built relay; null: none.</summary>
    public string? Relay { get; init; }

    /// <summary>Where the JSON goes; null: nowhere.</summary>
    public string? Json { get; init; }

    /// <summary>Where the page goes; null: nowhere.</summary>
    public string? Page { get; init; }

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">As given.</param>
    /// <param name="error">What is wrong, else empty.</param>
    /// <returns>Null: something is wrong.</returns>
    public static CompareOptions? Read(IReadOnlyList<string> arguments, out string error)
    {
        // Quick first: what is said explicitly goes before it, wherever it stands.
        var read = arguments.Contains("--quick", StringComparer.Ordinal) ? new CompareOptions { Rounds = 1, Seconds = 1, WarmUpSeconds = 0.5, IsQuick = true } : new CompareOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is "--quick" or "--write")
            {
                read = arguments[i] == "--write" ? read with { Page = Path.Combine("docs", "performance.md") } : read;
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

        error = read is { Page: not null } && (read.IsQuick || read.Workloads.Count < Loads.Workloads.All.Count)
            ? "--write wants a full run: docs/performance.md is not made of a part of it"
            : "";
        return error.Length == 0 ? read : null;
    }

    private CompareOptions? With(string name, string value) => name switch
    {
        "--rounds" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds is > 0 and <= 100 => this with { Rounds = rounds },
        "--seconds" when double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 60 =>
            this with { Seconds = seconds },
        "--workloads" when Letters(value) is { } workloads => this with { Workloads = workloads },
        "--generator" => this with { Generator = value },
        "--relay" => this with { Relay = value },
        "--json" => this with { Json = value },
        _ => null,
    };

    private static List<Workload>? Letters(string value)
    {
        var ids = value.Split(',').ToHashSet(StringComparer.Ordinal);
        var chosen = Loads.Workloads.All.Where(workload => ids.Contains(workload.Id)).ToList();
        return chosen.Count == ids.Count ? chosen : null;
    }
}
