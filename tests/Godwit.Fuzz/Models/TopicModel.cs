namespace Godwit.Fuzz.Models;

/// <summary>Topic Filters (5.0 §4.7, §4.8.2) as plainly as they can be told. A text is its bytes, one character each.</summary>
internal static class TopicModel
{
    public static bool IsValidName(string topic) => topic.Length > 0 && !topic.Contains('+') && !topic.Contains('#');

    public static bool IsValidFilter(string filter)
    {
        var levels = filter.Split('/');
        if (levels[0] == "$share")
        {
            return levels.Length > 2 && IsValidName(levels[1]) && AreLevelsValid(levels[2..]);
        }

        return AreLevelsValid(levels);
    }

    /// <summary>Without <c>$share/name/</c>.</summary>
    public static string Unshared(string filter) =>
        filter.StartsWith("$share/", StringComparison.Ordinal) ? string.Join('/', filter.Split('/')[2..]) : filter;

    public static bool Matches(string filter, string topic)
    {
        var (wanted, levels) = (Unshared(filter).Split('/'), topic.Split('/'));
        var isHidden = topic.StartsWith('$') && (wanted[0] is "+" or "#");
        return !isHidden && Matches(wanted, levels);
    }

    private static bool AreLevelsValid(string[] levels) =>
        (levels.Length > 1 || levels[0].Length > 0)
        && !levels.SkipLast(1).Contains("#", StringComparer.Ordinal)
        && levels.All(level => level is "+" or "#" || !(level.Contains('+') || level.Contains('#')));

    private static bool Matches(ReadOnlySpan<string> filter, ReadOnlySpan<string> topic)
    {
        if (filter is ["#"])
        {
            return true;
        }

        if (filter.IsEmpty || topic.IsEmpty)
        {
            return filter.IsEmpty && topic.IsEmpty;
        }

        return (filter[0] == "+" || filter[0] == topic[0]) && Matches(filter[1..], topic[1..]);
    }
}
