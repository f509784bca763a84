using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Godwit.Server.Security.Authentication.Http;

/// <summary>Writes names and values as a JSON object or as a form.</summary>
internal static class QuestionWriter
{
    /// <summary>The body of a POST.</summary>
    /// <param name="words">Names and values: text, numbers or booleans.</param>
    /// <param name="form">How.</param>
    internal static byte[] Write(IEnumerable<(string Name, object Value)> words, HttpForm form) => form == HttpForm.Json ? WriteJson(words) : WriteForm(words);

    /// <summary>Adds a name and bytes to a form.</summary>
    internal static void Append(StringBuilder text, string name, ReadOnlySpan<byte> value)
    {
        text.Append(text.Length == 0 ? "" : "&").Append(name).Append('=');
        foreach (var single in value)
        {
            if (char.IsAsciiLetterOrDigit((char)single) || single is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'~')
            {
                text.Append((char)single);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"%{single:X2}");
            }
        }
    }

    private static byte[] WriteJson(IEnumerable<(string Name, object Value)> words)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in words)
            {
                switch (value)
                {
                    case bool flag:
                        writer.WriteBoolean(name, flag);
                        break;
                    case int number:
                        writer.WriteNumber(name, number);
                        break;
                    default:
                        writer.WriteString(name, (string)value);
                        break;
                }
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] WriteForm(IEnumerable<(string Name, object Value)> words)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in words)
        {
            var word = value is bool flag ? (flag ? "true" : "false") : string.Create(CultureInfo.InvariantCulture, $"{value}");
            Append(text, name, Encoding.UTF8.GetBytes(word));
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
