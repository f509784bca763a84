using System.Globalization;
using System.Text;
using Godwit.Compare.Reports;

namespace Godwit.Compare.Tls;

/// <summary>The table as Markdown.</summary>
internal static class TlsText
{
    public static string Table(IReadOnlyList<TlsFigure> figures)
    {
        var text = new StringBuilder("| figure | godwit | mosquitto | ratio |\n|---|--:|--:|--:|\n");
        foreach (var figure in figures)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {figure.Name} | {Numbers.Short(figure.Godwit)} | {Numbers.Short(figure.Mosquitto)} | {Numbers.Short(figure.Godwit / figure.Mosquitto)} |\n");
        }

        return text.ToString();
    }
}
