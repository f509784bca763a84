using System.Collections.Frozen;
using Godwit.Protocol;
using Godwit.Protocol.Topics;

namespace Godwit.Server.Security.Acl;

/// <summary>Filters of rules in the order in which they are asked. Long lists are sorted by the first level, so that only those that can match are looked at.</summary>
internal sealed class AclList
{
    private const int ShortLength = 8;      // looking through so few is quicker than a look into a table

    private readonly (AclRule Rule, AclFilter Filter)[] _unsorted;
    private readonly FrozenDictionary<byte[], (AclRule Rule, AclFilter Filter)[]>? _byFirstLevel;

    /// <summary>Makes the list.</summary>
    /// <param name="rules">In ascending order of their index.</param>
    public AclList(IEnumerable<AclRule> rules)
    {
        var all = rules.SelectMany(rule => rule.Filters, (rule, filter) => (rule, filter)).ToArray();
        if (all.Length <= ShortLength)
        {
            _unsorted = all;
            return;
        }

        _unsorted = [.. all.Where(entry => entry.filter.Levels[0].Kind != AclLevelKind.Literal)];
        _byFirstLevel = all.Where(entry => entry.filter.Levels[0].Kind == AclLevelKind.Literal)
            .GroupBy(entry => entry.filter.Levels[0].Literal, Utf8Comparer.Instance)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray(), Utf8Comparer.Instance);
    }

    /// <summary>The first rule that is about the question and has the topic.</summary>
    /// <param name="request">The question.</param>
    /// <param name="topic">Topic Name, UTF-8.</param>
    /// <param name="first">The first one so far, from another list, or null; replaced by an earlier one.</param>
    public void FindFirst(in AclRequest request, ReadOnlySpan<byte> topic, ref AclRule? first)
    {
        Search(_unsorted, request, topic, ref first);
        if (_byFirstLevel is null)
        {
            return;
        }

        var end = topic.IndexOf(TopicName.Separator);
        if (_byFirstLevel.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(end < 0 ? topic : topic[..end], out var entries))
        {
            Search(entries, request, topic, ref first);
        }
    }

    private static void Search((AclRule Rule, AclFilter Filter)[] entries, in AclRequest request, ReadOnlySpan<byte> topic, ref AclRule? first)
    {
        foreach (ref readonly var entry in entries.AsSpan())
        {
            if (first is not null && entry.Rule.Index >= first.Index)
            {
                return;
            }

            var matches = entry.Filter.Matches(topic, request.ClientId, request.UserName)
                || (!entry.Rule.Allows && entry.Filter.MatchesSpread(topic, request.ClientId, request.UserName));
            if (matches && entry.Rule.IsAbout(request))
            {
                first = entry.Rule;
                return;
            }
        }
    }
}
