using System.Text;
using System.Text.Json;
using Godwit.Conformance.Running;

namespace Godwit.Conformance.Reports;

/// <summary>JSON Lines: one object for each check, and a last one with the numbers.</summary>
public static class JsonReport
{
    /// <summary>One check and its verdict. Empty fields are left out.</summary>
    public static string Line(CheckResult result) => Write(writer =>
    {
        WriteCheck(writer, result.Check);
        writer.WriteString("outcome", NameOf(result.Outcome));
        writer.WriteNumber("milliseconds", Math.Round(result.Duration.TotalMilliseconds, 1));
        WriteText(writer, "sent", result.Sent);
        WriteText(writer, "expected", result.Expected);
        WriteText(writer, "came", result.Came);
        WriteText(writer, "reason", result.Reason);
        WriteTexts(writer, "saw", result.Observations);
        if (result.Outcome == CheckOutcome.Failed)
        {
            WriteTexts(writer, "packets", result.Transcript);
        }
    });

    /// <summary>One check, not run.</summary>
    public static string Line(Check check) => Write(writer => WriteCheck(writer, check));

    /// <summary>The numbers of a run.</summary>
    public static string Summary(IReadOnlyList<CheckResult> results) => Write(writer =>
    {
        foreach (var outcome in Enum.GetValues<CheckOutcome>())
        {
            writer.WriteNumber(NameOf(outcome), results.Count(result => result.Outcome == outcome));
        }

        writer.WriteNumber("mandatoryFailed", results.Count(result => result.IsMandatoryFailure));
    });

    private static string NameOf(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Passed => "passed",
        CheckOutcome.Failed => "failed",
        CheckOutcome.Skipped => "skipped",
        _ => "notRun",
    };

    private static void WriteCheck(Utf8JsonWriter writer, Check check)
    {
        writer.WriteString("check", check.Name);
        writer.WriteString("version", check.VersionText);
        WriteTexts(writer, "ids", check.Ids);
        writer.WriteString("level", check.IsRecommendation ? "recommended" : "mandatory");
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string value)
    {
        if (value.Length > 0)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            writer.WriteStartArray(name);
            foreach (var value in values)
            {
                writer.WriteStringValue(value);
            }

            writer.WriteEndArray();
        }
    }

    private static string Write(Action<Utf8JsonWriter> content)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            content(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
