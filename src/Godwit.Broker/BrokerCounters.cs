using Godwit.Broker.Protection;
using Godwit.Protocol;

namespace Godwit.Broker;

/// <summary>What the broker counts. Each shard has its own and only writes that; a reader sums copies, which may be a moment old.</summary>
public sealed class BrokerCounters
{
    /// <summary>The row of messages that were in the store only.</summary>
    internal const int StoredQoS = 3;

    /// <summary>Packets received, by <see cref="PacketType"/>.</summary>
    public long[] PacketsReceived { get; } = new long[16];

    /// <summary>Packets sent, by <see cref="PacketType"/>.</summary>
    public long[] PacketsSent { get; } = new long[16];

    /// <summary>PUBLISH packets received, by <see cref="QoS"/>.</summary>
    public long[] PublishReceived { get; } = new long[3];

    /// <summary>PUBLISH packets sent, by <see cref="QoS"/>.</summary>
    public long[] PublishSent { get; } = new long[3];

    /// <summary>Decisions not to deliver, by <see cref="DropReason"/>.</summary>
    public long[] Dropped { get; } = new long[Enum.GetValues<DropReason>().Length];

    /// <summary>Decisions by which the broker protects itself, by <see cref="ProtectionReason"/>.</summary>
    public long[] Protected { get; } = new long[Enum.GetValues<ProtectionReason>().Length];

    /// <summary>The same by QoS, then by reason; the last row is of messages that were in the store only, QoS 1 or 2.</summary>
    public IReadOnlyList<long[]> DroppedByQoS { get; } = Rows(StoredQoS + 1, Enum.GetValues<DropReason>().Length);

    /// <summary>Those of the decisions that were about a message, by QoS, then by reason.</summary>
    public IReadOnlyList<long[]> ProtectedByQoS { get; } = Rows(StoredQoS, Enum.GetValues<ProtectionReason>().Length);

    /// <summary>Bytes received from clients.</summary>
    public long BytesReceived { get; set; }

    /// <summary>Bytes handed to transports.</summary>
    public long BytesSent { get; set; }

    /// <summary>Payload bytes of PUBLISH received.</summary>
    public long PublishBytesReceived { get; set; }

    /// <summary>Payload bytes of PUBLISH sent.</summary>
    public long PublishBytesSent { get; set; }

    /// <summary>CONNECT accepted, since the start.</summary>
    public long Connects { get; set; }

    /// <summary>Connections whose CONNECT was complete, accepted or not, since the start.</summary>
    public long Sockets { get; set; }

    /// <summary>Clients connected now.</summary>
    public long Connected { get; set; }

    /// <summary>Sessions now, connected or not.</summary>
    public long Sessions { get; set; }

    /// <summary>Sessions that ended by expiry while their client was away.</summary>
    public long ExpiredSessions { get; set; }

    /// <summary>Messages queued and in flight now.</summary>
    public long Queued { get; set; }

    /// <summary>What they cost in bytes.</summary>
    public long QueuedBytes { get; set; }

    /// <summary>Adds another shard's figures.</summary>
    public void Add(BrokerCounters other)
    {
        Add(PacketsReceived, other.PacketsReceived);
        Add(PacketsSent, other.PacketsSent);
        Add(PublishReceived, other.PublishReceived);
        Add(PublishSent, other.PublishSent);
        Add(Dropped, other.Dropped);
        Add(Protected, other.Protected);
        Add(DroppedByQoS, other.DroppedByQoS);
        Add(ProtectedByQoS, other.ProtectedByQoS);
        BytesReceived += other.BytesReceived;
        BytesSent += other.BytesSent;
        PublishBytesReceived += other.PublishBytesReceived;
        PublishBytesSent += other.PublishBytesSent;
        Connects += other.Connects;
        Sockets += other.Sockets;
        Connected += other.Connected;
        Sessions += other.Sessions;
        ExpiredSessions += other.ExpiredSessions;
        Queued += other.Queued;
        QueuedBytes += other.QueuedBytes;
    }

    /// <summary>Messages were dropped.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="row">Of <see cref="DroppedByQoS"/>.</param>
    /// <param name="count">How many.</param>
    internal void Drop(DropReason reason, int row, long count)
    {
        Dropped[(int)reason] += count;
        DroppedByQoS[row][(int)reason] += count;
    }

    private static long[][] Rows(int count, int length) => [.. Enumerable.Range(0, count).Select(_ => new long[length])];

    private static void Add(IReadOnlyList<long[]> sums, IReadOnlyList<long[]> values)
    {
        for (var i = 0; i < sums.Count; i++)
        {
            Add(sums[i], values[i]);
        }
    }

    private static void Add(long[] sums, long[] values)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] += values[i];
        }
    }
}
