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

    /// <summary>The message; one reference is held.</summary>
    public required Message Message { get; init; }

    /// <summary>What the publisher's shard writes with it; complete when the publisher's shard lets go.</summary>
    public PublishRecord Record { get; set; }

    /// <summary>Answers and QoS 2 deliveries wait for this.</summary>
    public required Ticket Ticket { get; init; }

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

    internal override void Run(Shard shard)
    {
        IsComplete = true;
        shard.Durability!.WritePending();
    }
}
