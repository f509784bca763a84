using Godwit.Broker.Protection;
using Godwit.Protocol;

namespace Godwit.Broker;

/// <summary>What the broker counts. Each shard has its own and only writes that; a reader sums copies, which may be a moment old.</summary>
public sealed class BrokerCounters
{
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

    private static void Add(long[] sums, long[] values)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] += values[i];
        }
    }
}
