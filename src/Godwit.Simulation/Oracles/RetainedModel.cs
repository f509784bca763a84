namespace Godwit.Simulation.Oracles;

/// <summary>What the retained store may hold: for each topic every message that set or cleared it, oldest first.</summary>
internal sealed class RetainedModel
{
    private readonly Dictionary<string, List<Publication>> _byTopic = new(StringComparer.Ordinal);
    private readonly List<List<Publication>> _all = [];
    private readonly Dictionary<string, Message> _clears = new(StringComparer.Ordinal);

    /// <summary>Topics that were ever retained.</summary>
    public IEnumerable<string> Topics => _all.Select(list => list[0].Message.Topic);

    /// <summary>A retained message has reached the broker.</summary>
    public void Add(Publication publication)
    {
        var topic = publication.Message.Topic;
        if (!_byTopic.TryGetValue(topic, out var list))
        {
            list = [];
            _byTopic.Add(topic, list);
            _all.Add(list);
        }

        list.Add(publication);
        if (publication.Message.IsClear)
        {
            _clears[topic] = publication.Message;
        }
    }

    /// <summary>Everything was lost.</summary>
    public void Clear()
    {
        _byTopic.Clear();
        _all.Clear();
        _clears.Clear();
    }

    /// <summary>The last message that cleared a topic; null when there is none.</summary>
    public Message? LastClear(string topic) => _clears.GetValueOrDefault(topic);

    /// <summary>A message may have been in the store at some time in a window.</summary>
    public bool MayHold(Message message, long from, long to) =>
        _byTopic.TryGetValue(message.Topic, out var list)
        && list.Exists(publication => publication.Message == message && publication.From <= to && publication.NotRetainedFrom >= from && !IsReplaced(publication, list, from));

    /// <summary>What a topic holds, as a crash has decided it; null: nothing.</summary>
    public Publication? Held(string topic) => _byTopic.GetValueOrDefault(topic)?.FindLast(publication => publication.NotRetainedFrom == long.MaxValue);

    /// <summary>A message was replaced, or may have been.</summary>
    public bool MayBeReplaced(Publication publication) =>
        _byTopic.TryGetValue(publication.Message.Topic, out var list) && list.Exists(other => other.To > publication.To) || publication.NotRetainedFrom < long.MaxValue;

    /// <summary>Messages that were in the store for the whole of a window, and nothing else on their topics can have been.</summary>
    public IEnumerable<Publication> Certain(long from, long to)
    {
        foreach (var list in _all)
        {
            Publication? only = null;
            var count = 0;
            foreach (var publication in list)
            {
                if (publication.From <= to && publication.NotRetainedFrom == long.MaxValue && !IsReplaced(publication, list, from))
                {
                    only = publication;
                    count++;
                }
            }

            if (count == 1 && !list.Exists(publication => publication.MayNotBeRetained) && only!.IsPromised && only.To < from && !only.Message.IsClear)
            {
                yield return only;
            }
        }
    }

    /// <summary>A crash has decided what a topic holds. What was under way may have been lost, and what was not kept for certain.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="held">What the store holds; null: nothing.</param>
    /// <param name="isSure">A publication was kept for certain.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="tick">The same in ticks.</param>
    /// <returns>What is wrong with that; null: nothing.</returns>
    public string? Adopt(string topic, Message? held, Predicate<Publication> isSure, long nowMs, long tick)
    {
        var list = _byTopic.GetValueOrDefault(topic) ?? [];
        var there = list.FindAll(publication => publication.NotRetainedFrom == long.MaxValue);
        Publication? kept = null;
        foreach (var publication in list)
        {
            var isOver = publication.NotRetainedFrom < tick || there.Exists(other => isSure(other) && other.From > publication.To);
            if (publication.Message == held && !publication.IsLost && !isOver)
            {
                kept = publication;
            }

            var isCertain = publication.NotRetainedFrom == long.MaxValue && isSure(publication) && !publication.MayNotBeRetained && !publication.Message.IsClear && publication.ExpiresFromMs > nowMs
                && !there.Exists(other => other != publication && other.To > publication.From);
            if (isCertain && publication.Message != held)
            {
                return $"{topic} held {publication.Message}, and after the crash it holds {(held is null ? "nothing" : held)}";
            }
        }

        if (held is not null && kept is null)
        {
            return $"after the crash {topic} holds {held}, which was replaced or never there";
        }

        foreach (var publication in list)
        {
            if (publication != kept)
            {
                publication.NotRetainedFrom = Math.Min(publication.NotRetainedFrom, tick);
            }
        }

        return null;
    }

    /// <summary>Something newer took its place before a tick, for certain.</summary>
    private static bool IsReplaced(Publication publication, List<Publication> list, long before)
    {
        for (var i = list.Count - 1; i >= 0; i--)
        {
            var other = list[i];
            if (other.IsPromised && other.From > publication.To && other.To < before && (other.NotRetainedFrom > before || other.NotRetainedFrom >= publication.NotRetainedFrom))
            {
                return true;
            }
        }

        return false;
    }
}
