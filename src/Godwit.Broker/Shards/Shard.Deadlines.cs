using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Shards;

/// <summary>What connections wait for: the client's next packet, its reading on, and the time until which it is slowed down.</summary>
public sealed partial class Shard
{
    /// <summary>Does not read a connection until a time; what it sends waits in its socket. Keep Alive does not run meanwhile. Inside a turn.</summary>
    /// <param name="connection">A connection of this shard.</param>
    /// <param name="untilMs">The host's monotonic milliseconds.</param>
    public void PutOff(Connection connection, long untilMs)
    {
        if (!connection.IsClosed && untilMs > NowMs)
        {
            connection.ReadFromMs = untilMs;
            connection.IsSlowedDown = true;
            Watch(connection);
        }
    }

    /// <summary>Keep-alive and write stall of a connection: closes it, or sets the next deadline.</summary>
    internal void Watch(Connection connection)
    {
        if (connection.IsCongested && NowMs - connection.CongestedSinceMs >= Core.Limits.WriteStallMs)
        {
            Close(connection, CloseReason.SlowReader, DisconnectReasonCode.QuotaExceeded, "the client does not take what is sent to it");
            return;
        }

        var throttled = connection.IsSlowedDown || connection.IsSendingPutOff ? SpeedUp(connection) : long.MaxValue;

        // Who is not read cannot be heard: then only the write stall is watched.
        var silence = connection.IsUnread ? 0 : (long)(connection.KeepAliveSeconds * 1000L * Core.Settings.KeepAliveFactor);
        if (silence > 0 && IsReadingPaused)
        {
            connection.LastPacketMs = NowMs;
        }

        if (silence > 0 && NowMs - connection.LastPacketMs >= silence)
        {
            Close(connection, CloseReason.KeepAliveTimeout, DisconnectReasonCode.KeepAliveTimeout, "no packet came within the Keep Alive");     // [MQTT-3.1.2-22] [MQTT3-3.1.2-24]
            return;
        }

        var due = silence > 0 ? connection.LastPacketMs + silence : long.MaxValue;
        if (connection.IsCongested)
        {
            due = Math.Min(due, connection.CongestedSinceMs + Core.Limits.WriteStallMs);
        }

        SetTimer(connection, Math.Min(due, throttled));
    }

    private void ThrottleInput(IThrottle throttle, Connection connection, long publishesBefore, int bytes)
    {
        if (!connection.IsClosed)
        {
            PutOff(connection, throttle.AfterInput(connection, (int)(PublishesReceived - publishesBefore), bytes, NowMs));
        }
    }

    private long PublishesReceived => Counters.PublishReceived[0] + Counters.PublishReceived[1] + Counters.PublishReceived[2];

    private void ThrottleOutput(IThrottle throttle, Connection connection, int bytes)
    {
        var untilMs = throttle.AfterOutput(connection, bytes, NowMs);
        if (untilMs > NowMs)
        {
            connection.SendFromMs = untilMs;
            connection.IsSendingPutOff = true;
            SetTimer(connection, NowMs);                // watched with the timers of this turn, or the next
        }
    }

    /// <summary>Ends what is over.</summary>
    /// <returns>When the next of it ends.</returns>
    private long SpeedUp(Connection connection)
    {
        var due = long.MaxValue;
        if (connection.IsSlowedDown && connection.ReadFromMs <= NowMs)
        {
            connection.IsSlowedDown = false;
            connection.LastPacketMs = NowMs;            // it was not read, so its silence does not count
        }

        if (connection.IsSendingPutOff && connection.SendFromMs <= NowMs)
        {
            connection.IsSendingPutOff = false;
            Touch(connection);
        }

        due = connection.IsSlowedDown ? connection.ReadFromMs : due;
        return connection.IsSendingPutOff ? Math.Min(due, connection.SendFromMs) : due;
    }
}
