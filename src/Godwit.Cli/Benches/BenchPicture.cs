using System.Globalization;
using Godwit.Bench.Plans;
using Godwit.Bench.Reports;
using Godwit.Bench.Runs;

namespace Godwit.Cli.Benches;

/// <summary>The words and lines of a running bench.</summary>
internal static class BenchPicture
{
    private const int BarWidth = 25;
    private const int SparkWidth = 20;
    private const string Sparks = "▁▂▃▄▅▆▇█";

    /// <summary>A few lines for a terminal.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="progress">How far it is.</param>
    /// <param name="width">Columns; longer lines are cut, or they could not be painted over.</param>
    /// <param name="hasColour">Colours are allowed.</param>
    internal static IReadOnlyList<string> Of(BenchPlan plan, BenchProgress progress, int width, bool hasColour)
    {
        var totals = progress.Totals;
        var recent = progress.Samples.Count > 0 ? progress.Samples[^1] : new BenchSample(0, 0, 0, 0, 0, 0, 0);
        var lines = new List<string> { $"{plan.Shape.ToString().ToLowerInvariant()}  {progress.Stage}  {Clock(progress)}   {Units.Describe(plan)}" };
        if (plan.Publishers > 0)
        {
            lines.Add($"sent     {Units.Count(totals.Sent),14}  {Units.Short(recent.SentRate),6}/s {Spark(progress, sample => sample.SentRate)}   acked {Units.Short(recent.AcknowledgedRate)}/s   errors {Units.Count(totals.Errors)}");
        }

        if (plan.Shape == BenchShape.Conn)
        {
            lines.Add($"open     {Units.Count(totals.ReadySubscribers),14}   of {Units.Count(plan.Subscribers)}   errors {Units.Count(totals.Errors)}   pings {Units.Count(totals.Pongs)}");
        }
        else if (plan.Subscribers > 0)
        {
            lines.Add($"received {Units.Count(totals.Received),14}  {Units.Short(recent.ReceivedRate),6}/s {Spark(progress, sample => sample.ReceivedRate)}   missing {Units.Count(totals.Missing)}   dup {Units.Count(totals.Duplicates)}   out of order {Units.Count(totals.OutOfOrder)}");
        }

        if (progress.Latency.Count > 0)
        {
            var latency = progress.Latency;
            lines.Add($"latency  p50 {Units.Time(latency.Quantile(0.5))}   p90 {Units.Time(latency.Quantile(0.9))}   p99 {Units.Time(latency.Quantile(0.99))}   p99.9 {Units.Time(latency.Quantile(0.999))}   max {Units.Time(latency.Maximum)}");
        }

        var isBad = totals.Errors + totals.Missing + totals.Duplicates > 0;
        return [.. lines.Select((line, i) => Paint(Cut(line, width), i == 0 ? "1" : isBad && i == lines.Count - 2 ? "33" : "", hasColour))];
    }

    /// <summary>One line for a file.</summary>
    internal static string Line(BenchProgress progress)
    {
        var totals = progress.Totals;
        var recent = progress.Samples.Count > 0 ? progress.Samples[^1] : new BenchSample(0, 0, 0, 0, 0, 0, 0);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.Stage} {progress.Elapsed.TotalSeconds:0} s: sent {totals.Sent} ({recent.SentRate:0}/s), received {totals.Received} ({recent.ReceivedRate:0}/s), missing {totals.Missing}, dup {totals.Duplicates}, errors {totals.Errors}");
    }

    private static string Clock(BenchProgress progress)
    {
        var elapsed = progress.Elapsed.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture);
        if (progress.Length <= TimeSpan.Zero)
        {
            return elapsed;
        }

        var share = Math.Clamp(progress.Elapsed / progress.Length, 0, 1);
        var filled = (int)(share * BarWidth);
        var bar = new string('━', filled) + new string('─', BarWidth - filled);
        return string.Create(CultureInfo.InvariantCulture, $"{elapsed}/{progress.Length:hh\\:mm\\:ss} {bar} {share * 100:0}%");
    }

    private static string Spark(BenchProgress progress, Func<BenchSample, double> of)
    {
        var values = progress.Samples.TakeLast(SparkWidth).Select(of).ToList();
        var largest = Math.Max(values.DefaultIfEmpty(0).Max(), 1);
        return string.Concat(values.Select(value => Sparks[(int)(Math.Max(value, 0) / largest * (Sparks.Length - 1))]));
    }

    private static string Cut(string line, int width) => width > 0 && line.Length >= width ? line[..(width - 1)] : line;

    private static string Paint(string line, string colour, bool hasColour) => hasColour && colour.Length > 0 ? $"\e[{colour}m{line}\e[0m" : line;
}
