using Godwit.Protocol;

namespace Godwit.Storage.Records;

/// <summary>The body of a <see cref="RecordType.Message"/>. Times are UTC milliseconds since 1970; <see cref="long.MaxValue"/> is never.</summary>
internal ref struct MessageBody
{
    private const byte QoSMask = 0x03;
    private const byte WasRetainFlag = 0x04;
    private const byte PublisherFlag = 0x08;
    private const byte RetainedFlag = 0x10;
    private const byte ExpiresFlag = 0x20;
    private const byte AnnouncedFlag = 0x40;
    private const byte HasBeenRetainedFlag = 0x80;

    /// <summary>Its number, which no other record has.</summary>
    public long Id;

    /// <summary>The QoS it was published with.</summary>
    public QoS QoS;

    /// <summary>RETAIN of the PUBLISH.</summary>
    public bool WasRetain;

    /// <summary>When it is dropped.</summary>
    public long ExpiresAtUtcMs;

    /// <summary>When the publisher said it expires.</summary>
    public long AnnouncedExpiryUtcMs;

    /// <summary>There is a publisher; otherwise it is the broker itself.</summary>
    public bool HasPublisher;

    /// <summary>
    /// Client identifier of the publisher, UTF-8, may be empty; behind it, where there is a user name, a byte 0 and the user name. No text of MQTT has a byte 0.
    /// </summary>
    public ReadOnlySpan<byte> Publisher;

    /// <summary>Version of the topic tree when the retained store took it; 0: it is not retained.</summary>
    public long RetainedVersion;

    /// <summary>The retained store has held it, now or before.</summary>
    public bool HasBeenRetained;

    /// <summary>When the retained store drops it; meaningful when retained.</summary>
    public long RetainedUntilUtcMs;

    /// <summary>Topic Name, UTF-8.</summary>
    public ReadOnlySpan<byte> Topic;

    /// <summary>Encoded properties; may be empty.</summary>
    public ReadOnlySpan<byte> Properties;

    /// <summary>The payload; may be empty.</summary>
    public ReadOnlySpan<byte> Payload;

    /// <summary>Who gets it, as <see cref="Broker.Log.RecipientList"/> writes it; may be empty.</summary>
    public ReadOnlySpan<byte> Recipients;

    /// <summary>Client identifier of the publisher.</summary>
    public readonly ReadOnlySpan<byte> PublisherId => Publisher.IndexOf((byte)0) is >= 0 and var end ? Publisher[..end] : Publisher;

    /// <summary>There is a user name of the publisher, perhaps an empty one.</summary>
    public readonly bool HasPublisherUserName => Publisher.Contains((byte)0);

    /// <summary>User name of the publisher.</summary>
    public readonly ReadOnlySpan<byte> PublisherUserName => Publisher[(Publisher.IndexOf((byte)0) + 1)..];

    /// <summary>What it counts in a queue: bytes of topic, properties and payload.</summary>
    public readonly int CostBytes => Topic.Length + Properties.Length + Payload.Length;

    /// <summary>Reads a body.</summary>
    /// <returns>False: it is damaged.</returns>
    public static bool TryRead(ReadOnlySpan<byte> body, out MessageBody message)
    {
        message = default;
        if (body.Length < RecordReader.ChecksumSize)
        {
            return false;
        }

        var reader = new BodyReader(body[RecordReader.ChecksumSize..]);
        message.Id = reader.Number();
        var flags = reader.Byte();
        message.QoS = (QoS)(flags & QoSMask);
        message.WasRetain = (flags & WasRetainFlag) != 0;
        message.HasPublisher = (flags & PublisherFlag) != 0;
        message.HasBeenRetained = (flags & HasBeenRetainedFlag) != 0;
        message.ExpiresAtUtcMs = (flags & ExpiresFlag) != 0 ? reader.Int64() : long.MaxValue;
        message.AnnouncedExpiryUtcMs = (flags & AnnouncedFlag) != 0 ? reader.Int64() : long.MaxValue;
        message.Publisher = message.HasPublisher ? reader.Block() : default;
        message.RetainedUntilUtcMs = long.MaxValue;
        if ((flags & RetainedFlag) != 0)
        {
            message.RetainedVersion = reader.Number();
            message.RetainedUntilUtcMs = reader.Int64();
        }

        message.Topic = reader.Block();
        message.Properties = reader.Block();
        message.Payload = reader.Block();
        message.Recipients = reader.Rest();
        return !reader.IsDamaged && (flags & QoSMask) <= (byte)QoS.ExactlyOnce;
    }

    /// <summary>Writes the whole record.</summary>
    public readonly void Write(RecordBuffer buffer)
    {
        var isRetained = RetainedVersion != 0;
        var expires = ExpiresAtUtcMs != long.MaxValue;
        var isAnnounced = AnnouncedExpiryUtcMs != long.MaxValue;
        var size = RecordBuffer.VarintSize((ulong)Id) + 1
            + (expires ? sizeof(long) : 0)
            + (isAnnounced ? sizeof(long) : 0)
            + (HasPublisher ? RecordBuffer.BlockSize(Publisher.Length) : 0)
            + (isRetained ? RecordBuffer.VarintSize((ulong)RetainedVersion) + sizeof(long) : 0)
            + RecordBuffer.BlockSize(Topic.Length)
            + RecordBuffer.BlockSize(Properties.Length)
            + RecordBuffer.BlockSize(Payload.Length)
            + Recipients.Length;
        var body = buffer.BeginChecked(RecordType.Message, size);
        buffer.Varint((ulong)Id);
        buffer.Byte((byte)(
            (byte)QoS
            | (WasRetain ? WasRetainFlag : 0)
            | (HasPublisher ? PublisherFlag : 0)
            | (isRetained ? RetainedFlag : 0)
            | (HasBeenRetained || isRetained ? HasBeenRetainedFlag : 0)
            | (expires ? ExpiresFlag : 0)
            | (isAnnounced ? AnnouncedFlag : 0)));
        if (expires)
        {
            buffer.Int64(ExpiresAtUtcMs);
        }

        if (isAnnounced)
        {
            buffer.Int64(AnnouncedExpiryUtcMs);
        }

        if (HasPublisher)
        {
            buffer.Block(Publisher);
        }

        if (isRetained)
        {
            buffer.Varint((ulong)RetainedVersion);
            buffer.Int64(RetainedUntilUtcMs);
        }

        buffer.Block(Topic);
        buffer.Block(Properties);
        buffer.Block(Payload);
        buffer.Bytes(Recipients);
        buffer.Seal(body);
    }
}
