using System.Runtime.CompilerServices;
using Godwit.Broker.Log;
using Godwit.Storage.Index;
using Godwit.Storage.Journals;
using Godwit.Storage.Records;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tools;

/// <summary>
/// Writes the state of a store as NDJSON: what a broker would have after opening it, each thing as one line, bytes as base64, times in UTC.
/// <see cref="StoreImporter"/> makes a store of it; its export is the same again.
/// </summary>
public sealed class StoreExporter
{
    private const int WindowSize = 1 << 20;

    private readonly StoreIndex _index;
    private readonly LogReader _records;
    private readonly ExportWriter _writer;
    private readonly List<long> _messageIds = [];
    private long _missing;

    private StoreExporter(StoreReading reading, ExportWriter writer)
    {
        _index = reading.Index;
        _records = new LogReader(reading.Hot, reading.Cold, WindowSize);
        _writer = writer;
    }

    /// <summary>Exports a store that nobody uses.</summary>
    /// <param name="directory">The store; nothing in it is changed.</param>
    /// <param name="output">Gets the lines.</param>
    /// <param name="onRead">Is told how many bytes were read, again and again.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="StoreToolException">There is no store, or a broker runs on it.</exception>
    /// <exception cref="StoreFormatException">It is of a newer version.</exception>
    /// <exception cref="IOException">It cannot be read, or the output cannot be written.</exception>
    public static StoreExport Export(string directory, Stream output, Action<long>? onRead = null, CancellationToken cancellationToken = default)
    {
        var fs = new ReadOnlyFs(directory, onRead, cancellationToken);
        using var fileLock = StoreLock.Take(directory);
        using var reading = StoreReading.Read(fs);
        using var writer = new ExportWriter(output);
        var exporter = new StoreExporter(reading, writer);
        exporter.WriteAll();
        return new StoreExport(writer.Count, exporter._missing, reading.Report);
    }

    private void WriteAll()
    {
        WriteHeader();
        foreach (var kind in (PutKind[])[PutKind.Session, PutKind.Subscription, PutKind.Inbound, PutKind.Will, PutKind.RetainedSearch, PutKind.RetainedGiven])
        {
            WriteEach(EntryKind.Put, kind, WritePut);
        }

        WriteEach(EntryKind.Message, default, WriteMessage);
        WriteEach(EntryKind.Reference, default, WriteReference);
        foreach (var (sessionNo, queue) in _index.Sessions.OrderBy(session => session.Key))
        {
            WriteReceived(sessionNo, queue.Ring);
        }
    }

    private void WriteHeader()
    {
        _writer.Begin("store");
        _writer.Json.WriteString("format", StoreExportFormat.Name);
        _writer.Json.WriteNumber("version", StoreExportFormat.Version);
        _writer.Json.WriteNumber("nextId", _index.NextId);
        _writer.Json.WriteNumber("nextSession", _index.NextSessionNo);
        if (_index.LastHeartbeatUtcMs > 0)
        {
            _writer.Time("lastWritten", _index.LastHeartbeatUtcMs);
        }

        _writer.End();
    }

    private void WriteEach(EntryKind kind, PutKind putKind, Func<long, RecordLocation, bool> write)
    {
        foreach (var id in _index.Entries.Ids)
        {
            ref var entry = ref _index.Entries.Find(id);
            if (entry.Kind == kind && !entry.IsMissing && (kind != EntryKind.Put || entry.PutKind == putKind) && !write(id, entry.Location))
            {
                _missing++;
            }
        }
    }

    private bool WritePut(long id, RecordLocation location)
    {
        if (!_records.TryRead(location, RecordType.Put, out var body) || !PutBody.TryRead(body, out var put) || put.Id != id)
        {
            return false;
        }

        switch (put.Kind)
        {
            case PutKind.Session when put.TryReadSession(out var session):
                WriteSession(id, session);
                return true;

            case PutKind.Subscription when put.TryReadSubscription(out var subscription):
                WriteSubscription(id, subscription);
                return true;

            case PutKind.Inbound when put.TryReadInbound(out var sessionNo, out var packetId):
                Begin(StoreExportFormat.Inbound, id);
                _writer.Json.WriteNumber("session", sessionNo);
                _writer.Json.WriteNumber("packetId", packetId);
                _writer.End();
                return true;

            case PutKind.Will when put.TryReadWill(out var will):
                WriteWill(id, will);
                return true;

            case PutKind.RetainedSearch when put.TryReadRetainedSearch(out var search):
                Begin(StoreExportFormat.RetainedSearch, id);
                _writer.Json.WriteNumber("session", search.SessionNo);
                _writer.Text("filter", search.Filter);
                _writer.Json.WriteNumber("olderThan", search.OlderThan);
                _writer.Flag("noLocal", search.NoLocal);
                _writer.End();
                return true;

            case PutKind.RetainedGiven when put.TryReadRetainedGiven(out var sessionOfGiven, out var searchId, _messageIds):
                Begin(StoreExportFormat.RetainedGiven, id);
                _writer.Json.WriteNumber("session", sessionOfGiven);
                _writer.Json.WriteNumber("search", searchId);
                _writer.Json.WriteStartArray("messages");
                _messageIds.ForEach(_writer.Json.WriteNumberValue);
                _writer.Json.WriteEndArray();
                _writer.End();
                return true;

            default:
                return false;
        }
    }

