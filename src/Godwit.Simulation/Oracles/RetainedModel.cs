namespace Godwit.Simulation.Oracles;

/// <summary>What the retained store may hold: for each topic every message that set or cleared it, oldest first.</summary>
internal sealed class RetainedModel
{
    private readonly Dictionary<string, List<Publication>> _byTopic = new(StringComparer.Ordinal);
    private readonly List<List<Publication>> _all = [];

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
    }

    /// <summary>Everything was lost.</summary>
    public void Clear()
    {
        _byTopic.Clear();
        _all.Clear();
    }

    /// <summary>The last message that cleared a topic; null when there is none.</summary>
    public Message? LastClear(string topic) =>
        _byTopic.GetValueOrDefault(topic)?.FindLast(publication => publication.Message.IsClear)?.Message;

    /// <summary>A message may have been in the store at some time in a window.</summary>
    public bool MayHold(Message message, long from, long to) =>
        _byTopic.TryGetValue(message.Topic, out var list)
        && list.Exists(publication => publication.Message == message && publication.From <= to && !IsReplaced(publication, list, from));

    /// <summary>A message was replaced, or may have been.</summary>
    public bool MayBeReplaced(Publication publication) =>
        _byTopic.TryGetValue(publication.Message.Topic, out var list) && list.Exists(other => other.To > publication.To);

    /// <summary>Messages that were in the store for the whole of a window, and nothing else on their topics can have been.</summary>
    public IEnumerable<Publication> Certain(long from, long to)
    {
        foreach (var list in _all)
        {
            Publication? only = null;
            var count = 0;
            foreach (var publication in list)
            {
                if (publication.From <= to && !IsReplaced(publication, list, from))
                {
                    only = publication;
                    count++;
                }
            }

            if (count == 1 && only!.IsPromised && only.To < from && !only.Message.IsClear)
            {
                yield return only;
            }
        }
    }

    /// <summary>Something newer took its place before a tick, for certain.</summary>
    private static bool IsReplaced(Publication publication, List<Publication> list, long before)
    {
        for (var i = list.Count - 1; i >= 0; i--)
        {
            var other = list[i];
            if (other.IsPromised && other.From > publication.To && other.To < before)
            {
                return true;
            }
        }

        return false;
    }
}
