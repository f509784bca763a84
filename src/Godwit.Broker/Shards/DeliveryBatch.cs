using Godwit.Broker.Log;
using Godwit.Broker.Messages;
using Godwit.Broker.Routing;

namespace Godwit.Broker.Shards;

/// <summary>
/// All that one shard has for another at the end of a turn: messages with the lists of subscriptions they matched, and messages for one
/// member of a shared group. Each entry holds a reference to its message. When it has been handled it goes back, empty, to the shard it
/// came from, so that in steady state none is made.
/// </summary>
internal sealed class DeliveryBatch(Shard origin) : ShardInput
{
    private const int KeptEntriesMax = 4096;

    private readonly List<Entry> _entries = [];
    private int _sizeBytes;

    public override int SizeBytes => _sizeBytes;

    /// <summary>A message for the receiving shard's part of the subscriptions in some lists.</summary>
    /// <param name="message">The message.</param>
    /// <param name="segments">The lists.</param>
    /// <param name="pending">Held for the receiving shard; it lets go. Null: nothing has to be written.</param>
    public void Add(Message message, ReadOnlySpan<MatchList.Segment> segments, PendingPublish? pending)
    {
        message.Share();
        message.AddReference();
        _sizeBytes += message.CostBytes;
        foreach (var segment in segments)
        {
            _entries.Add(new Entry(message, segment, null, null, pending));
        }

        for (var i = 1; i < segments.Length; i++)
        {
            message.AddReference();
        }
    }

    /// <summary>A message for one member of a shared group.</summary>
    /// <param name="message">The message.</param>
    /// <param name="member">The member.</param>
    /// <param name="tried">Members that could not take it.</param>
    /// <param name="pending">Held for the receiving shard; it lets go. Null: nothing has to be written.</param>
    public void AddShared(Message message, Subscription member, List<Subscription>? tried, PendingPublish? pending)
    {
        message.Share();
        message.AddReference();
        _sizeBytes += message.CostBytes;
        _entries.Add(new Entry(message, default, member, tried, pending));
    }

    internal override void Run(Shard shard)
    {
#if DEFECTS
        if (Protocol.Defect.Is("batch-reversed")) { _entries.Reverse(); }
#endif
        var entries = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_entries);
        var i = 0;
        while (i < entries.Length)
        {
            var message = entries[i].Message;
            if (entries[i].Member is { } member)
            {
                shard.Router.DeliverShared(message, member, entries[i].Tried, entries[i].Pending);
                message.Release();
                i++;
                continue;
            }

            // The lists of one message stand together, so that overlapping subscriptions of a session become one copy.
            var end = i + 1;
            while (end < entries.Length && ReferenceEquals(entries[end].Message, message) && entries[end].Member is null)
            {
                end++;
            }

            shard.Router.DeliverForeign(message, entries[i..end]);
            for (; i < end; i++)
            {
                message.Release();
            }
        }

        GiveBack();
    }

    private void GiveBack()
    {
        _entries.Clear();
        _sizeBytes = 0;
        if (_entries.Capacity <= KeptEntriesMax)            // what a burst has made large is left to the garbage collector
        {
            origin.Mailbox.GiveBack(this);
        }
    }

    internal readonly record struct Entry(Message Message, MatchList.Segment Segment, Subscription? Member, List<Subscription>? Tried, PendingPublish? Pending);
}