    private void WriteSession(long id, in SessionRecord session)
    {
        Begin(StoreExportFormat.Session, id);
        _writer.Json.WriteNumber("session", session.SessionNo);
        _writer.Text("clientId", session.ClientId);
        _writer.Text("userName", session.UserName);
        _writer.Limit("expiryMs", session.ExpiryMs);
        _writer.Json.WriteBoolean("connected", session.IsConnected);
        _writer.Time("endsAt", session.EndsAtMs);
        _writer.Json.WriteNumber("unsentSeq", session.UnsentSeq);
        _writer.Json.WriteNumber("nextSeq", _index.Sessions.TryGetValue(session.SessionNo, out var queue) ? queue.NextSeq : 0);
        _writer.End();
    }

    private void WriteSubscription(long id, in SubscriptionRecord subscription)
    {
        Begin(StoreExportFormat.Subscription, id);
        _writer.Json.WriteNumber("session", subscription.SessionNo);
        _writer.Text("filter", subscription.Filter);
        _writer.Json.WriteNumber("qos", (int)subscription.QoS);
        _writer.Flag("noLocal", subscription.NoLocal);
        _writer.Flag("retainAsPublished", subscription.RetainAsPublished);
        if (subscription.Identifier != 0)
        {
            _writer.Json.WriteNumber("identifier", subscription.Identifier);
        }

        _writer.End();
    }

    private void WriteWill(long id, in WillRecord will)
    {
        Begin(StoreExportFormat.Will, id);
        _writer.Json.WriteNumber("session", will.SessionNo);
        _writer.Text("clientId", will.ClientId);
        _writer.Text("userName", will.UserName);
        _writer.Text("topic", will.Topic);
        _writer.Bytes("properties", will.Properties);
        _writer.Bytes("payload", will.Payload);
        _writer.Json.WriteNumber("qos", (int)will.QoS);
        _writer.Flag("retain", will.Retain);
        _writer.Json.WriteNumber("delayMs", will.DelayMs);
        _writer.Limit("expiryMs", will.ExpiryMs);
        _writer.Time("dueAt", will.DueAtMs);
        _writer.End();
    }

    private bool WriteMessage(long id, RecordLocation location)
    {
        if (!_records.TryRead(location, RecordType.Message, out var body) || !MessageBody.TryRead(body, out var message) || message.Id != id)
        {
            return false;
        }

        ref var entry = ref _index.Entries.Find(id);
        Begin(StoreExportFormat.Message, id);
        _writer.Text("topic", message.Topic);
        _writer.Bytes("properties", message.Properties);
        _writer.Bytes("payload", message.Payload);
        _writer.Json.WriteNumber("qos", (int)message.QoS);
        _writer.Flag("retain", message.WasRetain);
        if (message.HasPublisher)
        {
            _writer.Text("publisher", message.PublisherId);
        }

        if (message.HasPublisherUserName)
        {
            _writer.Text("publisherUserName", message.PublisherUserName);
        }

        _writer.Time("expiresAt", message.ExpiresAtUtcMs);
        _writer.Time("announcedExpiry", message.AnnouncedExpiryUtcMs);
        if (entry.IsRetained)
        {
            _writer.Json.WriteNumber("retainedVersion", message.RetainedVersion);
            _writer.Time("retainedUntil", message.RetainedUntilUtcMs);
        }

        _writer.Flag("hasBeenRetained", message.HasBeenRetained);
        WriteRecipients(id, message.Recipients);
        _writer.End();
        return true;
    }

    private bool WriteReference(long id, RecordLocation location)
    {
        if (!_records.TryRead(location, RecordType.Reference, out var body) || !ReferenceBody.TryRead(body, out var reference) || reference.Id != id)
        {
            return false;
        }

        Begin(StoreExportFormat.Reference, id);
        _writer.Json.WriteNumber("message", reference.MessageId);
        WriteRecipients(id, reference.Recipients);
        _writer.End();
        return true;
    }

    private void WriteRecipients(long id, ReadOnlySpan<byte> recipients)
    {
        var reader = new RecipientReader(recipients);
        var json = _writer.Json;
        json.WriteStartArray("recipients");
        while (reader.TryRead())
        {
            if (!_index.Sessions.TryGetValue(reader.SessionNo, out var queue) || queue.Ring[reader.Seq] != id)
            {
                continue;
            }

            json.WriteStartObject();
            json.WriteNumber("session", reader.SessionNo);
            json.WriteNumber("seq", reader.Seq);
            json.WriteNumber("qos", (int)reader.QoS);
            _writer.Flag("retain", reader.Retain);
            if (reader.ReadIdentifiers() is { } identifiers)
            {
                json.WriteStartArray("identifiers");
                Array.ForEach(identifiers, json.WriteNumberValue);
                json.WriteEndArray();
            }

            if (!reader.SharedFilter.IsEmpty)
            {
                _writer.Text("shared", reader.SharedFilter);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteReceived(uint sessionNo, QueueRing ring)
    {
        for (var seq = 0L; ring.TryNext(ref seq, out var id); seq++)
        {
            ref var entry = ref _index.Entries.Find(id);
            if (!Unsafe.IsNullRef(ref entry) && entry.Kind == EntryKind.Received)
            {
                Begin(StoreExportFormat.Received, id);
                _writer.Json.WriteNumber("session", sessionNo);
                _writer.Json.WriteNumber("seq", seq);
                _writer.End();
            }
        }
    }

    private void Begin(string type, long id)
    {
        _writer.Begin(type);
        _writer.Json.WriteNumber("id", id);
    }
}
