using System.Globalization;
using System.Net;
using System.Text;

namespace Godwit.Bench.Reports;

/// <summary>Plots as SVG that stands in a page of HTML; texts are escaped.</summary>
internal static class SvgPlot
{
    private const int Width = 860;
    private const int Height = 280;
    private const int Left = 70;
    private const int Right = 20;
    private const int Top = 36;
    private const int Bottom = 40;
    private const int Ticks = 5;

    /// <summary>One line for each series over the same x values.</summary>
    /// <param name="title">Above it.</param>
    /// <param name="xs">Rising.</param>
    /// <param name="series">Names, and as many values as <paramref name="xs"/>.</param>
    /// <param name="label">Words for a value on the vertical axis.</param>
    /// <param name="isLogarithmic">Equal ratios are equal lengths; values that are not above 0 are left out.</param>
    internal static string Lines(
        string title,
        IReadOnlyList<double> xs,
        IReadOnlyList<(string Name, IReadOnlyList<double> Values)> series,
        Func<double, string> label,
        bool isLogarithmic)
    {
        var values = series.SelectMany(line => line.Values).Where(value => value > 0).DefaultIfEmpty(1).ToList();
        var (low, high) = isLogarithmic ? (Math.Log10(values.Min()), Math.Log10(values.Max())) : (0, values.Max());
        high = high > low ? high : low + 1;
        var svg = Begin(title);
        for (var tick = 0; tick <= Ticks; tick++)
        {
            var at = low + ((high - low) * tick / Ticks);
            HorizontalLine(svg, YOf(at, low, high), label(isLogarithmic ? Math.Pow(10, at) : at));
        }

        var lastX = xs.Count > 0 ? Math.Max(xs[^1], 0.001) : 1;
        for (var tick = 0; tick <= Ticks; tick++)
        {
            var x = Left + ((double)(Width - Left - Right) * tick / Ticks);
            Text(svg, x, Height - Bottom + 18, "middle", Number(lastX * tick / Ticks) + " s");
        }

        for (var i = 0; i < series.Count; i++)
        {
            var points = new StringBuilder();
            for (var k = 0; k < xs.Count; k++)
            {
                var value = series[i].Values[k];
                if (value > 0 || !isLogarithmic)
                {
                    var x = Left + ((Width - Left - Right) * xs[k] / lastX);
                    points.Append(Number(x)).Append(',').Append(Number(YOf(isLogarithmic ? Math.Log10(value) : value, low, high))).Append(' ');
                }
            }

            svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"s{i}\" points=\"{points.ToString().TrimEnd()}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"s{i}\" x=\"{Width - Right - (90 * (series.Count - i - 1))}\" y=\"20\" text-anchor=\"end\">{Escape(series[i].Name)}</text>");
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>One bar for each bin; the height is logarithmic, so that rare values are seen.</summary>
    internal static string Bars(string title, IReadOnlyList<(string Label, long Count)> bins)
    {
        var svg = Begin(title);
        var high = Math.Max(1, Math.Ceiling(Math.Log10(Math.Max(2, bins.Select(bin => bin.Count).DefaultIfEmpty(1).Max()))));
        for (var power = 0; power <= high; power++)
        {
            HorizontalLine(svg, YOf(power + 0.3, 0, high + 0.3), Units.Short(Math.Pow(10, power)));
        }

        var step = (double)(Width - Left - Right) / Math.Max(1, bins.Count);
        for (var i = 0; i < bins.Count; i++)
        {
            var top = bins[i].Count == 0 ? Height - Bottom : YOf(Math.Log10(bins[i].Count) + 0.3, 0, high + 0.3);
            var x = Left + (i * step);
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"s0\" x=\"{Number(x + 1)}\" y=\"{Number(top)}\" width=\"{Number(step - 2)}\" height=\"{Number(Height - Bottom - top)}\"><title>{Escape(bins[i].Label)}: {bins[i].Count}</title></rect>");
            if (bins.Count <= 12 || i % 2 == 0)
            {
                Text(svg, x, Height - Bottom + 18, "start", bins[i].Label);
            }
        }

        return svg.Append("</svg>").ToString();
    }

    internal static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static StringBuilder Begin(string title)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Escape(title)}\">");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"title\" x=\"{Left}\" y=\"20\">{Escape(title)}</text>");
        return svg;
    }

    private static double YOf(double value, double low, double high) => Height - Bottom - ((Height - Top - Bottom) * (value - low) / (high - low));

    private static void HorizontalLine(StringBuilder svg, double y, string label)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Number(y)}\" y2=\"{Number(y)}\"/>");
        Text(svg, Left - 6, y + 4, "end", label);
    }

    private static void Text(StringBuilder svg, double x, double y, string anchor, string text) =>
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Number(x)}\" y=\"{Number(y)}\" text-anchor=\"{anchor}\">{Escape(text)}</text>");

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
