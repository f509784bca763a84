using System.Globalization;
using System.Text;
using Godwit.Bench.Measurement;
using Godwit.Bench.Plans;
using Godwit.Bench.Runs;
using Godwit.Protocol;

namespace Godwit.Bench.Reports;

/// <summary>A result for a person at a terminal.</summary>
public static class TextReport
{
    private const int BarWidth = 40;

    /// <summary>Writes it: counts, latencies, resources, a histogram; no line end behind the last line.</summary>
    public static string Write(BenchResult result)
    {
        var text = new StringBuilder();
        var label = result.Plan.Label.Length > 0 ? $"  [{result.Plan.Label}]" : "";
        Line(text, $"{JsonReport.NameOf(result.Plan.Shape)}  {Units.Describe(result.Plan)}{label}");
        Line(text, $"{(result.IsInterrupted ? "interrupted after " : "")}{result.Seconds:0.0} s measured");
        text.Append('\n');
        WriteCounts(text, result);
        WriteFigures(text, result);
        WriteLatencies(text, result);
        WriteUsage(text, result);
        WriteHistogram(text, result.MainLatency);
        if (result.FirstError is { } error)
        {
            Line(text, $"The first error: {error}");
        }

        return text.ToString().TrimEnd('\n');
    }

    private static void WriteCounts(StringBuilder text, BenchResult result)
    {
        var totals = result.Totals;
        if (result.Plan.Publishers > 0)
        {
            var acknowledged = result.Plan.QoS == QoS.AtMostOnce ? "" : $"   acknowledged {Units.Count(totals.Acknowledged)}";
            Line(text, $"sent      {Units.Count(totals.Sent),14}{Rate(result.SentRate)}{acknowledged}");
        }

        if (result.Plan.Subscribers > 0 && result.Plan.Shape != BenchShape.Conn)
        {
            var expected = result.KnowsExpected ? $"   expected {Units.Count(totals.Expected)}" : "";
            Line(text, $"received  {Units.Count(totals.Received),14}{Rate(result.ReceivedRate)}{expected}");
            Line(text, $"lost {Units.Count(result.Lost)}   duplicated {Units.Count(totals.Duplicates)}   out of order {Units.Count(totals.OutOfOrder)}   foreign {Units.Count(totals.Foreign)}");
        }

        Line(text, $"errors: {Units.Count(totals.FailedConnects)} failed to connect, {Units.Count(totals.Disconnects)} lost their connection, {Units.Count(totals.Refused)} refused, {Units.Count(totals.BadAcknowledgements)} bad acknowledgements");
        if (totals.Stalls > 0)
        {
            Line(text, $"{Units.Count(totals.Stalls)} times a publisher waited a second for deliveries that did not come, and went on");
        }

        text.Append('\n');
    }

    private static void WriteFigures(StringBuilder text, BenchResult result)
    {
        foreach (var figure in result.Figures)
        {
            Line(text, $"{figure.Name,-24}{figure.Value.ToString("N" + figure.Decimals, CultureInfo.InvariantCulture),14}");
        }

        if (result.Figures.Count > 0)
        {
            text.Append('\n');
        }
    }

    private static void WriteLatencies(StringBuilder text, BenchResult result)
    {
        var rows = new (string Name, LatencyHistogram Histogram)[]
        {
            ("to subscriber", result.Latency), ("acknowledged", result.Acknowledgement), ("CONNACK", result.Connect), ("PINGRESP", result.Ping),
        };
        Line(text, $"{"latency",-14}{"count",13}{"p50",10}{"p90",10}{"p99",10}{"p99.9",10}{"p99.99",10}{"max",10}");
        foreach (var (name, histogram) in rows.Where(row => row.Histogram.Count > 0))
        {
            Line(text, $"{name,-14}{Units.Count(histogram.Count),13}{Quantile(histogram, 0.5)}{Quantile(histogram, 0.9)}{Quantile(histogram, 0.99)}{Quantile(histogram, 0.999)}{Quantile(histogram, 0.9999)}{Units.Time(histogram.Maximum),10}");
        }

        text.Append('\n');
    }

    private static void WriteUsage(StringBuilder text, BenchResult result)
    {
        foreach (var section in result.Usage)
        {
            var broker = result.Plan.BrokerPid == 0
                ? ""
                : $"broker {section.BrokerCpu:0.00} s CPU, {section.CpuUsPerMessage:0.000} us each; memory {Units.Count(section.After.ResidentKb)} KB, peak {Units.Count(section.After.PeakKb)} KB; ";
            Line(text, $"{section.Name,-10}{broker}this process {section.OwnCpu:0.00} s CPU, everybody else {Math.Max(section.OtherCpu, 0):0.00} s");
        }

        text.Append('\n');
    }

    private static void WriteHistogram(StringBuilder text, LatencyHistogram histogram)
    {
        var bins = HistogramBins.Of(histogram);
        if (bins.Count == 0)
        {
            return;
        }

        var largest = bins.Max(bin => bin.Count);
        foreach (var (from, _, count) in bins)
        {
            var bar = count == 0 ? "" : new string('█', Math.Max(1, (int)Math.Round((double)count / largest * BarWidth)));
            Line(text, $"{">= " + Units.Time(from),12}  {bar,-BarWidth} {Units.Count(count),12} {(double)count / histogram.Count * 100,6:0.00} %");
        }

        text.Append('\n');
    }

    private static string Quantile(LatencyHistogram histogram, double share) => $"{Units.Time(histogram.Quantile(share)),10}";

    private static string Rate(double? rate) => rate is { } number ? $"{Units.Count(number),14}/s" : "";

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture).TrimEnd()).Append('\n');
}
