using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Messages;

/// <summary>
/// Writes PUBLISH packets into connections. A message for many receivers is encoded once per wire layout (version, with or without packet
/// id) and copied; flags and packet id are patched per receiver. What differs per receiver (Subscription Identifiers, aliases) is encoded
/// for that receiver alone.
/// </summary>
internal sealed class PublishEncoder(Shard shard)
{
    private const int PreparedBytesMax = 16 * 1024;

    private readonly Prepared[] _prepared = [new(), new(), new(), new()];
    private bool _mayPrepare;
    private Message? _current;

    /// <summary>Why the last write that was refused was.</summary>
    public DropReason Refusal { get; private set; }

    /// <summary>The next writes are of a new message.</summary>
    /// <param name="receivers">How many may get it; preparing pays from two on.</param>
    public void Begin(int receivers)
    {
        _mayPrepare = receivers > 1;
        _current = null;
        foreach (var prepared in _prepared)
        {
            prepared.Size = 0;
        }
    }

    /// <summary>The new message has got its stored copy: queues hand that copy over.</summary>
    public void SetStored(Message stored) => _current = stored;

    /// <summary>Writes a message from a queue, which may be the new one or an older one.</summary>
    /// <returns>As <see cref="TryWrite(Connection, in MessageView, byte, ushort, uint[])"/>.</returns>
    public bool TryWrite(Connection connection, Message message, byte flags, ushort packetId, uint[]? identifiers)
    {
        var mayPrepare = _mayPrepare;
        _mayPrepare &= ReferenceEquals(message, _current);      // what is prepared is the new message, not an older one
        var written = TryWrite(connection, message.View, flags, packetId, identifiers);
        _mayPrepare = mayPrepare;
        return written;
    }

    /// <summary>Writes one PUBLISH of the new message.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="view">Not expired.</param>
    /// <param name="flags">DUP, QoS and RETAIN as on the wire.</param>
    /// <param name="packetId">0 with QoS 0.</param>
    /// <param name="identifiers">Subscription Identifiers, or null.</param>
    /// <returns>False: it would exceed the client's Maximum Packet Size; nothing was written. [MQTT-3.1.2-24]</returns>
    public bool TryWrite(Connection connection, in MessageView view, byte flags, ushort packetId, uint[]? identifiers)
    {
        var isShared = _mayPrepare && view.Payload.Length <= PreparedBytesMax
            && !connection.IsEncodedAlone && (identifiers is null || !connection.IsMqtt5);
        var written = isShared
            ? TryCopy(connection, view, flags, packetId)
            : TryEncode(connection, connection.IsEncodedAlone ? AsSeenBy(connection, view) : view, flags, packetId, identifiers);
        if (written)
        {
            var qos = (flags >> 1) & 0x03;
            shard.Counters.PublishSent[qos]++;
            shard.Counters.PublishBytesSent += view.Payload.Length;
        }

        return written;
    }

    private bool TryCopy(Connection connection, in MessageView view, byte flags, ushort packetId)
    {
        var prepared = _prepared[(connection.IsMqtt5 ? 2 : 0) + (packetId == 0 ? 0 : 1)];
        if (prepared.Size == 0)
        {
            Prepare(prepared, connection.IsMqtt5, view, packetId != 0);
        }

        if (prepared.Size > connection.PacketSizeMax)
        {
            Refusal = DropReason.TooLargeForReceiver;
            return false;
        }

        var destination = shard.Reserve(connection, prepared.Size);
        prepared.Bytes.AsSpan(0, prepared.Size).CopyTo(destination);
        destination[0] = (byte)(((int)PacketType.Publish << 4) | flags);
        if (packetId != 0)
        {
            destination[prepared.PacketIdAt] = (byte)(packetId >> 8);
            destination[prepared.PacketIdAt + 1] = (byte)packetId;
        }

        shard.Sent(connection, PacketType.Publish, prepared.Size);
        shard.ProducedBytes += prepared.Size;
        return true;
    }

    private void Prepare(Prepared prepared, bool isMqtt5, in MessageView view, bool hasPacketId)
    {
        var layout = Layout.Of(view, isMqtt5, hasPacketId, identifiers: null, alias: 0, leaveTopicOut: false, shard.NowMs);
        if (prepared.Bytes.Length < layout.PacketSize)
        {
            prepared.Bytes = new byte[2 * layout.PacketSize];
        }

        layout.Write(prepared.Bytes, view, flags: 0, packetId: 0, identifiers: null);
        prepared.Size = layout.PacketSize;
        prepared.PacketIdAt = layout.PacketSize - layout.BodySize + 2 + view.Topic.Length;
    }

    /// <summary>The message as the client knows it: without the mount point of its listener.</summary>
    private static MessageView AsSeenBy(Connection connection, in MessageView view)
    {
        var mount = MountPoint.Of(connection.Identity);
        return mount.IsEmpty ? view : view.WithTopic(view.Topic.StartsWith(mount) ? view.Topic[mount.Length..] : default);
    }

