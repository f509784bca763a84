using System.Text;
using System.Text.Json;
using Godwit.Compare.Judging;

namespace Godwit.Compare.Idle;

/// <summary>The report for programs.</summary>
internal static class IdleJson
{
    /// <summary>One object: circumstances, figures, parts of memory, threads.</summary>
    public static string Write(IdleReport report)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("tool", "bench/idle");
            json.WriteBoolean("reached", report.IsReached);
            json.WriteStartObject("circumstances");
            foreach (var (name, text) in report.Circumstances)
            {
                json.WriteString(name, text);
            }

            json.WriteEndObject();
            json.WriteStartArray("figures");
            foreach (var figure in report.Figures)
            {
                WriteFigure(json, figure);
            }

            json.WriteEndArray();
            json.WriteStartObject("memory_kb");
            foreach (var (group, kb) in report.Memory)
            {
                json.WriteNumber(group, kb);
            }

            json.WriteEndObject();
            json.WriteStartArray("threads");
            foreach (var thread in report.Threads)
            {
                json.WriteStartObject();
                json.WriteString("name", thread.Name);
                json.WriteNumber("wakes_per_s", thread.Wakes / report.ThreadSeconds);
                json.WriteNumber("cpu_us_per_s", thread.CpuNs / 1000.0 / report.ThreadSeconds);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteFigure(Utf8JsonWriter json, IdleFigure figure)
    {
        json.WriteStartObject();
        json.WriteString("figure", figure.Name);
        json.WriteString("unit", figure.Unit);
        WriteNumber(json, "godwit", figure.Godwit);
        WriteNumber(json, "mosquitto", figure.Mosquitto);
        WriteNumber(json, "ratio", figure.Ratio);
        WriteNumber(json, "max", figure.Max);
        json.WriteString("verdict", figure.Verdict switch { Verdict.Reached => "reached", Verdict.Missed => "missed", _ => "not judged" });
        if (figure.Fault.Length > 0)
        {
            json.WriteString("fault", figure.Fault);
        }

        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
    }
}
