using Godwit.Broker.Log;
using Godwit.Broker.Protection;
using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol.Delivery;

namespace Godwit.Broker.Sessions;

/// <summary>
/// Session State of one client identifier (5.0 §4.1): subscriptions, messages in flight and queued, inbound QoS 2 ids, will and expiry.
/// Owned by its shard; other shards read <see cref="ShardIndex"/>, <see cref="IsConnected"/> and <see cref="Backlog"/>.
/// </summary>
/// <remarks>
/// A broker has as many of these as it has clients, and most clients are idle: what few sessions have stands in parts that are made
/// when they are first needed.
/// </remarks>
internal sealed class Session(string clientId, int shardIndex) : ITimed
{
    /// <summary>An expiry that never comes.</summary>
    public const long Never = long.MaxValue;

    private readonly byte _shardIndex = (byte)shardIndex;
    private volatile bool _isConnected;
    private Connection? _connection;
    private SubscriptionTable _subscriptions;
    private OutboundDelivery<QueuedMessage>? _outbound;
    private SessionExtras? _extras;

    public string ClientId { get; } = clientId;

    /// <summary>Who uses it, or used it last; null: nothing is known but the client identifier. After a restart only the user name is.</summary>
    public Identity? Identity
    {
        get => _extras?.Identity;
        set => ExtrasFor(value)?.Identity = value;
    }

    /// <summary>What its user has; null: it is nobody's in particular.</summary>
    public UserUsage? Usage
    {
        get => _extras?.Usage;
        set => ExtrasFor(value)?.Usage = value;
    }

    /// <summary>Its client has not been here since the broker was started: of its identity only the user name is known.</summary>
    public bool IsIdentityPartial
    {
        get => _extras is { IsIdentityPartial: true };
        set => ExtrasUnless(!value)?.IsIdentityPartial = value;
    }

    /// <summary>The principal it belongs to; null is anonymous.</summary>
    public string? UserName => Identity?.UserName;

    public Subject Subject => new(ClientId, Identity);

    public int ShardIndex => _shardIndex;

    /// <summary>Its number in the log; 0: it is not durable. Set before anybody else sees it.</summary>
    public uint No { get; set; }

    /// <summary>Number of its newest record in the log.</summary>
    public long RecordId
    {
        get => _extras?.RecordId ?? 0;
        set => Extras.RecordId = value;
    }

    /// <summary>Records of the inbound QoS 2 packet ids; null when there is none.</summary>
    public Dictionary<ushort, long>? InboundRecords
    {
        get => _extras?.InboundRecords;
        set => Extras.InboundRecords = value;
    }

    /// <summary>What the newest inbound QoS 2 message waits for.</summary>
    public Ticket? InboundTicket
    {
        get => _extras?.InboundTicket;
        set => ExtrasFor(value)?.InboundTicket = value;
    }

    /// <summary>What the newest SUBACK waits for: retained messages come behind it.</summary>
    public Ticket? SubackTicket
    {
        get => _extras?.SubackTicket;
        set => ExtrasFor(value)?.SubackTicket = value;
    }

    /// <summary>Positions that wait until their records are durable; null when none does.</summary>
    public SendGates? Gates
    {
        get => _extras?.Gates;
        set => ExtrasFor(value)?.Gates = value;
    }

    /// <summary>The part of the queue, behind what is in memory, that is in the store only; null when none is.</summary>
    public StoredQueue? Stored
    {
        get => _extras?.Stored;
        set => ExtrasFor(value)?.Stored = value;
    }

    /// <summary>Positions below this one may have been sent before the broker was started.</summary>
    public long SentBelowSeq
    {
        get => _extras?.SentBelowSeq ?? 0;
        set => Extras.SentBelowSeq = value;
    }

