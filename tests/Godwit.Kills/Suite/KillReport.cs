using System.Globalization;
using Godwit.Kills.Judging;

namespace Godwit.Kills.Suite;

/// <summary>What a run has found.</summary>
internal sealed record KillReport
{
    public required string Title { get; init; }

    /// <summary>All of them.</summary>
    public required int Kills { get; init; }

    /// <summary>Those before the broker listened.</summary>
    public required int KillsInRecovery { get; init; }

    /// <summary>How often the end of the log was torn between a kill and the next start.</summary>
    public required int Torn { get; init; }

    /// <summary>Those of them that the next broker that listened has named; the others were cut off by one that was killed before it listened.</summary>
    public required int TornNamed { get; init; }

    /// <summary>Messages of QoS 1 and 2 that were published.</summary>
    public required long Published { get; init; }

    /// <summary>Those of them that the broker has acknowledged.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>What the subscribers had to get: each acknowledged message, as often as there are subscribers.</summary>
    public required long Deliveries { get; init; }

    /// <summary>Wills whose end is certain.</summary>
    public required int Wills { get; init; }

    /// <summary>From the start of the process until it listens, after each kill, in order of length.</summary>
    public required IReadOnlyList<TimeSpan> Recoveries { get; init; }

    public required TimeSpan Time { get; init; }

    public required Findings Findings { get; init; }

    /// <summary>Of the deliveries, in percent.</summary>
    public double LostPercent => Deliveries == 0 ? 0 : 100.0 * Findings[Fault.Lost] / Deliveries;

    public override string ToString()
    {
        var f = Findings;
        var figures = string.Create(CultureInfo.InvariantCulture, $"""
            {Title}
              kills          {Kills}, {KillsInRecovery} of them during recovery, in {Time.TotalSeconds:0} s
              torn ends      {Torn}, {TornNamed} of them named
              published      {Published}, acknowledged {Acknowledged}, which makes {Deliveries} deliveries
              lost           {f[Fault.Lost]} deliveries ({LostPercent:0.00} %)
              duplicated     {f[Fault.Duplicated]} of QoS 2
              reordered      {f[Fault.Reordered]}
              never sent     {f[Fault.NeverPublished]}, corrupt {f[Fault.Corrupt]}, packet ids reused {f[Fault.PacketIdReused]}
              sessions       {f[Fault.SessionLost]} lost
              subscriptions  {f[Fault.SubscriptionLost]} lost, {f[Fault.SubscriptionReturned]} returned
              retained       {f[Fault.RetainedLost]} lost, {f[Fault.RetainedReturned]} returned
              wills          {Wills}, of which {f[Fault.WillLost]} lost, {f[Fault.WillDuplicated]} duplicated, {f[Fault.WillUnwanted]} unwanted
              misbehaved     {f[Fault.Misbehaved]}
              recovery       {Percentile(0.5):0} ms in the middle, {Percentile(1):0} ms at most

            """);
        return figures + f;
    }

    private double Percentile(double share) =>
        Recoveries.Count == 0 ? 0 : Recoveries[Math.Min(Recoveries.Count - 1, (int)(share * Recoveries.Count))].TotalMilliseconds;
}
