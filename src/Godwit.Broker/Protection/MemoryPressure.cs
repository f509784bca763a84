using Godwit.Broker.Shards;

namespace Godwit.Broker.Protection;

/// <summary>
/// What a shard does while memory is scarce: twenty times a second it looks who has sent most since the last time, and no longer reads those who
/// have sent half of it. TCP holds their packets back; when there is memory again they are read on.
/// </summary>
internal sealed class MemoryPressure(Shard shard) : ITimed
{
    private const int IntervalMs = 50;

    private readonly Dictionary<Connection, long> _received = [];
    private readonly HashSet<Connection> _held = [];

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
            Release();
        }
        else if (before == OverloadLevel.None)
        {
            shard.SetTimer(this, shard.NowMs + IntervalMs);
        }

        if ((before == OverloadLevel.Critical) != (level == OverloadLevel.Critical))
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
    public void Count(Connection connection, int bytes) => _received[connection] = _received.GetValueOrDefault(connection) + bytes;

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
        var part = 0L;
        foreach (var (connection, bytes) in _received.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.Id))
        {
            if (part * 2 >= sum)
            {
                break;
            }

            part += bytes;
            if (!connection.IsClosed && _held.Add(connection))
            {
                connection.IsMemorySlowed = true;
                shard.Count(ProtectionReason.MemoryPublisher);
                shard.Watch(connection);
            }
        }

        _received.Clear();
        shard.SetTimer(this, shard.NowMs + IntervalMs);
    }

    private void Release()
    {
        _received.Clear();
        foreach (var connection in _held)
        {
            connection.IsMemorySlowed = false;
            shard.ReadAgain(connection);
            shard.Watch(connection);
        }

        _held.Clear();
    }
}
