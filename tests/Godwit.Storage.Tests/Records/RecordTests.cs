using System.Text;
using Godwit.Broker.Log;
using Godwit.Protocol;
using Godwit.Storage.Records;

namespace Godwit.Storage.Tests.Records;

/// <summary>The bytes of records. A change of a golden line is a change of the format.</summary>
public sealed class RecordTests
{
    [Fact]
    public void A_message_has_these_bytes() =>
        Assert.Equal(
            "01-46-95-29-B0-76-AC-02-FD-00-10-A5-D4-E8-00-00-00-01-10-A5-D4-E8-00-00-00-02-70-31-07-02-10-A5-D4-E8-00-00-00"
            + "-03-61-2F-62-02-01-01-05-68-65-6C-6C-6F-08-D2-09-0C-01-05-0A-24-73-68-61-72-65-2F-67-2F-61-09-80-80-04-02",
            Hex(WriteMessage));

    [Fact]
    public void Every_other_record_has_these_bytes()
    {
        Assert.Equal("02-0C-A2-D3-10-B0-AC-02-AB-02-08-D2-09-00", Hex(WriteReference));
        Assert.Equal("03-03-08-D2-09", Hex(buffer => NumbersBody.Write(buffer, RecordType.Acknowledge, 8, 1234)));
        Assert.Equal("04-09-05-98-8A-F6-AC-02-08-D2-09", Hex(buffer => new ReceivedBody { Id = 300, SessionNo = 8, Seq = 1234 }.Write(buffer)));
        Assert.Equal("05-02-AC-02", Hex(buffer => NumbersBody.Write(buffer, RecordType.ReleaseRetained, 300)));
        Assert.Equal("06-1A-27-09-61-50-AC-02-01-08-11-02-63-31-01-75-E0-D4-03-FF-FF-FF-FF-FF-FF-FF-7F-05", Hex(WriteSession));
        Assert.Equal("06-0E-CD-26-3B-99-AC-02-02-08-0D-03-61-2F-23-09", Hex(WriteSubscription));
        Assert.Equal("06-20-C3-58-D7-9F-AC-02-03-08-15-02-63-31-01-75-01-77-01-78-01-79-88-27-90-4E-01-10-A5-D4-E8-00-00-00", Hex(WriteWill));
        Assert.Equal("06-0B-EC-5E-FD-74-AC-02-04-08-FF-FF-03", Hex(buffer => PutBody.WriteInbound(buffer, 300, 8, 65_535)));
        Assert.Equal("06-0F-57-B1-4E-E2-AC-02-05-08-04-03-72-2F-23-D2-09", Hex(WriteRetainedSearch));
        Assert.Equal("06-0F-B4-E2-2A-E2-AC-02-06-08-AB-02-02-F0-A2-04-05", Hex(WriteRetainedGiven));
        Assert.Equal("07-02-AC-02", Hex(buffer => NumbersBody.Write(buffer, RecordType.Delete, 300)));
        Assert.Equal("08-01-08", Hex(buffer => NumbersBody.Write(buffer, RecordType.EndSession, 8)));
        Assert.Equal("09-06-80-A0-94-A5-8D-1D", Hex(buffer => NumbersBody.Write(buffer, RecordType.Heartbeat, 1_000_000_000_000)));
        Assert.Equal("0A-03-AC-02-09", Hex(buffer => NumbersBody.Write(buffer, RecordType.Floor, 300, 9)));
        Assert.Equal("0B-03-08-D2-09", Hex(buffer => NumbersBody.Write(buffer, RecordType.NextSeq, 8, 1234)));
    }

    [Fact]
    public void A_message_is_read_as_it_was_written()
    {
        var reader = new RecordReader(Bytes(WriteMessage));

        Assert.True(reader.TryRead());
        Assert.True(reader.IsIntact);
        Assert.True(MessageBody.TryRead(reader.Body, out var message));
        Assert.Equal(300, message.Id);
        Assert.Equal(QoS.AtLeastOnce, message.QoS);
        Assert.True(message.WasRetain);
        Assert.Equal(1_000_000_000_000, message.ExpiresAtUtcMs);
        Assert.Equal(1_000_000_000_001, message.AnnouncedExpiryUtcMs);
        Assert.Equal("p1", Encoding.UTF8.GetString(message.PublisherId));
        Assert.Equal(7, message.RetainedVersion);
        Assert.Equal("a/b", Encoding.UTF8.GetString(message.Topic));
        Assert.Equal([1, 1], message.Properties.ToArray());
        Assert.Equal("hello", Encoding.UTF8.GetString(message.Payload));
        Assert.Equal(10, message.CostBytes);
        var recipients = new RecipientReader(message.Recipients);
        Assert.True(recipients.TryRead());
        Assert.Equal((8u, 1234L, "$share/g/a"), (recipients.SessionNo, recipients.Seq, Encoding.UTF8.GetString(recipients.SharedFilter)));
        Assert.True(recipients.TryRead());
        Assert.False(recipients.TryRead() || recipients.IsDamaged);
    }