    private bool TryEncode(Connection connection, in MessageView view, byte flags, ushort packetId, uint[]? identifiers)
    {
        if (view.Topic.IsEmpty)
        {
            Refusal = DropReason.OutsideMountPoint;         // e.g. of another listener, through which the client subscribed before
            return false;
        }

        ushort alias = 0;
        var isNewAlias = false;
        if (connection.OutboundAliases is not null)
        {
            alias = connection.OutboundAliases.Find(view.Topic, out isNewAlias);
        }

        var layout = Layout.Of(view, connection.IsMqtt5, packetId != 0, identifiers, alias, alias != 0 && !isNewAlias, shard.NowMs);
        if (isNewAlias && layout.PacketSize > connection.PacketSizeMax)
        {
            isNewAlias = false;             // the alias is our idea: without it the message may fit
            layout = Layout.Of(view, isMqtt5: true, packetId != 0, identifiers, alias: 0, leaveTopicOut: false, shard.NowMs);
        }

        if (layout.PacketSize > connection.PacketSizeMax)
        {
            Refusal = DropReason.TooLargeForReceiver;
            return false;
        }

        layout.Write(shard.Reserve(connection, layout.PacketSize), view, flags, packetId, identifiers);
        shard.Sent(connection, PacketType.Publish, layout.PacketSize);
        shard.ProducedBytes += layout.PacketSize;
        if (isNewAlias)
        {
            connection.OutboundAliases!.Commit(view.Topic, alias);      // only what really went out counts [MQTT-3.3.2-11]
        }

        return true;
    }

    private sealed class Prepared
    {
        public byte[] Bytes = [];
        public int Size;
        public int PacketIdAt;
    }

    /// <summary>Sizes of one PUBLISH for one kind of receiver.</summary>
    private readonly struct Layout
    {
        private bool IsMqtt5 { get; init; }

        private bool HasPacketId { get; init; }

        private bool LeaveTopicOut { get; init; }

        private ushort Alias { get; init; }

        private uint? ExpirySeconds { get; init; }

        private int PropertiesSize { get; init; }

        public int BodySize { get; init; }

        public int PacketSize => FixedHeader.MeasurePacket(BodySize);

        public static Layout Of(in MessageView view, bool isMqtt5, bool hasPacketId, uint[]? identifiers, ushort alias, bool leaveTopicOut, long nowMs)
        {
            var body = 2 + (leaveTopicOut ? 0 : view.Topic.Length) + (hasPacketId ? 2 : 0) + view.Payload.Length;
            if (!isMqtt5)
            {
                return new Layout { HasPacketId = hasPacketId, BodySize = body };
            }

            // [MQTT-3.3.2-6] what is left of the interval, whole seconds rounded down.
            uint? expiry = view.AnnouncedExpiryMs == long.MaxValue ? null : (uint)(Math.Max(0, view.AnnouncedExpiryMs - nowMs) / 1000);
            var properties = view.Properties.Length + (expiry is null ? 0 : 5) + (alias == 0 ? 0 : 3);
            foreach (var identifier in identifiers ?? [])
            {
                properties += 1 + VariableByteInteger.Measure(identifier);
            }

            return new Layout
            {
                IsMqtt5 = true,
                HasPacketId = hasPacketId,
                LeaveTopicOut = leaveTopicOut,
                Alias = alias,
                ExpirySeconds = expiry,
                PropertiesSize = properties,
                BodySize = body + VariableByteInteger.Measure((uint)properties) + properties,
            };
        }

        public void Write(Span<byte> destination, in MessageView view, int flags, ushort packetId, uint[]? identifiers)
        {
            var writer = new PacketWriter(destination);
            writer.WriteFixedHeader(PacketType.Publish, flags, BodySize);
            writer.WriteBinary(LeaveTopicOut ? default : view.Topic);
            if (HasPacketId)
            {
                writer.WriteUInt16(packetId);
            }

            if (IsMqtt5)
            {
                WriteProperties(ref writer, view, identifiers);
            }

            writer.WriteBytes(view.Payload);
        }

        private void WriteProperties(ref PacketWriter writer, in MessageView view, uint[]? identifiers)
        {
            writer.WriteVariableByteInteger((uint)PropertiesSize);
            if (ExpirySeconds is { } seconds)
            {
                writer.WriteByte((byte)PropertyId.MessageExpiryInterval);
                writer.WriteUInt32(seconds);
            }

            if (Alias != 0)
            {
                writer.WriteByte((byte)PropertyId.TopicAlias);
                writer.WriteUInt16(Alias);
            }

            writer.WriteBytes(view.Properties);
            foreach (var identifier in identifiers ?? [])
            {
                writer.WriteByte((byte)PropertyId.SubscriptionIdentifier);
                writer.WriteVariableByteInteger(identifier);
            }
        }
    }
}
