using System.Globalization;
using System.Net;
using System.Text;

namespace Godwit.Compare.Scaling;

/// <summary>A plot with two logarithmic axes as an SVG file of its own: equal factors are equal lengths, so what is proportional is a straight line at 45° or so, and what is flat is flat.</summary>
internal static class LogPlot
{
    private const int Width = 760;
    private const int Height = 320;
    private const int Left = 80;
    private const int Right = 30;
    private const int Top = 44;
    private const int Bottom = 52;

    // A file of its own sees no style sheet of the page that shows it.
    private const string Style = """
        text{font:12px sans-serif;fill:#57606a}.title{font-weight:bold;fill:#24292f}.grid{stroke:#d0d7de}polyline{fill:none;stroke-width:2}
        .s0{stroke:#0969da}.s1{stroke:#bf3989}circle.s0,text.s0{fill:#0969da}circle.s1,text.s1{fill:#bf3989}text.s0,text.s1{stroke:none}
        @media(prefers-color-scheme:dark){text{fill:#8b949e}.title{fill:#e6edf3}.grid{stroke:#30363d}}
        """;

    /// <summary>Draws.</summary>
    /// <param name="title">Above it.</param>
    /// <param name="unit">Below the horizontal axis.</param>
    /// <param name="xs">Above 0, each with its words.</param>
    /// <param name="series">At most two: a name, and for each x a value; one that is null or not above 0 is left out.</param>
    public static string Draw(string title, string unit, IReadOnlyList<(double X, string Label)> xs, IReadOnlyList<(string Name, IReadOnlyList<double?> Values)> series)
    {
        var values = series.SelectMany(line => line.Values).OfType<double>().Where(value => value > 0).DefaultIfEmpty(1).ToList();
        // Whole decades, so that noise does not look like growth.
        var (low, high) = (Math.Floor(Math.Log10(values.Min())), Math.Floor(Math.Log10(values.Max())) + 1);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" role=\"img\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{Escape(title)}</title>\n<style>{Style}</style>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"title\" x=\"{Left}\" y=\"22\">{Escape(title)}</text>\n");
        for (var decade = low; decade <= high; decade++)
        {
            var y = YOf(decade, low, high);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Number(y)}\" y2=\"{Number(y)}\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{Number(y + 4)}\" text-anchor=\"end\">{Math.Pow(10, decade):#,0.####} µs</text>\n");
        }

        var (first, last) = (Math.Log10(xs[0].X), Math.Log10(xs[^1].X));
        double PlaceOf(int i) => Left + ((Width - Left - Right) * (Math.Log10(xs[i].X) - first) / (last > first ? last - first : 1));
        for (var i = 0; i < xs.Count; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Number(PlaceOf(i))}\" y=\"{Height - Bottom + 20}\" text-anchor=\"middle\">{Escape(xs[i].Label)}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right}\" y=\"{Height - 10}\" text-anchor=\"end\">{Escape(unit)}</text>\n");
        for (var i = 0; i < series.Count; i++)
        {
            AppendLine(svg, i, series[i], PlaceOf, low, high);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void AppendLine(StringBuilder svg, int index, (string Name, IReadOnlyList<double?> Values) line, Func<int, double> placeOf, double low, double high)
    {
        var points = line.Values.Select((value, i) => (Value: value, X: placeOf(i))).Where(point => point.Value > 0)
            .Select(point => (X: Number(point.X), Y: Number(YOf(Math.Log10(point.Value!.Value), low, high)), Text: Reports.Numbers.Short(point.Value))).ToList();
        svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"s{index}\" points=\"{string.Join(' ', points.Select(point => $"{point.X},{point.Y}"))}\"/>\n");
        foreach (var (x, y, text) in points)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"s{index}\" cx=\"{x}\" cy=\"{y}\" r=\"4\"><title>{text} µs</title></circle>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"s{index}\" x=\"{Width - Right - (130 * index)}\" y=\"22\" text-anchor=\"end\">{Escape(line.Name)}</text>\n");
    }

    private static double YOf(double value, double low, double high) => Height - Bottom - ((Height - Top - Bottom) * (value - low) / (high - low));

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
