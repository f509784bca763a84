using System.Buffers;
using System.Globalization;
using System.Text;

namespace Godwit.Server.Logging;

/// <summary>Makes text from the network safe to show on a terminal and in a one-line log.</summary>
internal static class Printable
{
    /// <summary>Characters kept of one name; what is longer is cut and says so.</summary>
    internal const int LengthMax = 256;

    /// <summary>
    /// Escapes control characters, direction marks, line separators, quotes and backslashes; everything that stays is printable.
    /// </summary>
    /// <param name="text">Anything, also ill-formed UTF-16.</param>
    internal static string Escape(string text)
    {
        if (text.Length <= LengthMax && !text.AsSpan().ContainsAnyExcept(PlainCharacters))
        {
            return text;
        }

        var escaped = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (escaped.Length >= LengthMax)
            {
                return escaped.Append(CultureInfo.InvariantCulture, $"... ({text.Length} characters)").ToString();
            }

            Append(escaped, rune);
        }

        return escaped.ToString();
    }

    /// <inheritdoc cref="Escape(string)"/>
    /// <param name="utf8">UTF-8; an ill-formed byte becomes U+FFFD.</param>
    internal static string Escape(ReadOnlySpan<byte> utf8) => Escape(Encoding.UTF8.GetString(utf8));

    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create(" !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private static void Append(StringBuilder escaped, Rune rune)
    {
        if (rune.Value is '"' or '\\')
        {
            escaped.Append('\\').Append((char)rune.Value);
        }
        else if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator)
        {
            escaped.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X}}}");
        }
        else
        {
            escaped.Append(rune.ToString());
        }
    }
}
