using Godwit.Broker.Protection;

namespace Godwit.Broker.Routing;

/// <summary>Who has published the retained messages. Nobody is counted while nobody is limited.</summary>
internal sealed partial class TopicTree
{
    private RetainedOwners? _owners;

    /// <summary>Principals that have retained messages, as far as they are counted.</summary>
    public int RetainedOwnerCount
    {
        get
        {
            lock (_writing)
            {
                return _owners?.Count ?? 0;
            }
        }
    }

    /// <summary>How many retained messages a principal has, as far as they are counted.</summary>
    public int RetainedCountOf(in Principal owner)
    {
        lock (_writing)
        {
            return _owners?.CountOf(owner) ?? 0;
        }
    }

    /// <summary>From now on principals are counted, or are not. To begin takes as long as to visit all retained messages.</summary>
    public void CountOwners(bool isWanted)
    {
        lock (_writing)
        {
            if (!isWanted)
            {
                _owners = null;
            }
            else if (_owners is null)
            {
                _owners = new RetainedOwners();
                CountRetained(_owners);
            }
        }
    }

    private void CountRetained(RetainedOwners owners)
    {
        var waiting = new Stack<TopicNode>([_root]);
        while (waiting.TryPop(out var node))
        {
            if (node.Retained is { } message && !IsServerTopic(message.Topic))
            {
                owners.Replace(message, old: null);
            }

            for (var child = node.FirstChild; child is not null; child = child.NextSibling)
            {
                waiting.Push(child);
            }
        }
    }
}
