using System.Text;
using System.Text.Json;

namespace Godwit.Compare.Scaling;

/// <summary>The report for programs.</summary>
internal static class ScalingJson
{
    /// <summary>One object: circumstances, each figure with all its points and its growth, faults.</summary>
    public static string Write(ScalingReport report)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("tool", "bench/scaling");
            json.WriteBoolean("kept", report.IsKept);
            json.WriteStartObject("circumstances");
            foreach (var (name, text) in report.Circumstances)
            {
                json.WriteString(name, text);
            }

            json.WriteEndObject();
            json.WriteStartArray("figures");
            foreach (var result in report.Results)
            {
                WriteResult(json, result);
            }

            json.WriteEndArray();
            json.WriteStartArray("faults");
            foreach (var fault in report.Faults)
            {
                json.WriteStringValue(fault);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteResult(Utf8JsonWriter json, AxisResult result)
    {
        json.WriteStartObject();
        json.WriteString("axis", result.Axis.Id);
        json.WriteString("figure", result.Figure.Name);
        if (result.Growth is { } growth)
        {
            json.WriteNumber("growth", growth);
        }

        json.WriteNumber("growth_max", result.Figure.GrowthMax);
        json.WriteBoolean("kept", result.IsKept);
        json.WriteStartArray("points");
        foreach (var (point, values) in result.Points)
        {
            json.WriteStartObject();
            json.WriteNumber("x", point.X);
            json.WriteString("label", point.Label);
            if (AxisResult.MedianOf(values) is { } median)
            {
                json.WriteNumber("median", median);
            }

            json.WriteStartArray("values");
            foreach (var value in values)
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
