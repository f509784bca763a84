using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Godwit.Broker.Log;
using Godwit.Storage.Records;

namespace Godwit.Storage.Tools;

/// <summary>Takes records apart for people.</summary>
internal static class RecordDescriber
{
    private const int PayloadShownMax = 64;

    /// <summary>Takes one apart; what cannot be read is told as such.</summary>
    public static LogRecord Describe(RecordReader reader)
    {
        var record = new LogRecord(reader.Type);
        var isRead = reader.Type switch
        {
            RecordType.Message => MessageBody.TryRead(reader.Body, out var message) && Describe(record, message),
            RecordType.Reference => ReferenceBody.TryRead(reader.Body, out var reference) && Describe(record, reference),
            RecordType.Received => ReceivedBody.TryRead(reader.Body, out var received) && Describe(record, received),
            RecordType.Put => PutBody.TryRead(reader.Body, out var put) && Describe(record, put),
            RecordType.None => false,
            <= RecordType.NextSeq => NumbersBody.TryRead(reader.Type, reader.Body, out var numbers) && Describe(record, numbers),
            _ => false,
        };
        if (!isRead)
        {
            record.Name = "unreadable";
            record.Fields["recordType"] = (int)reader.Type;
            record.Fields["bytes"] = reader.Body.Length;
        }

        return record;
    }

    private static bool Describe(LogRecord record, MessageBody message)
    {
        record.Name = "message";
        record.Id = message.Id;
        record.Topic = message.Topic.ToArray();
        record.ClientId = message.HasPublisher ? Encoding.UTF8.GetString(message.PublisherId) : null;
        var fields = record.Fields;
        fields["id"] = message.Id;
        fields["topic"] = Encoding.UTF8.GetString(message.Topic);
        fields["qos"] = (int)message.QoS;
        AddPayload(fields, message.Payload);
        AddFlag(fields, "retain", message.WasRetain);
        if (record.ClientId is not null)
        {
            fields["publisher"] = record.ClientId;
        }

        if (message.HasPublisherUserName)
        {
            fields["publisherUserName"] = Encoding.UTF8.GetString(message.PublisherUserName);
        }

        if (message.RetainedVersion != 0)
        {
            fields["retainedVersion"] = message.RetainedVersion;
            AddTime(fields, "retainedUntil", message.RetainedUntilUtcMs);
        }

        AddTime(fields, "expiresAt", message.ExpiresAtUtcMs);
        if (message.Properties.Length > 0)
        {
            fields["propertyBytes"] = message.Properties.Length;
        }

        return AddRecipients(record, message.Recipients);
    }

    private static bool Describe(LogRecord record, ReferenceBody reference)
    {
        record.Name = "reference";
        record.Fields["id"] = record.Id = reference.Id;
        record.Fields["message"] = record.MessageId = reference.MessageId;
        return AddRecipients(record, reference.Recipients);
    }

    private static bool Describe(LogRecord record, ReceivedBody received)
    {
        record.Name = "received";
        record.Fields["id"] = record.Id = received.Id;
        record.Fields["session"] = record.SessionNo = received.SessionNo;
        record.Fields["seq"] = record.Seq = received.Seq;
        return true;
    }

    private static bool Describe(LogRecord record, in NumbersBody numbers)
    {
        switch (record.Type)
        {
            case RecordType.Acknowledge or RecordType.NextSeq:
                record.Name = record.Type == RecordType.Acknowledge ? "acknowledge" : "next seq";
                record.Fields["session"] = record.SessionNo = numbers.SessionNo;
                record.Fields["seq"] = record.Seq = numbers.Second;
                break;

            case RecordType.EndSession:
                record.Name = "end session";
                record.Fields["session"] = record.SessionNo = numbers.SessionNo;
                break;

            case RecordType.Heartbeat:
                record.Name = "heartbeat";
                AddTime(record.Fields, "time", numbers.First);
                break;

            case RecordType.Floor:
                record.Name = "floor";
                record.Fields["nextId"] = numbers.First;
                record.Fields["nextSession"] = numbers.Second;
                break;

            default:
                record.Name = record.Type == RecordType.Delete ? "delete" : "release retained";
                record.Fields["id"] = record.Id = numbers.First;
                break;
        }

        return true;
    }

    private static bool Describe(LogRecord record, in PutBody put)
    {
        record.Fields["id"] = record.Id = put.Id;
        switch (put.Kind)
        {
            case PutKind.Session when put.TryReadSession(out var session):
                return Describe(record, session);

            case PutKind.Subscription when put.TryReadSubscription(out var subscription):
                return Describe(record, subscription);

            case PutKind.Will when put.TryReadWill(out var will):
                return Describe(record, will);

            case PutKind.Inbound when put.TryReadInbound(out var sessionNo, out var packetId):
                record.Name = "inbound";
                record.Fields["session"] = record.SessionNo = sessionNo;
                record.Fields["packetId"] = packetId;
                return true;

            case PutKind.RetainedSearch when put.TryReadRetainedSearch(out var search):
                return Describe(record, search);

            case PutKind.RetainedGiven:
                return DescribeGiven(record, put);

            default:
                return false;
        }
    }

