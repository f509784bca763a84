using System.Globalization;

namespace Godwit.Kills.Interference;

/// <summary>What bench/durability-interference is told.</summary>
internal sealed record InterferenceOptions
{
    /// <summary>How long each figure is measured, after <see cref="WarmUp"/>.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Before measuring.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How often each phase is measured; the medians count.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Connections that publish as fast as they are acknowledged.</summary>
    public int Publishers { get; init; } = 100;

    /// <summary>Messages that each of them has open.</summary>
    public int Window { get; init; } = 20;

    /// <summary>Messages a second of the load that does not wait for acknowledgements.</summary>
    public int PerSecond { get; init; } = 20_000;

    /// <summary>Beside it, in all phases, large messages that fill segments: bytes a second.</summary>
    public int ChurnBytesPerSecond { get; init; } = 20_000_000;

    /// <summary>Bytes of messages that stay queued all the time.</summary>
    public int PinnedBytes { get; init; } = 64 << 20;

    /// <summary>Of the broker.</summary>
    public int SegmentBytes { get; init; } = 16 << 20;

    /// <summary>What p99 may be at most, times that of <see cref="InterferencePhase.Quiet"/>.</summary>
    public double RatioMax { get; init; } = 2;

    /// <summary>What is measured.</summary>
    public IReadOnlyList<InterferencePhase> Phases { get; init; } = Enum.GetValues<InterferencePhase>();

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">Pairs of option and value.</param>
    /// <param name="error">What is wrong, else empty.</param>
    /// <returns>Null: something is wrong.</returns>
    public static InterferenceOptions? Read(string[] arguments, out string error)
    {
        var read = new InterferenceOptions();
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

    private InterferenceOptions? With(string name, string value)
    {
        var isNumber = double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 1_000_000;
        return name switch
        {
            "--seconds" when isNumber => this with { Time = TimeSpan.FromSeconds(number) },
            "--warm-up" when isNumber => this with { WarmUp = TimeSpan.FromSeconds(number) },
            "--rounds" when isNumber && number >= 1 => this with { Rounds = (int)number },
            "--publishers" when isNumber && number is >= 1 and <= 10_000 => this with { Publishers = (int)number },
            "--window" when isNumber && number is >= 1 and <= 10_000 => this with { Window = (int)number },
            "--rate" when isNumber && number >= 1 => this with { PerSecond = (int)number },
            "--churn" when isNumber && number <= 1_000 => this with { ChurnBytesPerSecond = (int)(number * 1e6) },
            "--pinned" when isNumber && number <= 1_000 => this with { PinnedBytes = (int)(number * 1e6) },
            "--segment" when isNumber && number is >= 1 and <= 256 => this with { SegmentBytes = (int)(number * (1 << 20)) },
            "--ratio-max" when isNumber => this with { RatioMax = number },
            "--phases" when Phase(value) is { } phases => this with { Phases = phases },
            _ => null,
        };
    }

    /// <summary>The quiet phase is always there, as the others are compared with it.</summary>
    private static List<InterferencePhase>? Phase(string value)
    {
        List<InterferencePhase> phases = [InterferencePhase.Quiet];
        foreach (var part in value.Split(','))
        {
            if (!Enum.GetNames<InterferencePhase>().Contains(part, StringComparer.OrdinalIgnoreCase))
            {
                return null;
            }

            phases.Add(Enum.Parse<InterferencePhase>(part, ignoreCase: true));
        }

        return [.. phases.Distinct()];
    }
}
