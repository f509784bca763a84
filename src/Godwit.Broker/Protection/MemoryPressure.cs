using Godwit.Broker.Shards;

namespace Godwit.Broker.Protection;

/// <summary>
/// What a shard does while memory is scarce: twenty times a second it looks who has sent most since the last time, and no longer reads those who
/// have sent half of it, nor at once those who have sent more than a share: a flood over loopback fills a hundred megabytes between two looks. TCP holds
/// their packets back. As long as all together send little, nobody is held. After a second they are read on, so that a broker whose memory does not shrink is slow and not deaf; while memory is very scarce
/// they are not.
/// </summary>
internal sealed class MemoryPressure(Shard shard) : ITimed
{
    private const int IntervalMs = 50;
    private const int HoldMs = 1_000;

    /// <summary>Bytes of one client between two looks, beyond which it is held at once: 20 MB in a second.</summary>
    private const long HighShareBytes = 1_000_000;

    /// <summary>The same while memory is very scarce.</summary>
    private const long CriticalShareBytes = 64 * 1024;

    /// <summary>What all clients of the shard may send between two looks before the largest are held; nothing while hardly any memory is left.</summary>
    private const long HighFreeBytes = 64 * 1024;

    /// <summary>The same while memory is very scarce: 80 KB in a second.</summary>
    private const long CriticalFreeBytes = 4 * 1024;

    private readonly Dictionary<Connection, long> _received = [];
    private readonly Dictionary<Connection, long> _held = [];       // since when

    /// <summary>In force.</summary>
    public OverloadLevel Level { get; private set; }

    long ITimed.DueMs { get; set; }

    int ITimed.TimerPlace { get; set; }

    /// <summary>The host has measured. Inside a turn.</summary>
    public void Set(OverloadLevel level)
    {
        var before = Level;
        Level = level;
        if (level == OverloadLevel.None)
        {
            _received.Clear();
            Release(long.MaxValue);
        }
        else if (before == OverloadLevel.None)
        {
            shard.SetTimer(this, shard.NowMs + IntervalMs);
        }

        if ((before >= OverloadLevel.Critical) != (level >= OverloadLevel.Critical))
        {
            foreach (var session in shard.Sessions.All)
            {
                if (session.Connection is { } connection)
                {
                    connection.QoS0RoomBytes = shard.QoS0RoomOf(connection);
                }
            }
        }
    }

    /// <summary>A client has sent bytes while memory is scarce.</summary>
    public void Count(Connection connection, int bytes)
    {
        ref var sum = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_received, connection, out _);
        sum += bytes;
        if (sum > (Level >= OverloadLevel.Critical ? CriticalShareBytes : HighShareBytes))
        {
            Hold(connection);
        }
    }

    /// <summary>A connection has ended.</summary>
    public void Forget(Connection connection)
    {
        _received.Remove(connection);
        _held.Remove(connection);
    }

    void ITimed.OnTimer(Shard owner)
    {
        if (Level == OverloadLevel.None)
        {
            return;
        }

        var sum = _received.Values.Sum();
        var free = Level switch { OverloadLevel.High => HighFreeBytes, OverloadLevel.Critical => CriticalFreeBytes, _ => 0 };
        var part = 0L;
        foreach (var (connection, bytes) in _received.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.Id))
        {
            if (part * 2 >= sum || sum <= free)
            {
                break;
            }

            part += bytes;
            Hold(connection);
        }

        _received.Clear();
        if (Level == OverloadLevel.High)
        {
            Release(shard.NowMs - HoldMs);
        }

        shard.SetTimer(this, shard.NowMs + IntervalMs);
    }

    private void Hold(Connection connection)
    {
        if (!connection.IsClosed && _held.TryAdd(connection, shard.NowMs))
        {
            connection.IsMemorySlowed = true;
            shard.Count(ProtectionReason.MemoryPublisher);
            shard.Watch(connection);
        }
    }

    /// <summary>Reads those again who are held since this time, or for longer.</summary>
    private void Release(long sinceMs)
    {
        foreach (var (connection, heldMs) in _held)
        {
            if (heldMs <= sinceMs)
            {
                _held.Remove(connection);
                connection.IsMemorySlowed = false;
                shard.ReadAgain(connection);
                shard.Watch(connection);
            }
        }
    }
}
