using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Godwit.Server.Logging;

/// <summary>One object a line: <c>time</c>, <c>level</c>, <c>event</c>, <c>name</c>, <c>message</c>, the event's values, <c>exception</c>.</summary>
internal sealed class JsonLines : LineFormat
{
    private const string TemplateKey = "{OriginalFormat}";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal override string Write(in LogRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("time", record.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteString("level", TextLines.Name(record.Level).TrimEnd());
            json.WriteNumber("event", record.Event.Id);
            json.WriteString("name", record.Event.Name);
            json.WriteString("message", record.Message);
            foreach (var (name, value) in record.Values)
            {
                if (!string.Equals(name, TemplateKey, StringComparison.Ordinal))
                {
                    WriteValue(json, JsonNamingPolicy.CamelCase.ConvertName(name), value);
                }
            }

            if (record.Exception is not null)
            {
                json.WriteString("exception", OneLine(record.Exception));
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteValue(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;

            case int or long or byte or ushort:
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;

            case bool flag:
                json.WriteBoolean(name, flag);
                break;

            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
