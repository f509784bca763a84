namespace Godwit.Broker.Routing;

/// <summary>What one topic matches: lists of subscriptions with their length at that moment, and shared groups. Re-used.</summary>
internal sealed class MatchList
{
    private Segment[] _segments = new Segment[8];
    private int _segmentCount;
    private Branch[] _branches = new Branch[8];
    private int _branchCount;

    public List<SharedGroup> Groups { get; } = [];

    public ReadOnlySpan<Segment> Segments => _segments.AsSpan(0, _segmentCount);

    /// <summary>Nodes of the topic tree that the match has visited.</summary>
    public int VisitedCount { get; set; }

    public bool IsEmpty => _segmentCount == 0 && Groups.Count == 0;

    public void Clear()
    {
        Array.Clear(_segments, 0, _segmentCount);
        _segmentCount = 0;
        Groups.Clear();
    }

    public void Add(TopicNode node)
    {
        if (node.Subscribers is { } list)
        {
            if (_segmentCount == _segments.Length)
            {
                Array.Resize(ref _segments, 2 * _segmentCount);
            }

            _segments[_segmentCount++] = new Segment(list, list.Count);
        }

        for (var group = node.Groups?.First; group is not null; group = group.Next)
        {
            Groups.Add(group);
        }
    }

    /// <summary>A node to visit later; <see cref="TopicTree"/>'s own.</summary>
    public void Push(TopicNode node, int position)
    {
        if (_branchCount == _branches.Length)
        {
            Array.Resize(ref _branches, 2 * _branchCount);
        }

        _branches[_branchCount++] = new Branch(node, position);
    }

    /// <summary>The node that was pushed last.</summary>
    /// <returns>False: none is left.</returns>
    public bool TryPop(out TopicNode? node, out int position)
    {
        if (_branchCount == 0)
        {
            node = null;
            position = 0;
            return false;
        }

        ref var branch = ref _branches[--_branchCount];
        (node, position) = (branch.Node, branch.Position);
        branch = default;
        return true;
    }

    /// <summary>The first <paramref name="Count"/> slots of a list.</summary>
    public readonly record struct Segment(SubscriberList List, int Count);

    private readonly record struct Branch(TopicNode Node, int Position);
}
