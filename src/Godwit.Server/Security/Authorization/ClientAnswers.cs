using System.Collections.Concurrent;
using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Protocol.Topics;

namespace Godwit.Server.Security.Authorization;

/// <summary>
/// All that was answered about one client: a user name and a client identifier. Its identity holds it, so it lives as long as its session; a client that
/// comes back soon finds it again. Any thread; readers take no lock and allocate nothing.
/// </summary>
/// <param name="entriesMax">Topics to publish to, and filters.</param>
internal sealed class ClientAnswers(int entriesMax)
{
    private readonly ConcurrentDictionary<byte[], TopicAnswers> _topics = new(Utf8Comparer.Instance);
    private readonly ConcurrentDictionary<byte[], TopicAnswers> _filters = new(Utf8Comparer.Instance);
    private readonly Lock _lock = new();
    private volatile (byte[] Filter, TopicAnswers Answers)[] _wide = [];     // filters with wildcards

    /// <summary>What is known of a question; null: nothing.</summary>
    internal KnownAnswer? Find(AccessAction action, ReadOnlySpan<byte> topic, QoS qos, bool retain)
    {
        var table = action == AccessAction.Publish ? _topics : _filters;
        return table.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topic, out var answers) ? answers.Find(qos, retain) : null;
    }

    /// <summary>What the filters that were asked about say of a message: the best answer of those that have its topic.</summary>
    /// <param name="topic">Topic Name, UTF-8.</param>
    /// <param name="filter">The filter that it was; null without.</param>
    /// <param name="qos">Of the question.</param>
    internal KnownAnswer? FindReceive(ReadOnlySpan<byte> topic, out byte[]? filter, out QoS qos)
    {
        KnownAnswer? best = null;
        (filter, qos) = (null, QoS.AtMostOnce);
        if (_filters.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topic, out var key, out var exact) && exact.WasAllowed)
        {
            best = exact.FindBest(out qos);
            filter = key;
        }

        foreach (var (wide, answers) in _wide)
        {
            if (answers.WasAllowed && TopicFilter.Matches(wide, topic) && answers.FindBest(out var wideQoS) is { } candidate
                && (best is null || (candidate.IsAllowed, candidate.Until).CompareTo((best.IsAllowed, best.Until)) > 0))
            {
                (best, filter, qos) = (candidate, wide, wideQoS);
            }
        }

        return best;
    }

    /// <summary>Remembers an answer.</summary>
    /// <returns>False: about so many filters nothing can be remembered.</returns>
    internal bool TrySet(AccessQuestion question, KnownAnswer answer)
    {
        if (question.Action == AccessAction.Publish)
        {
            if (_topics.Count >= entriesMax && !_topics.ContainsKey(question.Topic))
            {
                _topics.Clear();                // they are asked about again
            }

            _topics.GetOrAdd(question.Topic, static _ => new TopicAnswers()).Set(question.QoS, question.Retain, answer);
            return true;
        }

        lock (_lock)
        {
            return TrySetFilter(question, answer);
        }
    }

    /// <summary>A subscription was taken back: a later one is asked about anew.</summary>
    internal void Forget(byte[] filter)
    {
        lock (_lock)
        {
            Remove(filter);
        }
    }

    /// <summary>There is no session any more, so no subscription.</summary>
    internal void ForgetFilters()
    {
        lock (_lock)
        {
            _filters.Clear();
            _wide = [];
        }
    }

    private bool TrySetFilter(AccessQuestion question, KnownAnswer answer)
    {
        if (!_filters.TryGetValue(question.Topic, out var answers))
        {
            if (_filters.Count >= entriesMax)
            {
                foreach (var (filter, others) in _filters)
                {
                    if (!others.WasAllowed)
                    {
                        Remove(filter);
                    }
                }

                if (_filters.Count >= entriesMax)
                {
                    return false;
                }
            }

            answers = new TopicAnswers();
            _filters[question.Topic] = answers;
            if (TopicFilter.CountWildcards(question.Topic) > 0)
            {
                _wide = [.. _wide, (question.Topic, answers)];
            }
        }

        answers.Set(question.QoS, question.Retain, answer);
        return true;
    }

    private void Remove(byte[] filter)
    {
        if (_filters.TryRemove(filter, out var answers))
        {
            _wide = [.. _wide.Where(entry => entry.Answers != answers)];
        }
    }
}
