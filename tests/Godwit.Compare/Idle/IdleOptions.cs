using System.Globalization;

namespace Godwit.Compare.Idle;

/// <summary>What bench/idle is told.</summary>
internal sealed record IdleOptions
{
    private static readonly string[] AllParts = ["start", "empty", "connections", "limit"];

    /// <summary>What is measured: start, empty, connections, limit.</summary>
    public IReadOnlyList<string> Parts { get; init; } = AllParts;

    /// <summary>Starts of each broker.</summary>
    public int Starts { get; init; } = 5;

    /// <summary>How long the broker without clients is watched.</summary>
    public double EmptySeconds { get; init; } = 20;

    /// <summary>How long it may rest before.</summary>
    public double SettleSeconds { get; init; } = 5;

    /// <summary>Idle connections.</summary>
    public int Connections { get; init; } = 19_000;

    /// <summary>Of these connections; the generator pings twice in it.</summary>
    public int KeepAliveSeconds { get; init; } = 60;

    /// <summary>The same with 500 connections that ping each half second, before it is measured.</summary>
    public double WarmUpSeconds { get; init; } = 2;

    /// <summary>How long the connections are held.</summary>
    public double HoldSeconds { get; init; } = 60;

    /// <summary>What the broker may have in the last part.</summary>
    public long MemoryLimitBytes { get; init; } = 128 << 20;

    /// <summary>How long that part takes.</summary>
    public double LimitSeconds { get; init; } = 600;

    /// <summary>Smaller and shorter.</summary>
    public bool IsQuick { get; init; }

    /// <summary>Where the JSON goes; null: nowhere.</summary>
    public string? Json { get; init; }

    /// <summary>Where the page goes; null: nowhere.</summary>
    public string? Page { get; init; }

    /// <summary>A tenth of the connections with a tenth of the keep-alive send as many PINGREQ a second.</summary>
    public static IdleOptions Quick { get; } = new()
    {
        Starts = 3,
        EmptySeconds = 3,
        SettleSeconds = 2,
        Connections = 1_900,
        KeepAliveSeconds = 6,
        HoldSeconds = 6,
        LimitSeconds = 20,
        IsQuick = true,
    };

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">As given.</param>
    /// <param name="error">What is wrong, else empty.</param>
    /// <returns>Null: something is wrong.</returns>
    public static IdleOptions? Read(IReadOnlyList<string> arguments, out string error)
    {
        // Quick first: what is said explicitly goes before it, wherever it stands.
        var read = arguments.Contains("--quick", StringComparer.Ordinal) ? Quick : new IdleOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is "--quick" or "--write")
            {
                read = arguments[i] == "--write" ? read with { Page = Path.Combine("docs", "idle.md") } : read;
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

        error = read is { Page: not null } && (read.IsQuick || read.Parts.Count < AllParts.Length)
            ? "--write wants a full run: docs/idle.md is not made of a part of it"
            : "";
        return error.Length == 0 ? read : null;
    }

    private IdleOptions? With(string name, string value) => name switch
    {
        "--parts" when value.Split(',') is var parts && Array.TrueForAll(parts, AllParts.Contains) => this with { Parts = [.. AllParts.Where(parts.Contains)] },
        "--connections" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var connections) && connections is > 0 and <= 1_000_000 =>
            this with { Connections = connections },
        "--memory-limit" when Bytes(value) is { } bytes => this with { MemoryLimitBytes = bytes },
        "--seconds" when double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 86_400 =>
            this with { LimitSeconds = seconds },
        "--json" => this with { Json = value },
        _ => null,
    };

    /// <summary>Such as 128MB: of 2^20 bytes, as containers count.</summary>
    private static long? Bytes(string text) =>
        text.EndsWith("MB", StringComparison.Ordinal) && int.TryParse(text[..^2], NumberStyles.None, CultureInfo.InvariantCulture, out var megabytes) && megabytes is >= 16 and <= 1_000_000
            ? (long)megabytes << 20
            : null;
}