    private static bool Describe(LogRecord record, in SessionRecord session)
    {
        record.Name = "session";
        var fields = record.Fields;
        fields["session"] = record.SessionNo = session.SessionNo;
        fields["clientId"] = record.ClientId = session.ClientId;
        AddText(fields, "userName", session.UserName);
        fields["expiryMs"] = session.ExpiryMs == long.MaxValue ? null : session.ExpiryMs;
        fields["connected"] = session.IsConnected;
        AddTime(fields, "endsAt", session.EndsAtMs);
        fields["unsentSeq"] = session.UnsentSeq;
        return true;
    }

    private static bool Describe(LogRecord record, in SubscriptionRecord subscription)
    {
        record.Name = "subscription";
        record.Filter = subscription.Filter.ToArray();
        var fields = record.Fields;
        fields["session"] = record.SessionNo = subscription.SessionNo;
        fields["filter"] = Encoding.UTF8.GetString(subscription.Filter);
        fields["qos"] = (int)subscription.QoS;
        AddFlag(fields, "noLocal", subscription.NoLocal);
        AddFlag(fields, "retainAsPublished", subscription.RetainAsPublished);
        if (subscription.Identifier != 0)
        {
            fields["identifier"] = subscription.Identifier;
        }

        return true;
    }

    private static bool Describe(LogRecord record, in RetainedSearchRecord search)
    {
        record.Name = "retained search";
        record.Filter = search.Filter.ToArray();
        record.Fields["session"] = record.SessionNo = search.SessionNo;
        record.Fields["filter"] = Encoding.UTF8.GetString(search.Filter);
        record.Fields["olderThan"] = search.OlderThan;
        AddFlag(record.Fields, "noLocal", search.NoLocal);
        return true;
    }

    private static bool DescribeGiven(LogRecord record, in PutBody put)
    {
        var messageIds = new List<long>();
        if (!put.TryReadRetainedGiven(out var sessionNo, out var searchId, messageIds))
        {
            return false;
        }

        record.Name = "retained given";
        record.Fields["session"] = record.SessionNo = sessionNo;
        record.Fields["search"] = searchId;
        record.Fields["messages"] = messageIds.Count;
        return true;
    }

    private static bool Describe(LogRecord record, in WillRecord will)
    {
        record.Name = "will";
        record.Topic = will.Topic.ToArray();
        var fields = record.Fields;
        fields["session"] = record.SessionNo = will.SessionNo;
        fields["clientId"] = record.ClientId = will.ClientId;
        AddText(fields, "userName", will.UserName);
        fields["topic"] = Encoding.UTF8.GetString(will.Topic);
        fields["qos"] = (int)will.QoS;
        AddPayload(fields, will.Payload);
        AddFlag(fields, "retain", will.Retain);
        fields["delayMs"] = will.DelayMs;
        AddTime(fields, "dueAt", will.DueAtMs);
        return true;
    }

    private static bool AddRecipients(LogRecord record, ReadOnlySpan<byte> recipients)
    {
        var reader = new RecipientReader(recipients);
        var array = new JsonArray();
        while (reader.TryRead())
        {
            record.Positions.Add((reader.SessionNo, reader.Seq));
            var recipient = new JsonObject { ["session"] = reader.SessionNo, ["seq"] = reader.Seq, ["qos"] = (int)reader.QoS };
            AddFlag(recipient, "retain", reader.Retain);
            AddText(recipient, "shared", reader.SharedFilter.IsEmpty ? null : Encoding.UTF8.GetString(reader.SharedFilter));
            array.Add((JsonNode)recipient);
        }

        if (array.Count > 0)
        {
            record.Fields["recipients"] = array;
        }

        return !reader.IsDamaged;
    }

    private static void AddPayload(JsonObject fields, ReadOnlySpan<byte> payload)
    {
        fields["payloadBytes"] = payload.Length;
        var shown = payload[..Math.Min(payload.Length, PayloadShownMax)];
        if (shown.IsEmpty)
        {
            return;
        }

        if (TryDecode(shown, payload.Length > PayloadShownMax, out var text))
        {
            fields["payload"] = text;
        }
        else
        {
            fields["payloadHex"] = Convert.ToHexString(shown);
        }
    }

    /// <summary>Text is what people can read: UTF-8 without control characters except white space. A character that was cut in two is left out.</summary>
    private static bool TryDecode(ReadOnlySpan<byte> bytes, bool isCut, out string text)
    {
        var builder = new StringBuilder();
        text = "";
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var count);
            if (status == OperationStatus.NeedMoreData && isCut && bytes.Length < 4)
            {
                break;
            }

            if (status != OperationStatus.Done || (Rune.IsControl(rune) && !Rune.IsWhiteSpace(rune)))
            {
                return false;
            }

            builder.Append(rune);
            bytes = bytes[count..];
        }

        text = builder.ToString();
        return true;
    }

    private static void AddFlag(JsonObject fields, string name, bool value)
    {
        if (value)
        {
            fields[name] = value;
        }
    }

    private static void AddText(JsonObject fields, string name, string? text)
    {
        if (text is not null)
        {
            fields[name] = text;
        }
    }

    private static void AddTime(JsonObject fields, string name, long utcMs) => AddText(fields, name, StoreTime.ToText(utcMs));
}