    /// <summary>A record without one is as it was before there was one: older stores are read, and the version of the format is the same.</summary>
    [Theory]
    [InlineData("p1", null, "70-31")]
    [InlineData("p1", "", "70-31-00")]
    [InlineData("p1", "u\u00e9", "70-31-00-75-C3-A9")]
    [InlineData("", "u", "00-75")]
    public void The_user_name_of_the_publisher_stands_behind_its_identifier(string clientId, string? userName, string hex)
    {
        var publisher = Convert.FromHexString(hex.Replace("-", "", StringComparison.Ordinal));
        var bytes = Bytes(buffer => new MessageBody { Id = 300, HasPublisher = true, Publisher = publisher, Topic = "t"u8 }.Write(buffer));
        var reader = new RecordReader(bytes);

        Assert.True(reader.TryRead());
        Assert.True(MessageBody.TryRead(reader.Body, out var message));
        Assert.Equal(clientId, Encoding.UTF8.GetString(message.PublisherId));
        Assert.Equal(userName, message.HasPublisherUserName ? Encoding.UTF8.GetString(message.PublisherUserName) : null);
    }

    [Fact]
    public void Puts_are_read_as_they_were_written()
    {
        Assert.True(ReadPut(Bytes(WriteSession)).TryReadSession(out var session));
        Assert.Equal((8u, "c1", "u", 60_000L, true, long.MaxValue, 5L), (session.SessionNo, session.ClientId, session.UserName, session.ExpiryMs, session.IsConnected, session.EndsAtMs, session.UnsentSeq));

        Assert.True(ReadPut(Bytes(WriteSubscription)).TryReadSubscription(out var subscription));
        Assert.Equal((8u, "a/#", QoS.AtLeastOnce, true, true, 9u), (subscription.SessionNo, Encoding.UTF8.GetString(subscription.Filter), subscription.QoS, subscription.NoLocal, subscription.RetainAsPublished, subscription.Identifier));

        Assert.True(ReadPut(Bytes(WriteWill)).TryReadWill(out var will));
        Assert.Equal((8u, "c1", "u", QoS.AtLeastOnce, true), (will.SessionNo, will.ClientId, will.UserName, will.QoS, will.Retain));
        Assert.Equal(("w", "x", "y"), (Encoding.UTF8.GetString(will.Topic), Encoding.UTF8.GetString(will.Payload), Encoding.UTF8.GetString(will.Properties)));
        Assert.Equal((5_000L, 10_000L), (will.DelayMs, will.ExpiryMs));

        Assert.True(ReadPut(Bytes(buffer => PutBody.WriteInbound(buffer, 300, 8, 65_535))).TryReadInbound(out var sessionNo, out var packetId));
        Assert.Equal((8u, (ushort)65_535), (sessionNo, packetId));

        Assert.True(ReadPut(Bytes(WriteRetainedSearch)).TryReadRetainedSearch(out var search));
        Assert.Equal((8u, "r/#", 1234L, true), (search.SessionNo, Encoding.UTF8.GetString(search.Filter), search.OlderThan, search.NoLocal));

        var messageIds = new List<long> { 1 };
        Assert.True(ReadPut(Bytes(WriteRetainedGiven)).TryReadRetainedGiven(out sessionNo, out var searchId, messageIds));
        Assert.Equal((8u, 299L), (sessionNo, searchId));
        Assert.Equal([70_000, 5], messageIds);
    }

    [Fact]
    public void What_has_a_checksum_shows_every_changed_byte()
    {
        foreach (var write in new Action<RecordBuffer>[] { WriteMessage, WriteReference, WriteSession, WriteSubscription, WriteWill, WriteRetainedSearch, WriteRetainedGiven })
        {
            var bytes = Bytes(write);
            for (var i = 2; i < bytes.Length; i++)
            {
                bytes[i] ^= 0x10;
                var reader = new RecordReader(bytes);
                Assert.True(reader.TryRead());
                Assert.False(reader.IsIntact, $"byte {i}");
                bytes[i] ^= 0x10;
            }
        }
    }

