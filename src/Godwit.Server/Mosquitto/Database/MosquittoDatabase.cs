using System.Buffers.Binary;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Server.Mosquitto.Database;

/// <summary>
/// What a <c>mosquitto.db</c> of version 6 holds, which Mosquitto 2.0 writes: a header of 23 bytes, then chunks, each with its kind and its length, 4 bytes
/// each, in front.
/// </summary>
internal sealed class MosquittoDatabase
{
    private const int VersionRead = 6;
    private const int NumberBytes = 8;

    private readonly Dictionary<string, DatabaseClient> _clients = new(StringComparer.Ordinal);

    private static byte[] Magic { get; } = [0x00, 0xB5, 0x00, .. "mosquitto db"u8];

    /// <summary>Mosquitto had ended when it wrote the file.</summary>
    internal bool IsOfStopped { get; private set; }

    internal IReadOnlyCollection<DatabaseClient> Clients => _clients.Values;

    /// <summary>By number, which grows from message to message.</summary>
    internal SortedDictionary<long, DatabaseMessage> Messages { get; } = [];

    /// <summary>Numbers of messages.</summary>
    internal HashSet<long> Retained { get; } = [];

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It is not one, of another version, or damaged.</exception>
    internal static MosquittoDatabase Read(ReadOnlySpan<byte> bytes)
    {
        var magic = Magic;
        var headerSize = magic.Length + sizeof(uint) + sizeof(uint);
        if (bytes.Length < headerSize || !bytes.StartsWith(magic))
        {
            throw new FormatException("it is not a database of Mosquitto");
        }

        var version = BinaryPrimitives.ReadUInt32BigEndian(bytes[(magic.Length + sizeof(uint))..]);
        if (version != VersionRead)
        {
            throw new FormatException($"it has version {version} of the format, and {VersionRead} is read: let Mosquitto 2.0 start and stop with it once");
        }

        var database = new MosquittoDatabase();
        for (var position = headerSize; position < bytes.Length;)
        {
            if (bytes.Length - position < 2 * sizeof(uint))
            {
                throw new FormatException("it ends within a chunk");
            }

            var kind = BinaryPrimitives.ReadUInt32BigEndian(bytes[position..]);
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[(position + sizeof(uint))..]);
            position += 2 * sizeof(uint);
            if (length > bytes.Length - position)
            {
                throw new FormatException("it ends within a chunk");
            }

            database.Add((DatabaseChunk)kind, new DatabaseReader(bytes.Slice(position, (int)length)));
            position += (int)length;
        }

        return database;
    }

    private void Add(DatabaseChunk kind, DatabaseReader reader)
    {
        switch (kind)
        {
            case DatabaseChunk.Configuration:
                reader.Skip(NumberBytes);
                IsOfStopped = reader.Byte() != 0;
                if (reader.Byte() != NumberBytes)
                {
                    throw new FormatException("its numbers of messages have not 8 bytes");
                }

                break;

            case DatabaseChunk.Message:
                AddMessage(reader);
                break;

            case DatabaseChunk.Delivery:
                AddDelivery(reader);
                break;

            case DatabaseChunk.Retained:
                Retained.Add(reader.Native());
                break;

            case DatabaseChunk.Subscription:
                AddSubscription(reader);
                break;

            case DatabaseChunk.Client:
                AddClient(reader);
                break;

            default:
                throw new FormatException($"a chunk has the kind {(uint)kind}, which is not known");
        }
    }

    private void AddMessage(DatabaseReader reader)
    {
        var (id, expiresAt, payloadSize) = (reader.Native(), reader.Native(), reader.UInt32());
        reader.Skip(sizeof(ushort));                                // the packet identifier of the publisher
        var (publisherSize, userNameSize, topicSize) = (reader.UInt16(), reader.UInt16(), reader.UInt16());
        reader.Skip(sizeof(ushort));                                // the port it came in by
        var (qos, retain) = (QoSOf(reader.Byte()), reader.Byte() != 0);
        var (publisher, userName, topic) = (reader.Text(publisherSize), reader.Text(userNameSize), reader.Bytes(topicSize));
        Messages[id] = new DatabaseMessage(id, expiresAt, publisher, userName, topic, reader.Bytes(payloadSize), reader.Properties().Bytes.ToArray(), qos, retain);
    }

    private void AddClient(DatabaseReader reader)
    {
        var (expiresAt, expiry, lastPacketId, idSize) = (reader.Native(), reader.UInt32(), reader.UInt16(), reader.UInt16());
        reader.Skip(sizeof(ushort) + sizeof(ushort) + sizeof(uint));    // port, size of the user name, and what makes the size a multiple of 8
        var id = reader.Text(idSize);
        _clients[id] = new DatabaseClient(id, expiresAt, expiry, lastPacketId);
    }

    private void AddDelivery(DatabaseReader reader)
    {
        var (messageId, packetId, idSize) = (reader.Native(), reader.UInt16(), reader.UInt16());
        var (qos, state, flags, isOutgoing) = (QoSOf(reader.Byte()), (DatabaseState)reader.Byte(), reader.Byte(), reader.Byte() != 0);
        var client = ClientOf(reader.Text(idSize));
        var identifiers = new List<uint>();
        foreach (var property in reader.Properties())
        {
            if (property.Id == PropertyId.SubscriptionIdentifier)
            {
                identifiers.Add(property.Number);
            }
        }

        client.Deliveries.Add(new DatabaseDelivery(messageId, packetId, qos, state, (flags & 0xF0) != 0, isOutgoing, [.. identifiers]));
    }

    private void AddSubscription(DatabaseReader reader)
    {
        var (identifier, idSize, filterSize) = (reader.UInt32(), reader.UInt16(), reader.UInt16());
        var (qos, options) = (QoSOf(reader.Byte()), reader.Byte());
        reader.Skip(sizeof(ushort));
        var client = ClientOf(reader.Text(idSize));
        client.Subscriptions.Add(new DatabaseSubscription(reader.Bytes(filterSize), qos, (options & 0x04) != 0, (options & 0x08) != 0, identifier));
    }

    private DatabaseClient ClientOf(string id) =>
        _clients.GetValueOrDefault(id) ?? throw new FormatException("something stands there of a client that stands nowhere");

    private static QoS QoSOf(byte number) => number <= (byte)QoS.ExactlyOnce ? (QoS)number : throw new FormatException($"a QoS is {number}");
}
