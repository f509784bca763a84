using Godwit.Broker.Messages;
using Godwit.Broker.Shards;

namespace Godwit.Broker.Log;

/// <summary>
/// A message whose recipients are not all known yet, because other shards have some: they give their sessions positions, name them here and
/// let go; who lets go last posts it back to the shard of the publisher, which then writes one record with all of them. So a message is in the
/// log with all its recipients or not at all.
/// </summary>
/// <param name="origin">The shard of the publisher.</param>
internal sealed class PendingPublish(Shard origin) : ShardInput
{
    private readonly RecipientList _recipients = new();
    private readonly Lock _lock = new();
    private int _holders = 1;
    private List<long>? _deletedIds;
    private List<uint>? _endedSessions;
    private List<RetainedProgress>? _endedSearches;

    /// <summary>The message; one reference is held.</summary>
    public required Message Message { get; init; }

    /// <summary>What the publisher's shard writes with it; complete when the publisher's shard lets go.</summary>
    public PublishRecord Record { get; set; }

    /// <summary>Answers and QoS 2 deliveries wait for this.</summary>
    public required Ticket Ticket { get; init; }

    /// <summary>It comes from a session that has ended: see <see cref="HandedOver"/>.</summary>
    public bool IsHandedOver { get; init; }

    /// <summary>Nobody holds it any more.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>All recipients; when it is complete.</summary>
    public ReadOnlySpan<byte> Recipients => _recipients.Span;

    /// <summary>One more shard will let go. Only who holds it may call this.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    /// <summary>A shard names recipients of its own.</summary>
    public void Add(ReadOnlySpan<byte> recipients)
    {
        if (!recipients.IsEmpty)
        {
            lock (_lock)
            {
                _recipients.Add(recipients);
            }
        }
    }

    /// <summary>This shard has no more to say.</summary>
    public void LetGo()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            origin.Core.Post(origin.Index, this);
        }
    }

    /// <summary>A record is over as soon as this message is written. The publisher's shard only.</summary>
    public void Delete(long id) => (_deletedIds ??= []).Add(id);

    /// <summary>A session's queue is over as soon as this message is written. The publisher's shard only.</summary>
    public void EndSession(uint sessionNo) => (_endedSessions ??= []).Add(sessionNo);

    /// <summary>A search for retained messages is over as soon as this message is written. The publisher's shard only.</summary>
    public void End(RetainedProgress progress) => (_endedSearches ??= []).Add(progress);

    /// <summary>This message is written: now what is over with it.</summary>
    public void WriteEndings(IShardLog log)
    {
        foreach (var id in _deletedIds ?? [])
        {
            log.Delete(id);
        }

        foreach (var progress in _endedSearches ?? [])
        {
            progress.Delete(log);
        }

        foreach (var sessionNo in _endedSessions ?? [])
        {
            log.EndSession(sessionNo);
        }
    }

    internal override void Run(Shard shard)
    {
        IsComplete = true;
        shard.Durability!.WritePending();
    }
}
