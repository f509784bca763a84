namespace Godwit.Protocol.Tests.Topics;

/// <summary>Topic Filters in the plainest form: strings cut into levels, matched by recursion.</summary>
internal static class TopicModel
{
    public static bool Matches(string filter, string topic)
    {
        if (topic.StartsWith('$') && (filter.StartsWith('+') || filter.StartsWith('#')))
        {
            return false;
        }

        return Matches(filter.Split('/'), topic.Split('/'));
    }

    public static bool IsValidFilter(string text)
    {
        var levels = text.Split('/');
        if (levels[0] is "$share")
        {
            return levels.Length > 2 && levels[1].Length > 0 && !levels[1].Contains('+') && !levels[1].Contains('#')
                && IsValidUnshared(string.Join('/', levels.Skip(2)));
        }

        return IsValidUnshared(text);
    }

    private static bool IsValidUnshared(string text)
    {
        var levels = text.Split('/');
        var areAlone = Array.TrueForAll(levels, level => level is "+" or "#" || !(level.Contains('+') || level.Contains('#')));
        return text.Length > 0 && areAlone && !levels.SkipLast(1).Contains("#", StringComparer.Ordinal);
    }

    private static bool Matches(string[] filter, string[] topic)
    {
        if (filter is ["#"])
        {
            return true;
        }

        if (filter.Length == 0 || topic.Length == 0)
        {
            return filter.Length == topic.Length;
        }

        return (filter[0] is "+" || string.Equals(filter[0], topic[0], StringComparison.Ordinal)) && Matches(filter[1..], topic[1..]);
    }
}
