using System.Globalization;
using System.Text;

namespace Godwit.Server.Logging;

/// <summary>The part of C's <c>strftime</c> that people write into a <c>log_timestamp_format</c>.</summary>
internal static class StrfTime
{
    /// <summary>Letters that may follow a percent sign, and what they are for .NET; <c>s</c>, <c>j</c> and <c>%</c> are made by hand.</summary>
    private static readonly Dictionary<char, string> Specifiers = new()
    {
        ['Y'] = "yyyy", ['y'] = "yy", ['m'] = "MM", ['d'] = "dd", ['H'] = "HH", ['I'] = "hh", ['M'] = "mm", ['S'] = "ss", ['p'] = "tt",
        ['a'] = "ddd", ['A'] = "dddd", ['b'] = "MMM", ['h'] = "MMM", ['B'] = "MMMM",
        ['F'] = "yyyy-MM-dd", ['T'] = "HH:mm:ss", ['R'] = "HH:mm", ['D'] = "MM/dd/yy",
        ['c'] = "ddd MMM d HH:mm:ss yyyy", ['x'] = "MM/dd/yy", ['X'] = "HH:mm:ss",
    };

    private const string ByHand = "sjezn%";

    /// <summary>Every percent sign is followed by a letter that is known.</summary>
    internal static bool IsValid(string format)
    {
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] == '%' && (++i == format.Length || !(Specifiers.ContainsKey(format[i]) || ByHand.Contains(format[i], StringComparison.Ordinal))))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A time in a valid format.</summary>
    internal static string Format(string format, DateTimeOffset time)
    {
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            text.Append(format[i] == '%' ? One(format[++i], time) : format[i].ToString());
        }

        return text.ToString();
    }

    private static string One(char letter, DateTimeOffset time) => letter switch
    {
        's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'z' => time.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal),
        'n' => " ",                     // a log has one line for one event
        '%' => "%",
        _ => time.ToString(Specifiers[letter], CultureInfo.InvariantCulture),
    };
}
