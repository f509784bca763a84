using System.Globalization;
using System.Text;
using Godwit.Broker.Log;
using Godwit.Storage.Records;

namespace Godwit.Storage.Tools;

/// <summary>Takes a record apart for people.</summary>
internal static class RecordFields
{
    /// <summary>Reads the fields of a record.</summary>
    /// <returns>False: not all of it can be read.</returns>
    public static bool TryRead(RecordType type, ReadOnlySpan<byte> body, List<KeyValuePair<string, object?>> fields)
    {
        switch (type)
        {
            case RecordType.Message:
                return TryReadMessage(body, fields);

            case RecordType.Reference when ReferenceBody.TryRead(body, out var reference):
                Add(fields, "id", reference.Id);
                Add(fields, "message", reference.MessageId);
                return TryAddRecipients(fields, reference.Recipients);

            case RecordType.Received when ReceivedBody.TryRead(body, out var received):
                Add(fields, "id", received.Id);
                Add(fields, "session", received.SessionNo);
                Add(fields, "position", received.Seq);
                return true;

            case RecordType.Put when PutBody.TryRead(body, out var put):
                Add(fields, "id", put.Id);
                Add(fields, "kind", put.Kind.ToString());
                return TryReadPut(put, fields);

            case RecordType.Reference or RecordType.Received or RecordType.Put:
                return false;

            default:
                return TryReadNumbers(type, body, fields);
        }
    }

    private static bool TryReadMessage(ReadOnlySpan<byte> body, List<KeyValuePair<string, object?>> fields)
    {
        if (!MessageBody.TryRead(body, out var message))
        {
            return false;
        }

        Add(fields, "id", message.Id);
        Add(fields, "topic", Encoding.UTF8.GetString(message.Topic));
        Add(fields, "qos", (int)message.QoS);
        Add(fields, "retain", message.WasRetain);
        Add(fields, "expires", Time(message.ExpiresAtUtcMs));
        Add(fields, "announcedExpiry", Time(message.AnnouncedExpiryUtcMs));
        Add(fields, "publisher", message.HasPublisher ? Encoding.UTF8.GetString(message.PublisherId) : null);
        Add(fields, "retainedVersion", message.RetainedVersion);
        Add(fields, "retainedUntil", Time(message.RetainedUntilUtcMs));
        Add(fields, "properties", message.Properties.ToArray());
        Add(fields, "payload", message.Payload.ToArray());
        return TryAddRecipients(fields, message.Recipients);
    }

    private static bool TryReadPut(PutBody put, List<KeyValuePair<string, object?>> fields)
    {
        switch (put.Kind)
        {
            case PutKind.Session when put.TryReadSession(out var session):
                Add(fields, "session", session.SessionNo);
                Add(fields, "clientId", session.ClientId);
                Add(fields, "userName", session.UserName);
                Add(fields, "expiryMs", session.ExpiryMs);
                Add(fields, "connected", session.IsConnected);
                Add(fields, "ends", Time(session.EndsAtMs));
                Add(fields, "unsent", session.UnsentSeq);
                return true;

            case PutKind.Subscription when put.TryReadSubscription(out var subscription):
                Add(fields, "session", subscription.SessionNo);
                Add(fields, "filter", Encoding.UTF8.GetString(subscription.Filter));
                Add(fields, "qos", (int)subscription.QoS);
                Add(fields, "noLocal", subscription.NoLocal);
                Add(fields, "retainAsPublished", subscription.RetainAsPublished);
                Add(fields, "identifier", subscription.Identifier);
                return true;

            case PutKind.Will when put.TryReadWill(out var will):
                Add(fields, "session", will.SessionNo);
                Add(fields, "clientId", will.ClientId);
                Add(fields, "userName", will.UserName);
                Add(fields, "topic", Encoding.UTF8.GetString(will.Topic));
                Add(fields, "qos", (int)will.QoS);
                Add(fields, "retain", will.Retain);
                Add(fields, "delayMs", will.DelayMs);
                Add(fields, "expiryMs", Time(will.ExpiryMs));
                Add(fields, "due", Time(will.DueAtMs));
                Add(fields, "properties", will.Properties.ToArray());
                Add(fields, "payload", will.Payload.ToArray());
                return true;

            case PutKind.Inbound when put.TryReadInbound(out var sessionNo, out var packetId):
                Add(fields, "session", sessionNo);
                Add(fields, "packetId", packetId);
                return true;

            default:
                return false;
        }
    }

    private static bool TryReadNumbers(RecordType type, ReadOnlySpan<byte> body, List<KeyValuePair<string, object?>> fields)
    {
        if (!NumbersBody.TryRead(type, body, out var numbers))
        {
            return false;
        }

        switch (type)
        {
            case RecordType.Acknowledge or RecordType.NextSeq:
                Add(fields, "session", numbers.SessionNo);
                Add(fields, "position", numbers.Second);
                return true;

            case RecordType.ReleaseRetained or RecordType.Delete:
                Add(fields, "id", numbers.First);
                return true;

            case RecordType.EndSession:
                Add(fields, "session", numbers.SessionNo);
                return true;

            case RecordType.Heartbeat:
                Add(fields, "time", numbers.First);
                return true;

            case RecordType.Floor:
                Add(fields, "nextId", numbers.First);
                Add(fields, "nextSession", numbers.Second);
                return true;

            default:
                return false;
        }
    }

    private static bool TryAddRecipients(List<KeyValuePair<string, object?>> fields, ReadOnlySpan<byte> list)
    {
        var texts = new List<string>();
        var reader = new RecipientReader(list);
        while (reader.TryRead())
        {
            texts.Add(string.Create(CultureInfo.InvariantCulture, $"{reader.SessionNo}/{reader.Seq}"));
        }

        Add(fields, "recipients", texts);
        return !reader.IsDamaged;
    }

    private static long? Time(long utcMs) => utcMs == long.MaxValue ? null : utcMs;

    private static void Add(List<KeyValuePair<string, object?>> fields, string name, object? value) => fields.Add(new(name, value));
}
