namespace Godwit.Server.Protection;

/// <summary>Finds clients that come back too often, and bans them for a while. Any thread.</summary>
/// <param name="connects">So many CONNECTs within the window are too many.</param>
/// <param name="windowMs">The window.</param>
/// <param name="banMs">How long a ban lasts.</param>
internal sealed class FlappingDetector(int connects, long windowMs, long banMs)
{
    /// <summary>Clients that are remembered; beyond it those that come newly are not counted until the oldest have been forgotten.</summary>
    internal const int ClientsMax = 100_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, State> _clients = new(StringComparer.Ordinal);
    private long _tidyAtMs = long.MinValue;

    /// <summary>A client connects.</summary>
    /// <param name="clientId">Its identifier.</param>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="isNew">It is banned from now on.</param>
    /// <returns>True: it is banned.</returns>
    internal bool IsBanned(string clientId, long nowMs, out bool isNew)
    {
        isNew = false;
        lock (_lock)
        {
            Tidy(nowMs);
            if (!_clients.TryGetValue(clientId, out var state))
            {
                if (_clients.Count < ClientsMax)
                {
                    _clients.Add(clientId, new State { SinceMs = nowMs, Count = 1 });
                }

                return false;
            }

            if (state.BannedUntilMs > nowMs)
            {
                return true;
            }

            if (state.BannedUntilMs > 0 || nowMs - state.SinceMs >= windowMs)
            {
                (state.SinceMs, state.Count, state.BannedUntilMs) = (nowMs, 0, 0);
            }

            if (++state.Count <= connects)
            {
                return false;
            }

            state.BannedUntilMs = nowMs + banMs;
            isNew = true;
            return true;
        }
    }

    /// <summary>Once in a window, who has not come back is forgotten.</summary>
    private void Tidy(long nowMs)
    {
        if (nowMs < _tidyAtMs)
        {
            return;
        }

        _tidyAtMs = nowMs + windowMs;
        foreach (var (clientId, state) in _clients)
        {
            if (nowMs - state.SinceMs >= windowMs && state.BannedUntilMs <= nowMs)
            {
                _clients.Remove(clientId);
            }
        }
    }

    private sealed class State
    {
        public long SinceMs;
        public int Count;
        public long BannedUntilMs;      // 0: it is not
    }
}
