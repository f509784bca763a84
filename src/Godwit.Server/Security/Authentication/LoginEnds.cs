using Godwit.Broker.Security;

namespace Godwit.Server.Security.Authentication;

/// <summary>
/// Logins that end at a time, as a token says. What has ended is told once a second, all together. A connection is found by its identity, of
/// which there is one object for each login. Any thread.
/// </summary>
internal sealed class LoginEnds : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly Action<IReadOnlySet<Identity>> _end;
    private readonly Lock _lock = new();
    private readonly Dictionary<Identity, (DateTimeOffset At, long Number)> _logins = new(ReferenceEqualityComparer.Instance);
    private readonly SortedSet<(DateTimeOffset At, long Number, Identity Identity)> _order = new(new ByTime());
    private readonly ITimer _timer;
    private long _number;

    /// <summary>Begins to watch; without logins that end there is nothing to do.</summary>
    /// <param name="time">Wall clock: tokens speak of it.</param>
    /// <param name="end">Closes the connections of these identities.</param>
    internal LoginEnds(TimeProvider time, Action<IReadOnlySet<Identity>> end)
    {
        (_time, _end) = (time, end);
        _timer = time.CreateTimer(_ => OnBeat(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Logins that are watched.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _logins.Count;
            }
        }
    }

    /// <summary>A login ends at a time.</summary>
    internal void Add(Identity identity, DateTimeOffset at)
    {
        lock (_lock)
        {
            RemoveNow(identity);
            var entry = (at, ++_number);
            _logins[identity] = entry;
            _order.Add((at, _number, identity));
            if (_logins.Count == 1)
            {
                _timer.Change(Beat, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>The connection has ended before its login, or the login was replaced.</summary>
    internal void Remove(Identity? identity)
    {
        if (identity is null)
        {
            return;
        }

        lock (_lock)
        {
            RemoveNow(identity);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void RemoveNow(Identity identity)
    {
        if (_logins.Remove(identity, out var entry))
        {
            _order.Remove((entry.At, entry.Number, identity));
        }
    }

    private void OnBeat()
    {
        var ended = new HashSet<Identity>(ReferenceEqualityComparer.Instance);
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            while (_order.Count > 0 && _order.Min is var first && first.At <= now)
            {
                RemoveNow(first.Identity);
                ended.Add(first.Identity);
            }

            if (_logins.Count > 0)
            {
                _timer.Change(Beat, Timeout.InfiniteTimeSpan);
            }
        }

        if (ended.Count > 0)
        {
            _end(ended);
        }
    }

    private sealed class ByTime : IComparer<(DateTimeOffset At, long Number, Identity Identity)>
    {
        public int Compare((DateTimeOffset At, long Number, Identity Identity) x, (DateTimeOffset At, long Number, Identity Identity) y) =>
            (x.At, x.Number).CompareTo((y.At, y.Number));
    }
}
