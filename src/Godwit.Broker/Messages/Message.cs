using Godwit.Broker.Log;
using Godwit.Broker.Security;
using Godwit.Protocol;

namespace Godwit.Broker.Messages;

/// <summary>
/// A stored Application Message: one copy of topic, properties and payload, shared by all receivers. Immutable while anyone holds a
/// reference; who takes a reference releases it, and the last release returns the message to its pool. A message of the retained
/// store has no pool and needs no references: lock-free readers may hold it as long as they like. Most messages never leave the shard
/// that made them, and until one does (<see cref="Share"/>) its references are counted without interlocked operations.
/// </summary>
internal sealed class Message
{
    private readonly MessagePool? _pool;
    private readonly byte[] _bytes;
    private int _topicSize;
    private int _propertiesSize;
    private int _payloadSize;
    private int _references;
    private bool _isShared;

    public Message(MessagePool? pool, int sizeClass, int capacity)
    {
        _pool = pool;
        SizeClass = sizeClass;
        _bytes = new byte[capacity];
    }

    /// <summary>Which of the pool's stacks it belongs to.</summary>
    public int SizeClass { get; }

    /// <summary>The next message in the pool's stack; nobody else's business.</summary>
    public Message? NextInPool { get; set; }

    /// <summary>Topic, properties and payload behind one another; nobody changes them while the message is held.</summary>
    public byte[] Bytes => _bytes;

    public ReadOnlySpan<byte> Topic => _bytes.AsSpan(0, _topicSize);

    public ReadOnlySpan<byte> Properties => _bytes.AsSpan(_topicSize, _propertiesSize);

    public ReadOnlySpan<byte> Payload => _bytes.AsSpan(_topicSize + _propertiesSize, _payloadSize);

    public QoS QoS { get; private set; }

    public long ExpiresAtMs { get; private set; }

    public long AnnouncedExpiryMs { get; private set; }

    /// <summary>Client identifier of the publisher, for No Local; null when the broker itself publishes.</summary>
    public string? PublisherId { get; set; }

    /// <summary>User name of the publisher of a retained message, who must keep the right to publish it; null is anonymous.</summary>
    public Identity? PublisherIdentity { get; set; }

    /// <summary>RETAIN of the PUBLISH, for Retain As Published.</summary>
    public bool WasRetain { get; set; }

    /// <summary>Version of the topic tree at which it was retained: live delivery goes to subscriptions older than this. 0: to all.</summary>
    public long Version { get; set; }

    /// <summary>When the retained store drops it, in milliseconds: the earlier of its own expiry and the server's.</summary>
    public long RetainedUntilMs { get; set; } = long.MaxValue;

    /// <summary>Its number in the log; 0 when it is not there.</summary>
    public long LogId { get; set; }

    /// <summary>What the record of a QoS 2 message waits for, when another shard writes it; null: it is in the log, or needs not be.</summary>
    public Ticket? Ticket { get; set; }

    /// <summary>The record of a retained message as long as it is not committed; null: it is, or there is none to wait for.</summary>
    public RetainedWrite? Write { get; set; }

    public int CostBytes => _topicSize + _propertiesSize + _payloadSize + 64;

    public MessageView View => new()
    {
        Topic = Topic,
        Properties = Properties,
        Payload = Payload,
        QoS = QoS,
        ExpiresAtMs = ExpiresAtMs,
        AnnouncedExpiryMs = AnnouncedExpiryMs,
    };

    /// <summary>Copies a message in; the caller holds the first reference.</summary>
    public void Fill(in MessageView view)
    {
        _topicSize = view.Topic.Length;
        _propertiesSize = view.Properties.Length;
        _payloadSize = view.Payload.Length;
        view.Topic.CopyTo(_bytes);
        view.Properties.CopyTo(_bytes.AsSpan(_topicSize));
        view.Payload.CopyTo(_bytes.AsSpan(_topicSize + _propertiesSize));
        QoS = view.QoS;
        ExpiresAtMs = view.ExpiresAtMs;
        AnnouncedExpiryMs = view.AnnouncedExpiryMs;
        _references = 1;
        _isShared = false;
    }

    /// <summary>Another shard is going to have a reference: called by the shard that made it, before it is handed over.</summary>
    public void Share() => _isShared = true;

    /// <summary>Takes more references.</summary>
    public void AddReference(int count = 1)
    {
        if (_isShared)
        {
            Interlocked.Add(ref _references, count);
        }
        else if (_pool is not null)
        {
            _references += count;
        }
    }

    /// <summary>Gives a reference back.</summary>
    public void Release()
    {
        if (_pool is null)
        {
            return;
        }

        if (!_isShared)
        {
            if (--_references == 0)
            {
                _pool.ReturnOwn(this);
            }
        }
        else if (Interlocked.Decrement(ref _references) == 0)
        {
            _pool.Return(this);
        }
    }
}
