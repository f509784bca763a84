using Microsoft.Extensions.Logging;

namespace Godwit.Server.Logging;

/// <summary>One event on its way to a line.</summary>
/// <param name="Time">When it happened.</param>
/// <param name="Level">Of the event.</param>
/// <param name="Event">Its stable id and its name.</param>
/// <param name="Message">The sentence; one line.</param>
/// <param name="Values">The named values in it.</param>
/// <param name="Exception">Null: there is none.</param>
internal readonly record struct LogRecord(
    DateTimeOffset Time, LogLevel Level, EventId Event, string Message, IReadOnlyList<KeyValuePair<string, object?>> Values, Exception? Exception)
{
    /// <summary>A value by its name; empty when the event has none of that name.</summary>
    internal string Value(string name)
    {
        for (var i = 0; i < Values.Count; i++)
        {
            if (string.Equals(Values[i].Key, name, StringComparison.Ordinal))
            {
                return Convert.ToString(Values[i].Value, System.Globalization.CultureInfo.InvariantCulture) ?? "";
            }
        }

        return "";
    }
}
