using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Godwit.Protocol;
using Godwit.Protocol.Topics;

namespace Godwit.Server.Mosquitto.Database;

/// <summary>Writes what a <c>mosquitto.db</c> holds as <c>godwit store export</c> writes a store, for the importer of stores.</summary>
internal sealed class DatabaseExport
{
    private const long FirstId = 2;
    private const uint Never = uint.MaxValue;

    private readonly MosquittoDatabase _database;
    private readonly long _nowMs;
    private readonly List<DatabaseQueue> _queues = [];
    private readonly Dictionary<long, List<Action<Utf8JsonWriter>>> _recipients = [];
    private readonly ArrayBufferWriter<byte> _lines = new();
    private long _nextId = FirstId;
    private long _nextVersion = 1;

    /// <summary>Writes all of it.</summary>
    /// <param name="database">What was read.</param>
    /// <param name="nowMs">Milliseconds since 1970, when it was written: sessions whose end is not known yet end after their interval from then on.</param>
    internal DatabaseExport(MosquittoDatabase database, long nowMs)
    {
        (_database, _nowMs) = (database, nowMs);
        foreach (var client in database.Clients)
        {
            _queues.Add(new DatabaseQueue(client, (uint)_queues.Count + 1));
        }

        _queues.ForEach(AddDeliveries);
        _queues.ForEach(AddInbound);
        _queues.ForEach(WriteSession);
        foreach (var message in database.Messages.Values)
        {
            WriteMessage(message);
        }
    }

    internal int Sessions => _queues.Count;

    internal int Subscriptions { get; private set; }

    internal int Retained { get; private set; }

    internal int Queued { get; private set; }

    /// <summary>Messages of QoS 0 that waited for a client.</summary>
    internal int LeftOut { get; private set; }

    /// <summary>The lines.</summary>
    internal MemoryStream ToStream()
    {
        var header = new ArrayBufferWriter<byte>();
        Line(header, "store", json =>
        {
            json.WriteString("format", "godwit-store-export");
            json.WriteNumber("version", 1);
            json.WriteNumber("nextId", _nextId);
            json.WriteNumber("nextSession", _queues.Count + 1);
        });
        return new MemoryStream([.. header.WrittenSpan, .. _lines.WrittenSpan]);
    }

    private void AddDeliveries(DatabaseQueue queue)
    {
        foreach (var delivery in queue.Client.Deliveries.Where(delivery => delivery.IsOutgoing))
        {
            if (!DatabaseQueue.IsNumbered(delivery))
            {
                LeftOut++;
                continue;
            }

            var seq = queue.Take(delivery);
            if (delivery.State is DatabaseState.WaitForPubcomp or DatabaseState.ResendPubrel)
            {
                Line("received", json =>
                {
                    json.WriteNumber("id", _nextId++);
                    json.WriteNumber("session", queue.Number);
                    json.WriteNumber("seq", seq);
                });
            }
            else
            {
                AddRecipient(delivery.MessageId, queue.Number, seq, delivery.QoS, delivery.Retain, delivery.Identifiers);
            }
        }
    }

    /// <summary>
    /// A message of QoS 2 whose publisher has not sent PUBREL: Mosquitto would deliver it then, and our broker has when it came. So it goes to its
    /// subscribers now, and the packet identifier stays taken until PUBREL.
    /// </summary>
    private void AddInbound(DatabaseQueue queue)
    {
        foreach (var delivery in queue.Client.Deliveries.Where(delivery => !delivery.IsOutgoing && delivery.QoS == QoS.ExactlyOnce))
        {
            Line("inbound", json =>
            {
                json.WriteNumber("id", _nextId++);
                json.WriteNumber("session", queue.Number);
                json.WriteNumber("packetId", delivery.PacketId);
            });
            if (!_database.Messages.TryGetValue(delivery.MessageId, out var message))
            {
                continue;
            }

            foreach (var receiver in _queues)
            {
                var matching = receiver.Client.Subscriptions
                    .Where(subscription => TopicFilter.TryParse(subscription.Filter, out var filter) && !filter.IsShared && TopicFilter.Matches(subscription.Filter, message.Topic)
                        && !(subscription.NoLocal && receiver == queue))
                    .ToList();
                if (matching.Count > 0 && matching.Max(subscription => subscription.QoS) is > QoS.AtMostOnce and var qos)
                {
                    uint[] identifiers = [.. matching.Select(subscription => subscription.Identifier).Where(identifier => identifier > 0)];
                    AddRecipient(message.Id, receiver.Number, receiver.Take(), qos, message.Retain && matching.Exists(subscription => subscription.RetainAsPublished), identifiers);
                }
            }
        }
    }

