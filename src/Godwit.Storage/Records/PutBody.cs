using System.Text;
using Godwit.Broker.Log;
using Godwit.Protocol;

namespace Godwit.Storage.Records;

/// <summary>
/// The body of a <see cref="RecordType.Put"/>: checksum, id, <see cref="PutKind"/>, then what the kind says. Times in it are UTC milliseconds
/// since 1970, durations are milliseconds; <see cref="long.MaxValue"/> is never.
/// </summary>
internal readonly ref struct PutBody
{
    private const byte QoSMask = 0x03;
    private const byte RetainFlag = 0x04;
    private const byte NoLocalFlag = 0x04;
    private const byte RetainAsPublishedFlag = 0x08;
    private const byte ConnectedFlag = 0x01;
    private const byte UserNameFlag = 0x10;

    private PutBody(long id, PutKind kind, ReadOnlySpan<byte> rest)
    {
        Id = id;
        Kind = kind;
        Rest = rest;
    }

    /// <summary>Its number.</summary>
    public long Id { get; }

    /// <summary>What it holds.</summary>
    public PutKind Kind { get; }

    private ReadOnlySpan<byte> Rest { get; }

    /// <summary>Reads a body as far as the kind.</summary>
    /// <returns>False: it is damaged.</returns>
    public static bool TryRead(ReadOnlySpan<byte> body, out PutBody put)
    {
        put = default;
        if (body.Length < RecordReader.ChecksumSize)
        {
            return false;
        }

        var reader = new BodyReader(body[RecordReader.ChecksumSize..]);
        var id = reader.Number();
        var kind = (PutKind)reader.Byte();
        put = new PutBody(id, kind, reader.Rest());
        return !reader.IsDamaged && kind is >= PutKind.Session and <= PutKind.RetainedGiven;
    }

    /// <summary>The number of the session it belongs to; 0 for a will without one, and when it is damaged.</summary>
    public uint ReadSessionNo() => new BodyReader(Rest).SessionNo();

    /// <summary>Reads a session.</summary>
    /// <returns>False: it is damaged.</returns>
    public bool TryReadSession(out SessionRecord session)
    {
        var reader = new BodyReader(Rest);
        var sessionNo = reader.SessionNo();
        var flags = reader.Byte();
        session = new SessionRecord
        {
            SessionNo = sessionNo,
            IsConnected = (flags & ConnectedFlag) != 0,
            ClientId = Encoding.UTF8.GetString(reader.Block()),
            UserName = (flags & UserNameFlag) != 0 ? Encoding.UTF8.GetString(reader.Block()) : null,
            ExpiryMs = reader.Number(),
            EndsAtMs = reader.Int64(),
            UnsentSeq = reader.Number(),
        };
        return reader.IsComplete;
    }

    /// <summary>Reads a subscription.</summary>
    /// <returns>False: it is damaged.</returns>
    public bool TryReadSubscription(out SubscriptionRecord subscription)
    {
        var reader = new BodyReader(Rest);
        var sessionNo = reader.SessionNo();
        var flags = reader.Byte();
        subscription = new SubscriptionRecord
        {
            SessionNo = sessionNo,
            QoS = (QoS)(flags & QoSMask),
            NoLocal = (flags & NoLocalFlag) != 0,
            RetainAsPublished = (flags & RetainAsPublishedFlag) != 0,
            Filter = reader.Block(),
            Identifier = reader.SessionNo(),
        };
        return reader.IsComplete && subscription.QoS <= QoS.ExactlyOnce;
    }

    /// <summary>Reads a will.</summary>
    /// <returns>False: it is damaged.</returns>
    public bool TryReadWill(out WillRecord will)
    {
        var reader = new BodyReader(Rest);
        var sessionNo = reader.SessionNo();
        var flags = reader.Byte();
        will = new WillRecord
        {
            SessionNo = sessionNo,
            QoS = (QoS)(flags & QoSMask),
            Retain = (flags & RetainFlag) != 0,
            ClientId = Encoding.UTF8.GetString(reader.Block()),
            UserName = (flags & UserNameFlag) != 0 ? Encoding.UTF8.GetString(reader.Block()) : null,
            Topic = reader.Block(),
            Payload = reader.Block(),
            Properties = reader.Block(),
            DelayMs = reader.Number(),
            ExpiryMs = reader.Number(),
            DueAtMs = reader.Int64(),
        };
        return reader.IsComplete && will.QoS <= QoS.ExactlyOnce;
    }

    /// <summary>Reads an inbound packet id.</summary>
    /// <returns>False: it is damaged.</returns>
    public bool TryReadInbound(out uint sessionNo, out ushort packetId)
    {
        var reader = new BodyReader(Rest);
        sessionNo = reader.SessionNo();
        var number = reader.Varint();
        packetId = (ushort)number;
        return reader.IsComplete && number <= ushort.MaxValue;
    }

    /// <summary>Reads a search for retained messages.</summary>
    /// <returns>False: it is damaged.</returns>
    public bool TryReadRetainedSearch(out RetainedSearchRecord search)
    {
        var reader = new BodyReader(Rest);
        var sessionNo = reader.SessionNo();
        var flags = reader.Byte();
        search = new RetainedSearchRecord
        {
            SessionNo = sessionNo,
            NoLocal = (flags & NoLocalFlag) != 0,
            Filter = reader.Block(),
            OlderThan = reader.Number(),
        };
        return reader.IsComplete;
    }

    /// <summary>Reads what a search for retained messages has brought.</summary>
    /// <param name="sessionNo">The session.</param>
    /// <param name="searchId">The record of the search.</param>
    /// <param name="messageIds">Emptied first.</param>
    /// <returns>False: it is damaged.</returns>
    public bool TryReadRetainedGiven(out uint sessionNo, out long searchId, List<long> messageIds)
    {
        var reader = new BodyReader(Rest);
        sessionNo = reader.SessionNo();
        searchId = reader.Number();
        messageIds.Clear();
        for (var count = reader.Number(); count > 0 && !reader.IsDamaged; count--)
        {
            messageIds.Add(reader.Number());
        }

        return reader.IsComplete;
    }

    /// <summary>Writes the record of a session.</summary>
    public static void WriteSession(RecordBuffer buffer, long id, in SessionRecord session, long endsAtUtcMs)
    {
        var size = HeadSize(id, session.SessionNo) + 1 + TextSize(session.ClientId) + TextSize(session.UserName)
            + RecordBuffer.VarintSize((ulong)session.ExpiryMs) + sizeof(long) + RecordBuffer.VarintSize((ulong)session.UnsentSeq);
        var body = Begin(buffer, id, PutKind.Session, session.SessionNo, size);
        buffer.Byte((byte)((session.IsConnected ? ConnectedFlag : 0) | (session.UserName is null ? 0 : UserNameFlag)));
        buffer.Text(session.ClientId);
        WriteUserName(buffer, session.UserName);
        buffer.Varint((ulong)session.ExpiryMs);
        buffer.Int64(endsAtUtcMs);
        buffer.Varint((ulong)session.UnsentSeq);
        buffer.Seal(body);
    }

    /// <summary>Writes the record of a subscription.</summary>
    public static void WriteSubscription(RecordBuffer buffer, long id, in SubscriptionRecord subscription)
    {
        var size = HeadSize(id, subscription.SessionNo) + 1 + RecordBuffer.BlockSize(subscription.Filter.Length)
            + RecordBuffer.VarintSize(subscription.Identifier);
        var body = Begin(buffer, id, PutKind.Subscription, subscription.SessionNo, size);
        buffer.Byte((byte)(
            (byte)subscription.QoS | (subscription.NoLocal ? NoLocalFlag : 0) | (subscription.RetainAsPublished ? RetainAsPublishedFlag : 0)));
        buffer.Block(subscription.Filter);
        buffer.Varint(subscription.Identifier);
        buffer.Seal(body);
    }

    /// <summary>Writes the record of a will.</summary>
    public static void WriteWill(RecordBuffer buffer, long id, in WillRecord will, long dueAtUtcMs)
    {
        var size = HeadSize(id, will.SessionNo) + 1 + TextSize(will.ClientId) + TextSize(will.UserName)
            + RecordBuffer.BlockSize(will.Topic.Length) + RecordBuffer.BlockSize(will.Payload.Length) + RecordBuffer.BlockSize(will.Properties.Length)
            + RecordBuffer.VarintSize((ulong)will.DelayMs) + RecordBuffer.VarintSize((ulong)will.ExpiryMs) + sizeof(long);
        var body = Begin(buffer, id, PutKind.Will, will.SessionNo, size);
        buffer.Byte((byte)((byte)will.QoS | (will.Retain ? RetainFlag : 0) | (will.UserName is null ? 0 : UserNameFlag)));
        buffer.Text(will.ClientId);
        WriteUserName(buffer, will.UserName);
        buffer.Block(will.Topic);
        buffer.Block(will.Payload);
        buffer.Block(will.Properties);
        buffer.Varint((ulong)will.DelayMs);
        buffer.Varint((ulong)will.ExpiryMs);
        buffer.Int64(dueAtUtcMs);
        buffer.Seal(body);
    }

    /// <summary>Writes the record of an inbound packet id.</summary>
    public static void WriteInbound(RecordBuffer buffer, long id, uint sessionNo, ushort packetId)
    {
        var body = Begin(buffer, id, PutKind.Inbound, sessionNo, HeadSize(id, sessionNo) + RecordBuffer.VarintSize(packetId));
        buffer.Varint(packetId);
        buffer.Seal(body);
    }

    /// <summary>Writes the record of a search for retained messages.</summary>
    public static void WriteRetainedSearch(RecordBuffer buffer, long id, in RetainedSearchRecord search)
    {
        var size = HeadSize(id, search.SessionNo) + 1 + RecordBuffer.BlockSize(search.Filter.Length) + RecordBuffer.VarintSize((ulong)search.OlderThan);
        var body = Begin(buffer, id, PutKind.RetainedSearch, search.SessionNo, size);
        buffer.Byte(search.NoLocal ? NoLocalFlag : (byte)0);
        buffer.Block(search.Filter);
        buffer.Varint((ulong)search.OlderThan);
        buffer.Seal(body);
    }

    /// <summary>Writes the record of what a search for retained messages has brought.</summary>
    public static void WriteRetainedGiven(RecordBuffer buffer, long id, uint sessionNo, long searchId, ReadOnlySpan<long> messageIds)
    {
        var size = HeadSize(id, sessionNo) + RecordBuffer.VarintSize((ulong)searchId) + RecordBuffer.VarintSize((ulong)messageIds.Length);
        foreach (var messageId in messageIds)
        {
            size += RecordBuffer.VarintSize((ulong)messageId);
        }

        var body = Begin(buffer, id, PutKind.RetainedGiven, sessionNo, size);
        buffer.Varint((ulong)searchId);
        buffer.Varint((ulong)messageIds.Length);
        foreach (var messageId in messageIds)
        {
            buffer.Varint((ulong)messageId);
        }

        buffer.Seal(body);
    }

    private static int HeadSize(long id, uint sessionNo) => RecordBuffer.VarintSize((ulong)id) + 1 + RecordBuffer.VarintSize(sessionNo);

    private static int TextSize(string? text) => text is null ? 0 : RecordBuffer.BlockSize(Encoding.UTF8.GetByteCount(text));

    private static int Begin(RecordBuffer buffer, long id, PutKind kind, uint sessionNo, int size)
    {
        var body = buffer.BeginChecked(RecordType.Put, size);
        buffer.Varint((ulong)id);
        buffer.Byte((byte)kind);
        buffer.Varint(sessionNo);
        return body;
    }

    private static void WriteUserName(RecordBuffer buffer, string? userName)
    {
        if (userName is not null)
        {
            buffer.Text(userName);
        }
    }
}
