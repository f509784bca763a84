using System.Text;
using Godwit.Bench.Runs;

namespace Godwit.Bench.Reports;

/// <summary>A result as one page of HTML: the table and plots. It loads nothing from anywhere and runs no script.</summary>
public static class HtmlReport
{
    private const string Style = """
        :root { color-scheme: light dark; --fg: #1c2733; --bg: #fff; --grid: #d8dee6; --a: #0b6fb8; --b: #d9822b; --c: #3c8c40; }
        @media (prefers-color-scheme: dark) { :root { --fg: #dde4ec; --bg: #14191f; --grid: #2c3540; --a: #58a6e8; --b: #f0a050; --c: #74c278; } }
        body { margin: 2rem auto; max-width: 56rem; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; color: var(--fg); background: var(--bg); }
        pre { overflow-x: auto; font: 13px/1.4 ui-monospace, monospace; } svg { width: 100%; margin: 1rem 0; } svg text { font: 12px sans-serif; fill: var(--fg); }
        svg .title { font-weight: 600; } .grid { stroke: var(--grid); } polyline { fill: none; stroke-width: 1.6; }
        polyline.s0 { stroke: var(--a); } polyline.s1 { stroke: var(--b); } polyline.s2 { stroke: var(--c); }
        text.s0, rect.s0 { fill: var(--a); } text.s1 { fill: var(--b); } text.s2 { fill: var(--c); }
        """;

    /// <summary>Writes the page.</summary>
    public static string Write(BenchResult result)
    {
        var title = $"godwit bench {JsonReport.NameOf(result.Plan.Shape)}";
        var html = new StringBuilder();
        html.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Append("<meta name=\"viewport\" content=\"width=device-width\">\n");
        html.Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
        html.Append("<title>").Append(SvgPlot.Escape(title)).Append("</title>\n<style>\n").Append(Style).Append("\n</style>\n</head>\n<body>\n");
        html.Append("<h1>").Append(SvgPlot.Escape(title)).Append("</h1>\n");
        html.Append("<p>").Append(SvgPlot.Escape(Units.Describe(result.Plan)));
        html.Append(SvgPlot.Escape(result.Plan.Label.Length > 0 ? $" — {result.Plan.Label}" : "")).Append("</p>\n");
        WritePlots(html, result);
        html.Append("<pre>").Append(SvgPlot.Escape(TextReport.Write(result))).Append("</pre>\n");
        html.Append("<details><summary>JSON</summary><pre>").Append(SvgPlot.Escape(JsonReport.Write(result))).Append("</pre></details>\n");
        return html.Append("</body>\n</html>\n").ToString();
    }

    private static void WritePlots(StringBuilder html, BenchResult result)
    {
        var samples = result.Samples;
        if (samples.Count > 0)
        {
            double[] seconds = [.. samples.Select(sample => sample.Seconds)];
            var rates = new List<(string Name, IReadOnlyList<double> Values)>
            {
                ("sent", [.. samples.Select(sample => sample.SentRate)]),
                ("received", [.. samples.Select(sample => sample.ReceivedRate)]),
                ("acknowledged", [.. samples.Select(sample => sample.AcknowledgedRate)]),
            };
            html.Append(SvgPlot.Lines("Messages a second", seconds, rates, Units.Short, isLogarithmic: false)).Append('\n');
            if (samples.Any(sample => sample.MaximumNs > 0))
            {
                var latencies = new List<(string Name, IReadOnlyList<double> Values)>
                {
                    ("p50", [.. samples.Select(sample => (double)sample.P50Ns)]),
                    ("p99", [.. samples.Select(sample => (double)sample.P99Ns)]),
                    ("max", [.. samples.Select(sample => (double)sample.MaximumNs)]),
                };
                html.Append(SvgPlot.Lines("Latency of each second", seconds, latencies, Units.Time, isLogarithmic: true)).Append('\n');
            }
        }

        var bins = HistogramBins.Of(result.MainLatency);
        if (bins.Count > 0)
        {
            html.Append(SvgPlot.Bars("Latency of all messages", [.. bins.Select(bin => (Units.Time(bin.FromNs), bin.Count))])).Append('\n');
        }
    }
}
