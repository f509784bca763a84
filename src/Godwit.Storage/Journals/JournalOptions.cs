using Godwit.Broker.Log;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Journals;

/// <summary>How a journal works, and whom it tells. Callbacks must return quickly and must not call back.</summary>
public sealed class JournalOptions
{
    /// <summary>Shards that write into it: 1 to 64.</summary>
    public required int ShardCount { get; init; }

    /// <summary>Number of the store, if this opening makes it; random, kept from publishers.</summary>
    public required Guid NewStoreId { get; init; }

    /// <summary>What an acknowledgement means.</summary>
    public Durability Durability { get; init; }

    /// <summary>With <see cref="Durability.Interval"/>: time between flushes, milliseconds, 1 to 100.</summary>
    public int FlushIntervalMs { get; init; } = 50;

    /// <summary>Bytes of a segment.</summary>
    public int SegmentSizeBytes { get; init; } = 64 << 20;

    /// <summary>Retired segments that are kept to be used again.</summary>
    public int PoolMax { get; init; } = 4;

    /// <summary>About so many bytes go into one frame; a larger commit makes a larger one.</summary>
    public int FrameSizeBytes { get; init; } = 1 << 20;

    /// <summary>Damage that is not a torn tail ends the opening, and nothing is changed.</summary>
    public bool StopOnDamage { get; init; }

    /// <summary>A system clock that is further ahead of the last heartbeat than this is not believed. Default: ten years.</summary>
    public TimeSpan ClockAheadMax { get; init; } = TimeSpan.FromDays(3650);

    /// <summary>Without commits for so long, space is reclaimed that is not short yet.</summary>
    public int IdleReclaimMs { get; init; } = 60_000;

    /// <summary>A commit waits for the writer. Called on the thread of the shard, for the first one since the writer looked.</summary>
    public Action? WakeWriter { get; init; }

    /// <summary>A shard waits for a commit that has become durable, or for the store's health. Called on the writer's thread.</summary>
    public Action<int>? WakeShard { get; init; }

    /// <summary>An answer for a shard. Called on the writer's thread.</summary>
    public Action<int, QueueRead>? Post { get; init; }

    /// <summary>The store's health has changed, and why, in words. Called on the writer's thread.</summary>
    public Action<StoreHealth, string>? HealthChanged { get; init; }

    /// <summary>Something was met while running that people should look at: one sentence. Called on the writer's thread.</summary>
    public Action<string>? Alarm { get; init; }

    internal SegmentOptions ToSegmentOptions(Guid storeId) => new()
    {
        StoreId = storeId,
        SegmentSizeBytes = SegmentSizeBytes,
        PoolMax = PoolMax,
        StopOnDamage = StopOnDamage,
    };
}
