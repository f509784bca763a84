namespace Godwit.Broker.Routing;

/// <summary>What one topic matches: lists of subscriptions with their length at that moment, and shared groups. Re-used.</summary>
internal sealed class MatchList
{
    private Segment[] _segments = new Segment[8];
    private int _segmentCount;

    /// <summary>Nodes still to visit; <see cref="TopicTree"/>'s own.</summary>
    public Stack<(TopicNode Node, int Position)> Pending { get; } = new();

    public List<SharedGroup> Groups { get; } = [];

    public ReadOnlySpan<Segment> Segments => _segments.AsSpan(0, _segmentCount);

    /// <summary>Nodes of the topic tree that the match has visited.</summary>
    public int VisitedCount { get; set; }

    public bool IsEmpty => _segmentCount == 0 && Groups.Count == 0;

    public void Clear()
    {
        _segments.AsSpan(0, _segmentCount).Clear();
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

    /// <summary>The first <paramref name="Count"/> slots of a list.</summary>
    public readonly record struct Segment(SubscriberList List, int Count);
}
