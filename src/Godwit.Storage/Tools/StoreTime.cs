using System.Globalization;

namespace Godwit.Storage.Tools;

/// <summary>Times of a store as people read them: UTC, to the millisecond.</summary>
internal static class StoreTime
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>UTC milliseconds since 1970; what no calendar has, is the nearest that it has.</summary>
    public static DateTimeOffset ToTime(long utcMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(utcMs, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    /// <summary>The text; a number of milliseconds when no calendar has it, null for never.</summary>
    public static string? ToText(long utcMs)
    {
        if (utcMs == long.MaxValue)
        {
            return null;
        }

        return ToTime(utcMs).ToUnixTimeMilliseconds() == utcMs
            ? ToTime(utcMs).UtcDateTime.ToString(Format, CultureInfo.InvariantCulture)
            : utcMs.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The milliseconds of what <see cref="ToText"/> gave.</summary>
    /// <returns>False: it is not such a text.</returns>
    public static bool TryParse(string? text, out long utcMs)
    {
        utcMs = long.MaxValue;
        if (text is null || long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out utcMs))
        {
            return true;
        }

        var isTime = DateTime.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time);
        utcMs = isTime ? new DateTimeOffset(time).ToUnixTimeMilliseconds() : 0;
        return isTime;
    }
}