    [Fact]
    public void A_record_that_is_cut_anywhere_is_damaged()
    {
        var bytes = Bytes(WriteMessage);
        for (var length = 1; length < bytes.Length; length++)
        {
            var reader = new RecordReader(bytes.AsSpan(0, length));

            Assert.False(reader.TryRead());
            Assert.True(reader.IsDamaged);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x03, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    [InlineData(new byte[] { 0x03, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x01, 0x80 })]
    [InlineData(new byte[] { 0x01 })]
    public void A_hostile_length_is_damage(byte[] bytes)
    {
        var reader = new RecordReader(bytes);

        Assert.False(reader.TryRead());
        Assert.True(reader.IsDamaged);
    }

    [Fact]
    public void Changed_bodies_are_refused_or_read_but_never_throw()
    {
        var random = new Random(1);
        Action<RecordBuffer>[] writers = [WriteMessage, WriteReference, WriteSession, WriteSubscription, WriteWill];
        var refused = 0;
        for (var round = 0; round < 50_000; round++)
        {
            var bytes = Bytes(writers[round % writers.Length]);
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(2, bytes.Length)] = (byte)random.Next(256);
            }

            var reader = new RecordReader(bytes.AsSpan(0, random.Next(8) == 0 ? random.Next(bytes.Length) : bytes.Length));
            if (reader.TryRead())
            {
                refused += CanReadBody(reader.Type, reader.Body) ? 0 : 1;
            }
        }

        Assert.InRange(refused, 1, 50_000);
    }

    internal static bool CanReadBody(RecordType type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case RecordType.Message:
                return MessageBody.TryRead(body, out _);
            case RecordType.Reference:
                return ReferenceBody.TryRead(body, out _);
            case RecordType.Received:
                return ReceivedBody.TryRead(body, out _);
            case RecordType.Put:
                return PutBody.TryRead(body, out var put)
                    && (put.TryReadSession(out _) | put.TryReadSubscription(out _) | put.TryReadWill(out _) | put.TryReadInbound(out _, out _) | put.TryReadRetainedSearch(out _) | put.TryReadRetainedGiven(out _, out _, []));
            default:
                return NumbersBody.TryRead(type, body, out _);
        }
    }

    private static PutBody ReadPut(byte[] bytes)
    {
        var reader = new RecordReader(bytes);
        Assert.True(reader.TryRead());
        Assert.True(PutBody.TryRead(reader.Body, out var put));
        Assert.Equal(300, put.Id);
        return put;
    }

    private static byte[] Bytes(Action<RecordBuffer> write)
    {
        var buffer = new RecordBuffer();
        write(buffer);
        return buffer.Span.ToArray();
    }

    private static string Hex(Action<RecordBuffer> write) => BitConverter.ToString(Bytes(write));

    private static RecipientList Recipients()
    {
        var list = new RecipientList();
        list.Add(8, 1234, QoS.AtLeastOnce, retain: false, [5], "$share/g/a"u8);
        list.Add(9, 65_536, QoS.AtLeastOnce, retain: true, null, default);
        return list;
    }

    private static void WriteMessage(RecordBuffer buffer) => new MessageBody
    {
        Id = 300,
        QoS = QoS.AtLeastOnce,
        WasRetain = true,
        ExpiresAtUtcMs = 1_000_000_000_000,
        AnnouncedExpiryUtcMs = 1_000_000_000_001,
        HasPublisher = true,
        Publisher = "p1"u8,
        RetainedVersion = 7,
        RetainedUntilUtcMs = 1_000_000_000_002,
        Topic = "a/b"u8,
        Properties = new byte[] { 1, 1 },
        Payload = "hello"u8,
        Recipients = Recipients().Span,
    }.Write(buffer);

    private static void WriteReference(RecordBuffer buffer)
    {
        var list = new RecipientList();
        list.Add(8, 1234, QoS.AtLeastOnce, retain: false, null, default);
        new ReferenceBody { Id = 300, MessageId = 299, Recipients = list.Span }.Write(buffer);
    }

    private static void WriteSession(RecordBuffer buffer) =>
        PutBody.WriteSession(buffer, 300, new SessionRecord { SessionNo = 8, ClientId = "c1", UserName = "u", ExpiryMs = 60_000, IsConnected = true, EndsAtMs = 0, UnsentSeq = 5 }, long.MaxValue);

    private static void WriteSubscription(RecordBuffer buffer) =>
        PutBody.WriteSubscription(buffer, 300, new SubscriptionRecord { SessionNo = 8, Filter = "a/#"u8, QoS = QoS.AtLeastOnce, NoLocal = true, RetainAsPublished = true, Identifier = 9 });

    private static void WriteRetainedSearch(RecordBuffer buffer) =>
        PutBody.WriteRetainedSearch(buffer, 300, new RetainedSearchRecord { SessionNo = 8, Filter = "r/#"u8, OlderThan = 1234, NoLocal = true });

    private static void WriteRetainedGiven(RecordBuffer buffer) => PutBody.WriteRetainedGiven(buffer, 300, 8, searchId: 299, [70_000, 5]);

    private static void WriteWill(RecordBuffer buffer) =>
        PutBody.WriteWill(
            buffer,
            300,
            new WillRecord { SessionNo = 8, ClientId = "c1", UserName = "u", Topic = "w"u8, Payload = "x"u8, Properties = "y"u8, QoS = QoS.AtLeastOnce, Retain = true, DelayMs = 5_000, ExpiryMs = 10_000, DueAtMs = 0 },
            1_000_000_000_001);
}