    /// <summary>The first position that was certainly never sent.</summary>
    public long UnsentSeq
    {
        get
        {
            var isNextStored = QueuedCount == 0 && Stored is { Count: > 0 };
            return Math.Max(SentBelowSeq, isNextStored ? Stored!.FirstSeq : _outbound?.UnsentSeq ?? 0);
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

    public ref SubscriptionTable Subscriptions => ref _subscriptions;

    /// <summary>QoS 1 and 2 messages on their way to the client; made for the first of them.</summary>
    public OutboundDelivery<QueuedMessage> Outbound => _outbound ?? MakeOutbound();

    /// <summary><see cref="Outbound"/>, when there ever was a message in it.</summary>
    public OutboundDelivery<QueuedMessage>? OutboundIfAny => _outbound;

    /// <summary>Inbound QoS 2 messages; made for the first of them.</summary>
    public InboundDelivery Inbound => Extras.Inbound ??= new InboundDelivery();

    /// <summary><see cref="Inbound"/>, when there ever was a message in it.</summary>
    public InboundDelivery? InboundIfAny => _extras?.Inbound;

    /// <summary>QoS 0 messages kept for a client that is away; null unless that is switched on and there are some.</summary>
    public Queue<QueuedMessage>? QueuedQoS0
    {
        get => _extras?.QueuedQoS0;
        set => ExtrasFor(value)?.QueuedQoS0 = value;
    }

    /// <summary>Cost of all messages queued and in flight.</summary>
    public long QueueBytes
    {
        get => _extras?.QueueBytes ?? 0;
        set => Extras.QueueBytes = value;
    }

    /// <summary>The part of <see cref="QueueBytes"/> that <see cref="Usage"/> knows of.</summary>
    public long ChargedBytes
    {
        get => _extras?.ChargedBytes ?? 0;
        set => ExtrasUnless(value == 0)?.ChargedBytes = value;
    }

    /// <summary>Messages in memory that were never sent.</summary>
    public int QueuedCount => _outbound?.QueuedCount ?? 0;

    /// <summary>Messages queued and in flight; for other shards, may be stale there.</summary>
    public int Backlog => QueuedCount + (_outbound?.InFlightCount ?? 0) + (Stored?.Count ?? 0);

    /// <summary>How long <see cref="Backlog"/>, and what waits of QoS 0, may be now.</summary>
    public int QueueMessagesMax(BrokerLimits limits)
    {
        var maximum = Connection is null && limits.AwayQueueMessagesMax > 0 ? limits.AwayQueueMessagesMax : limits.QueueMessagesMax;
        return maximum == 0 ? int.MaxValue : maximum;
    }

    /// <summary>Retained messages that a SUBSCRIBE found and that have not been sent; null when none.</summary>
    public RetainedBacklog? RetainedBacklog
    {
        get => _extras?.RetainedBacklog;
        set => ExtrasFor(value)?.RetainedBacklog = value;
    }

    public Will? Will
    {
        get => _extras?.Will;
        set => ExtrasFor(value)?.Will = value;
    }

    /// <summary>When the pending will is published; <see cref="Never"/> while the client is connected or has no will.</summary>
    public long WillDueMs
    {
        get => _extras?.WillDueMs ?? Never;
        set => ExtrasUnless(value == Never)?.WillDueMs = value;
    }

    /// <summary>Session Expiry Interval, milliseconds; 0 ends with the connection.</summary>
    public long ExpiryMs { get; set; }

    /// <summary>When the session ends; <see cref="Never"/> while connected.</summary>
    public long ExpiresAtMs
    {
        get => _extras?.ExpiresAtMs ?? Never;
        set => ExtrasUnless(value == Never)?.ExpiresAtMs = value;
    }

    long ITimed.DueMs
    {
        get => _extras?.DueMs ?? 0;
        set => Extras.DueMs = value;
    }

    int ITimed.TimerPlace
    {
        get => _extras?.TimerPlace ?? 0;
        set => Extras.TimerPlace = value;
    }

    /// <summary>Mark of the message that <see cref="PendingIndex"/> belongs to; for merging overlapping subscriptions.</summary>
    public long MatchStamp { get; set; }

    public int PendingIndex { get; set; }

    private SessionExtras Extras => _extras ??= new SessionExtras();

    void ITimed.OnTimer(Shard shard) => shard.Lifetimes.OnTimer(this);

    /// <summary>What holds a value, or null when there is none and it need not be made to hold null.</summary>
    private SessionExtras? ExtrasFor(object? value) => ExtrasUnless(value is null);

    private SessionExtras? ExtrasUnless(bool isDefault) => isDefault ? _extras : Extras;

    private OutboundDelivery<QueuedMessage> MakeOutbound()
    {
        var outbound = new OutboundDelivery<QueuedMessage>();
        if (_connection is not null)
        {
            outbound.BeginConnection(_connection.SendQuotaMax);
        }

        _outbound = outbound;
        return outbound;
    }

    /// <summary>What an idle session does not need, made with the first of it.</summary>
    private sealed class SessionExtras
    {
        public Identity? Identity;
        public UserUsage? Usage;
        public bool IsIdentityPartial;
        public long RecordId;
        public Dictionary<ushort, long>? InboundRecords;
        public Ticket? InboundTicket;
        public Ticket? SubackTicket;
        public SendGates? Gates;
        public StoredQueue? Stored;
        public long SentBelowSeq;
        public Queue<QueuedMessage>? QueuedQoS0;
        public long QueueBytes;
        public long ChargedBytes;
        public RetainedBacklog? RetainedBacklog;
        public Will? Will;
        public long WillDueMs = Never;
        public long ExpiresAtMs = Never;
        public long DueMs;
        public int TimerPlace;
        public InboundDelivery? Inbound;
    }
}
