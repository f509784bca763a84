namespace Godwit.Protocol.Topics;

/// <summary>
/// A Topic Filter taken apart (5.0 §4.7.1, §4.8.2): the group of a Shared Subscription and the filter behind it. Slices of the
/// bytes it was parsed from.
/// </summary>
public readonly ref struct TopicFilter
{
    private TopicFilter(ReadOnlySpan<byte> shareName, ReadOnlySpan<byte> filter)
    {
        ShareName = shareName;
        Filter = filter;
    }

    /// <summary>The ShareName between <c>$share/</c> and the next <c>/</c>; empty when the subscription is not shared.</summary>
    public ReadOnlySpan<byte> ShareName { get; }

    /// <summary>The filter that Topic Names are matched with, without <c>$share/{ShareName}/</c>.</summary>
    public ReadOnlySpan<byte> Filter { get; }

    /// <summary>This is a Shared Subscription.</summary>
    public bool IsShared => !ShareName.IsEmpty;

    /// <summary>Takes the bytes of a SUBSCRIBE or UNSUBSCRIBE entry apart.</summary>
    /// <param name="utf8">UTF-8 without U+0000, already checked; may be empty.</param>
    /// <param name="filter">Meaningful only when true is returned.</param>
    /// <returns>
    /// False: empty [MQTT-4.7.3-1]; <c>#</c> not last or not a level of its own [MQTT-4.7.1-1]; <c>+</c> not a level of its own
    /// [MQTT-4.7.1-2]; a ShareName that is empty or has a wildcard, or no filter behind it [MQTT-4.8.2-1] [MQTT-4.8.2-2].
    /// </returns>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out TopicFilter filter)
    {
        filter = default;
        if (!utf8.StartsWith("$share/"u8) && !utf8.SequenceEqual("$share"u8))
        {
            filter = new TopicFilter(default, utf8);
            return AreWildcardsValid(utf8);
        }

        var rest = utf8[Math.Min("$share/"u8.Length, utf8.Length)..];
        var end = rest.IndexOf(TopicName.Separator);
        if (end <= 0 || TopicName.HasWildcard(rest[..end]))
        {
            return false;
        }

        filter = new TopicFilter(rest[..end], rest[(end + 1)..]);
        return AreWildcardsValid(filter.Filter);
    }

    /// <summary>Number of <c>+</c> and <c>#</c> in a valid filter.</summary>
    public static int CountWildcards(ReadOnlySpan<byte> filter) => filter.Count((byte)'+') + filter.Count((byte)'#');

    /// <summary>
    /// Says whether a valid filter (not shared) matches a valid name: the definition, level by level (§4.7.1). The broker's tree
    /// gives the same answers faster. [MQTT-4.7.2-1] [MQTT3-4.7.2-1]
    /// </summary>
    public static bool Matches(ReadOnlySpan<byte> filter, ReadOnlySpan<byte> topic)
    {
        if (TopicName.IsHidden(topic) && (filter[0] == (byte)'+' || filter[0] == (byte)'#'))
        {
            return false;
        }

        while (true)
        {
            var filterLevel = TakeLevel(ref filter, out var filterEnds);
            if (filterLevel.SequenceEqual("#"u8))
            {
                return true;
            }

            var topicLevel = TakeLevel(ref topic, out var topicEnds);
            if (!filterLevel.SequenceEqual("+"u8) && !filterLevel.SequenceEqual(topicLevel))
            {
                return false;
            }

            if (topicEnds)
            {
                return filterEnds || filter.SequenceEqual("#"u8);       // a/# matches its parent a (§4.7.1.2)
            }

            if (filterEnds)
            {
                return false;
            }
        }
    }

    private static ReadOnlySpan<byte> TakeLevel(ref ReadOnlySpan<byte> rest, out bool ends)
    {
        var separator = rest.IndexOf(TopicName.Separator);
        ends = separator < 0;
        var level = ends ? rest : rest[..separator];
        rest = ends ? default : rest[(separator + 1)..];
        return level;
    }

    private static bool AreWildcardsValid(ReadOnlySpan<byte> filter)
    {
        if (filter.IsEmpty)
        {
            return false;
        }

        while (true)
        {
            var level = TakeLevel(ref filter, out var ends);
            if (level.Contains((byte)'#') && (level.Length > 1 || !ends))
            {
                return false;
            }

            if (level.Contains((byte)'+') && level.Length > 1)
            {
                return false;
            }

            if (ends)
            {
                return true;
            }
        }
    }
}
