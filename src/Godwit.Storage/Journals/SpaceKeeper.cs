using Godwit.Broker.Log;
using Godwit.Storage.Files;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Journals;

/// <summary>
/// Sees to it that the next segment and a reserve are there before they are needed, and says how the store is. Without space the store is full:
/// what frees space still goes into what is left, and service resumes by itself.
/// </summary>
internal sealed class SpaceKeeper(IStoreFs fs, SegmentPool pool, JournalOptions options, StoreState state)
{
    /// <summary>Between two attempts when there is no space.</summary>
    public const long RetryMs = 500;

    private const long LookMs = 10_000;

    /// <summary>Between two deletions of files that are too many, as after a backup. Each can cost a flush 40 ms.</summary>
    private const long DeleteMs = 10_000;

    private long _retryAtMs = long.MinValue;
    private long _lookAtMs = long.MinValue;
    private long _deleteAtMs = long.MaxValue;

    /// <summary>Nothing could be allocated; waiting commits may not fit.</summary>
    public bool IsFull => state.Health == StoreHealth.Full;

    /// <summary>When to try again; never when there is nothing to try.</summary>
    public long DueAtMs => pool.Count < SegmentPool.AheadCount ? _retryAtMs : _deleteAtMs;

    /// <summary>A segment has been given back.</summary>
    public void OnRetired() => _retryAtMs = long.MinValue;

    /// <summary>Something did not fit.</summary>
    public void OnFull(long nowMs, StoreFullException exception)
    {
        _retryAtMs = nowMs + RetryMs;
        Set(StoreHealth.Full, exception.Message);
    }

    /// <summary>A write or a flush has failed.</summary>
    public void OnFailed(IOException exception) => Set(StoreHealth.Failed, exception.Message);

    /// <summary>Allocates what is missing, and deletes what is too many, when it is time.</summary>
    public void Keep(long nowMs)
    {
        if (pool.Count < SegmentPool.AheadCount)
        {
            if (nowMs < _retryAtMs)
            {
                return;
            }

            try
            {
                pool.AllocateAhead();
            }
            catch (StoreFullException exception)
            {
                OnFull(nowMs, exception);
                return;
            }

            _lookAtMs = nowMs;
        }

        if (nowMs >= _lookAtMs || IsFull)
        {
            _lookAtMs = nowMs + LookMs;
            var isLow = fs.FreeBytes < 2L * options.SegmentSizeBytes;
            Set(isLow ? StoreHealth.Low : StoreHealth.Ok, isLow ? $"less than {2L * options.SegmentSizeBytes} bytes are free" : "there is space");
        }

        DeleteSurplus(nowMs);
    }

    private void DeleteSurplus(long nowMs)
    {
        if (!pool.HasSurplus)
        {
            _deleteAtMs = long.MaxValue;
            return;
        }

        if (_deleteAtMs == long.MaxValue)
        {
            _deleteAtMs = nowMs + DeleteMs;
        }

        if (nowMs >= _deleteAtMs || state.Health != StoreHealth.Ok)
        {
            pool.DeleteSurplus();
            _deleteAtMs = nowMs + DeleteMs;
            _lookAtMs = long.MinValue;      // there may be space now
        }
    }

    private void Set(StoreHealth health, string reason)
    {
        if (state.Health != health)
        {
            state.Health = health;
            options.HealthChanged?.Invoke(health, reason);
        }
    }
}