    private void AddRecipient(long messageId, uint session, long seq, QoS qos, bool retain, uint[] identifiers)
    {
        if (!_database.Messages.ContainsKey(messageId))
        {
            throw new FormatException($"message {messageId.ToString(CultureInfo.InvariantCulture)} waits for a client and stands nowhere");
        }

        if (!_recipients.TryGetValue(messageId, out var recipients))
        {
            _recipients[messageId] = recipients = [];
        }

        Queued++;
        recipients.Add(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("session", session);
            json.WriteNumber("seq", seq);
            json.WriteNumber("qos", (int)qos);
            json.WriteBoolean("retain", retain);
            if (identifiers.Length > 0)
            {
                json.WriteStartArray("identifiers");
                Array.ForEach(identifiers, json.WriteNumberValue);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        });
    }

    private void WriteSession(DatabaseQueue queue)
    {
        var client = queue.Client;
        Line("session", json =>
        {
            json.WriteNumber("id", _nextId++);
            json.WriteNumber("session", queue.Number);
            json.WriteString("clientId", client.Id);
            json.WriteBoolean("connected", value: false);
            json.WriteNumber("unsentSeq", queue.UnsentSeq);
            json.WriteNumber("nextSeq", queue.NextSeq);
            if (client.ExpirySeconds != Never)
            {
                json.WriteNumber("expiryMs", client.ExpirySeconds * 1000L);
                WriteTime(json, "endsAt", client.ExpiresAt > 0 ? client.ExpiresAt * 1000 : _nowMs + (client.ExpirySeconds * 1000L));
            }
        });
        foreach (var subscription in client.Subscriptions.Where(subscription => TopicFilter.TryParse(subscription.Filter, out _)))
        {
            Subscriptions++;
            Line("subscription", json =>
            {
                json.WriteNumber("id", _nextId++);
                json.WriteNumber("session", queue.Number);
                json.WriteString("filter", subscription.Filter);
                json.WriteNumber("qos", (int)subscription.QoS);
                json.WriteBoolean("noLocal", subscription.NoLocal);
                json.WriteBoolean("retainAsPublished", subscription.RetainAsPublished);
                if (subscription.Identifier != 0)
                {
                    json.WriteNumber("identifier", subscription.Identifier);
                }
            });
        }
    }

    private void WriteMessage(DatabaseMessage message)
    {
        var isRetained = _database.Retained.Contains(message.Id) && !message.Topic.AsSpan().StartsWith("$SYS/"u8);
        if (!isRetained && !_recipients.ContainsKey(message.Id))
        {
            return;
        }

        Line("message", json =>
        {
            json.WriteNumber("id", _nextId++);
            json.WriteString("topic", message.Topic);
            json.WriteBase64String("properties", message.Properties);
            json.WriteBase64String("payload", message.Payload);
            json.WriteNumber("qos", (int)message.QoS);
            json.WriteBoolean("retain", message.Retain || isRetained);
            if (message.Publisher.Length > 0)
            {
                json.WriteString("publisher", message.Publisher);
            }

            if (message.Publisher.Length > 0 && message.PublisherUserName.Length > 0)
            {
                json.WriteString("publisherUserName", message.PublisherUserName);
            }

            if (message.ExpiresAt > 0)
            {
                WriteTime(json, "expiresAt", message.ExpiresAt * 1000);
                WriteTime(json, "announcedExpiry", message.ExpiresAt * 1000);
            }

            if (isRetained)
            {
                Retained++;
                json.WriteNumber("retainedVersion", _nextVersion++);
            }

            json.WriteStartArray("recipients");
            _recipients.GetValueOrDefault(message.Id, []).ForEach(write => write(json));
            json.WriteEndArray();
        });
    }

    /// <summary>Milliseconds since 1970, as the importer takes them.</summary>
    private static void WriteTime(Utf8JsonWriter json, string name, long utcMs) => json.WriteString(name, utcMs.ToString(CultureInfo.InvariantCulture));

    private void Line(string type, Action<Utf8JsonWriter> write) => Line(_lines, type, write);

    private static void Line(ArrayBufferWriter<byte> lines, string type, Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(lines))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            write(json);
            json.WriteEndObject();
        }

        lines.Write("\n"u8);
    }
}
