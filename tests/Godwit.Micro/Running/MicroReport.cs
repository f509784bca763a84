using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Godwit.Micro.Running;

/// <summary>The results as a Markdown table, and for programs.</summary>
internal static class MicroReport
{
    /// <summary>A row for each operation.</summary>
    public static string Table(IReadOnlyList<Timing> timings)
    {
        var text = new StringBuilder("| | operation | parameters | time | ± | allocated |\n|---|---|---|--:|--:|--:|\n");
        foreach (var timing in timings)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {timing.Class} | {timing.Text} | {timing.Parameters} | {Time(timing.MeanNs)} | {(timing.MeanNs is null ? "-" : Time(timing.ErrorNs))} | {timing.AllocatedBytes?.ToString(CultureInfo.InvariantCulture) ?? "-"} B |\n");
        }

        return text.ToString();
    }

    /// <summary>One object.</summary>
    public static string Json(IReadOnlyList<Timing> timings)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("tool", "bench/micro");
            json.WriteStartArray("operations");
            foreach (var timing in timings)
            {
                json.WriteStartObject();
                json.WriteString("class", timing.Class);
                json.WriteString("operation", timing.Text);
                json.WriteString("parameters", timing.Parameters);
                if (timing.MeanNs is { } mean)
                {
                    json.WriteNumber("mean_ns", mean);
                    json.WriteNumber("error_ns", timing.ErrorNs);
                }

                if (timing.AllocatedBytes is { } bytes)
                {
                    json.WriteNumber("allocated_bytes", bytes);
                }

                json.WriteNumber("allocated_bytes_max", timing.AllocatedBytesMax);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static string Time(double? ns) => ns switch
    {
        null => "failed",
        double.NaN => "-",
        >= 1e6 => (ns.Value / 1e6).ToString("0.00 'ms'", CultureInfo.InvariantCulture),
        >= 1e4 => (ns.Value / 1e3).ToString("0.0 'µs'", CultureInfo.InvariantCulture),
        >= 1e3 => (ns.Value / 1e3).ToString("0.00 'µs'", CultureInfo.InvariantCulture),
        _ => ns.Value.ToString("0.0 'ns'", CultureInfo.InvariantCulture),
    };
}
