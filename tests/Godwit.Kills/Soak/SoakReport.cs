using System.Globalization;
using Godwit.Kills.Judging;

namespace Godwit.Kills.Soak;

/// <summary>What a soak has found.</summary>
internal sealed record SoakReport
{
    public required string Title { get; init; }

    public required TimeSpan Time { get; init; }

    /// <summary>What the subscribers had to get.</summary>
    public required long Deliveries { get; init; }

    public required int Takeovers { get; init; }

    /// <summary>Of certificates and rules, each seen to be in force.</summary>
    public required int Reloads { get; init; }

    public required SoakTrend Trend { get; init; }

    public required Findings Findings { get; init; }

    /// <summary>Nothing was lost, doubled or refused that should not be, and nothing grows.</summary>
    public bool IsClean => Findings.Total == 0 && Trend.IsFlat;

    public override string ToString()
    {
        var figures = string.Create(CultureInfo.InvariantCulture, $"""
            {Title}
              time        {Time.TotalSeconds:0} s
              deliveries  {Deliveries} of QoS 1 and 2; {Findings[Fault.Lost]} lost, {Findings[Fault.Duplicated]} duplicated, {Findings[Fault.Reordered]} out of order
              takeovers   {Takeovers}
              reloads     {Reloads} of certificate and rules
              memory      {Trend.MemoryMB:+0.0;-0.0;0} MB (at most {SoakTrend.MemoryMBMax:0}), {Trend.MemoryMBPerHour:+0.0;-0.0;0} MB an hour
              handles     {Trend.Handles:+0;-0;0} (at most {SoakTrend.HandlesMax})
              threads     {Trend.Threads:+0;-0;0} (at most {SoakTrend.ThreadsMax})
            {(IsClean ? "clean" : "NOT CLEAN")}

            """);
        return figures + Findings;
    }
}
