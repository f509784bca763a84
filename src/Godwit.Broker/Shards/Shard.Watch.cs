using Godwit.Broker.Protection;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Shards;

/// <summary>Deadlines of connections, and how much room their output has.</summary>
public sealed partial class Shard
{
    /// <summary>Keep-alive and write stall of a connection: closes it, or sets the next deadline.</summary>
    internal void Watch(Connection connection)
    {
        if (connection.IsCongested && NowMs - connection.CongestedSinceMs >= Core.Limits.WriteStallMs)
        {
            Close(connection, CloseReason.SlowReader, DisconnectReasonCode.QuotaExceeded, "the client does not take what is sent to it");
            return;
        }

        if (connection.IsAsking && NowMs - connection.Inquiry!.AskedMs >= Core.Limits.AskTimeoutMs)
        {
            HearAgain(connection);          // nobody has answered: that is a no
            return;
        }

        var rateDue = connection.IsPaced || connection.IsRateSlowed ? RateLimiter.Look(connection) : long.MaxValue;

        // Who is not read cannot be heard: then only the write stall is watched.
        var silence = connection.IsUnread || connection.IsSlowed ? 0 : (long)(connection.KeepAliveSeconds * 1000L * Core.Settings.KeepAliveFactor);
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

        if (connection.IsAsking)
        {
            due = Math.Min(due, connection.Inquiry!.AskedMs + Core.Limits.AskTimeoutMs);
        }

        SetTimer(connection, Math.Min(due, rateDue));
    }

    /// <summary>What <see cref="Connection.QoS0RoomBytes"/> has to be now.</summary>
    internal int QoS0RoomOf(Connection connection) =>
        connection.IsPaced || MemoryPressure.Level == OverloadLevel.Critical ? -1 : Core.Limits.OutputBytesMax;

    /// <summary>A message of QoS 0 found no room in the output of a client.</summary>
    internal void CountNoRoom(Connection connection)
    {
        var reason = connection.IsPaced ? DropReason.DeliveryRate : DropReason.Congested;
        Count(MemoryPressure.Level == OverloadLevel.Critical ? DropReason.MemoryCritical : reason, QoS.AtMostOnce);
    }
}
