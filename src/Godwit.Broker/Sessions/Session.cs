using Godwit.Broker.Log;
using Godwit.Broker.Shards;
using Godwit.Protocol.Delivery;

namespace Godwit.Broker.Sessions;

/// <summary>
/// Session State of one client identifier (5.0 §4.1): subscriptions, messages in flight and queued, inbound QoS 2 ids, will and expiry.
/// Owned by its shard; other shards read <see cref="ShardIndex"/>, <see cref="IsConnected"/> and <see cref="Backlog"/>.
/// </summary>
internal sealed class Session(string clientId, int shardIndex) : ITimed
{
    /// <summary>An expiry that never comes.</summary>
    public const long Never = long.MaxValue;

    private volatile bool _isConnected;
    private Connection? _connection;

    public string ClientId { get; } = clientId;

    /// <summary>User name of the connection that uses it, or used it last; null without one.</summary>
    public string? UserName { get; set; }

    public int ShardIndex { get; } = shardIndex;

    /// <summary>Its number in the log; 0: it is not durable. Set before anybody else sees it.</summary>
    public uint No { get; set; }

    /// <summary>Number of its newest record in the log.</summary>
    public long RecordId { get; set; }

    /// <summary>Records of the inbound QoS 2 packet ids; null when there is none.</summary>
    public Dictionary<ushort, long>? InboundRecords { get; set; }

    /// <summary>What the newest inbound QoS 2 message waits for.</summary>
    public Ticket? InboundTicket { get; set; }

    /// <summary>What the newest SUBACK waits for: retained messages come behind it.</summary>
    public Ticket? SubackTicket { get; set; }

    /// <summary>Positions that wait until their records are durable; null when none does.</summary>
    public SendGates? Gates { get; set; }

    /// <summary>The part of the queue, behind what is in memory, that is in the store only; null when none is.</summary>
    public StoredQueue? Stored { get; set; }

    /// <summary>Positions below this one may have been sent before the broker was started.</summary>
    public long SentBelowSeq { get; set; }

    /// <summary>The first position that was certainly never sent.</summary>
    public long UnsentSeq
    {
        get
        {
            var isNextStored = Outbound.QueuedCount == 0 && Stored is { Count: > 0 };
            return Math.Max(SentBelowSeq, isNextStored ? Stored!.FirstSeq : Outbound.UnsentSeq);
        }
    }

    /// <summary>The connection that uses the session now.</summary>
    public Connection? Connection
    {
        get => _connection;
        set
        {
            _connection = value;
            _isConnected = value is not null;
        }
    }

    /// <summary>For other shards; may be stale there.</summary>
    public bool IsConnected => _isConnected;

    /// <summary>The session is over; a batch from another shard may still name it.</summary>
    public bool HasEnded { get; set; }

    public SubscriptionTable Subscriptions { get; } = new();

    public OutboundDelivery<QueuedMessage> Outbound { get; } = new();

    public InboundDelivery Inbound { get; } = new();

    /// <summary>QoS 0 messages kept for a client that is away; null unless that is switched on and there are some.</summary>
    public Queue<QueuedMessage>? QueuedQoS0 { get; set; }

    /// <summary>Cost of all messages queued and in flight.</summary>
    public long QueueBytes { get; set; }

    /// <summary>Messages queued and in flight; for other shards, may be stale there.</summary>
    public int Backlog => Outbound.QueuedCount + Outbound.InFlightCount + (Stored?.Count ?? 0);

    /// <summary>Retained messages that a SUBSCRIBE found and that have not been sent; null when none.</summary>
    public RetainedBacklog? RetainedBacklog { get; set; }

    public Will? Will { get; set; }

    /// <summary>When the pending will is published; <see cref="Never"/> while the client is connected or has no will.</summary>
    public long WillDueMs { get; set; } = Never;

    /// <summary>Session Expiry Interval, milliseconds; 0 ends with the connection.</summary>
    public long ExpiryMs { get; set; }

    /// <summary>When the session ends; <see cref="Never"/> while connected.</summary>
    public long ExpiresAtMs { get; set; } = Never;

    long ITimed.DueMs { get; set; }

    int ITimed.TimerPlace { get; set; }

    /// <summary>Mark of the message that <see cref="PendingIndex"/> belongs to; for merging overlapping subscriptions.</summary>
    public long MatchStamp { get; set; }

    public int PendingIndex { get; set; }

    void ITimed.OnTimer(Shard shard) => shard.Lifetimes.OnTimer(this);
}
