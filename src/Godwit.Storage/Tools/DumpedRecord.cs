using System.Text;
using System.Text.Json.Nodes;

namespace Godwit.Storage.Tools;

/// <summary>A record of the log, for people.</summary>
/// <param name="File">The segment it is in.</param>
/// <param name="Offset">Of the record in the segment, bytes.</param>
/// <param name="Lsn">Number of its frame.</param>
/// <param name="Type">What it says, one or two words.</param>
/// <param name="Fields">The rest, by name; payloads are cut at 64 bytes.</param>
public sealed record DumpedRecord(string File, long Offset, long Lsn, string Type, JsonObject Fields)
{
    /// <summary>One line. Control characters are escaped.</summary>
    public override string ToString()
    {
        var line = new StringBuilder().Append(File).Append('+').Append(Offset).Append(' ').Append(Type);
        Append(line, Fields);
        return line.ToString();
    }

    /// <summary>Everything, as one object.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["file"] = File, ["offset"] = Offset, ["lsn"] = Lsn, ["type"] = Type };
        foreach (var (name, value) in Fields)
        {
            json[name] = value?.DeepClone();
        }

        return json;
    }

    private static void Append(StringBuilder line, JsonObject fields)
    {
        foreach (var (name, value) in fields)
        {
            line.Append(' ').Append(name).Append('=');
            Append(line, value);
        }
    }

    private static void Append(StringBuilder line, JsonNode? value)
    {
        switch (value)
        {
            case JsonArray items:
                line.Append('[');
                foreach (var item in items)
                {
                    Append(line, item);
                    line.Append(items[^1] == item ? "" : "; ");
                }

                line.Append(']');
                break;

            case JsonObject fields:
                var start = line.Length;
                Append(line, fields);
                line.Remove(start, 1);
                break;

            case JsonValue text when text.TryGetValue<string>(out var words):
                Append(line, words);
                break;

            default:
                line.Append(value?.ToJsonString() ?? "-");
                break;
        }
    }

    private static void Append(StringBuilder line, string text)
    {
        line.Append('"');
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune))
            {
                line.Append($"\\u{{{rune.Value:X}}}");
            }
            else
            {
                line.Append(rune.Value is '"' or '\\' ? "\\" : "").Append(rune);
            }
        }

        line.Append('"');
    }
}
