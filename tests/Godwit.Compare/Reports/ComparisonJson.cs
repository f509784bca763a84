using System.Text;
using System.Text.Json;
using Godwit.Compare.Brokers;
using Godwit.Compare.Judging;

namespace Godwit.Compare.Reports;

/// <summary>The comparison for programs.</summary>
internal static class ComparisonJson
{
    /// <summary>One object: circumstances, each figure with all its values and its bars, faults.</summary>
    public static string Write(Comparison comparison)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("tool", "bench/compare");
            json.WriteBoolean("reached", comparison.IsReached);
            json.WriteStartObject("circumstances");
            foreach (var (name, text) in comparison.Circumstances)
            {
                json.WriteString(name, text);
            }

            json.WriteEndObject();
            json.WriteStartArray("figures");
            foreach (var row in comparison.Rows)
            {
                WriteRow(json, row, comparison.Brokers);
            }

            json.WriteEndArray();
            json.WriteStartArray("faults");
            foreach (var fault in comparison.Faults)
            {
                json.WriteStringValue(fault);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteRow(Utf8JsonWriter json, Row row, IReadOnlyList<BrokerKind> brokers)
    {
        json.WriteStartObject();
        json.WriteString("workload", row.Workload);
        json.WriteString("figure", row.Figure);
        foreach (var broker in brokers.Where(broker => row.MedianOf(broker) is not null))
        {
            json.WriteStartObject(BrokerNames.Of(broker));
            json.WriteNumber("median", row.MedianOf(broker)!.Value);
            json.WriteStartArray("values");
            foreach (var value in row.Values[broker])
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteStartArray("bars");
        foreach (var bar in row.Bars)
        {
            WriteBar(json, bar);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteBar(Utf8JsonWriter json, Bar bar)
    {
        json.WriteStartObject();
        json.WriteString("broker", BrokerNames.Of(bar.Broker));
        json.WriteString("against", BrokerNames.Of(bar.Against));
        if (bar.Ratio is { } ratio)
        {
            json.WriteNumber("ratio", ratio);
        }

        json.WriteNumber("ratio_max", bar.RatioMax);
        json.WriteString("verdict", bar.Verdict switch { Verdict.Reached => "reached", Verdict.Missed => "missed", _ => "not judged" });
        if (bar.Why.Length > 0)
        {
            json.WriteString("why", bar.Why);
        }

        json.WriteEndObject();
    }
}
