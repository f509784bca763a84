using Godwit.Protocol.Properties;

namespace Godwit.Protocol.Packets;

/// <summary>SUBSCRIBE, a client's request for one or more subscriptions (5.0 §3.8). The spans are slices of the packet, owned by its owner.</summary>
public readonly ref struct SubscribePacket : IPacket
{
    /// <inheritdoc/>
    public PacketType Type => PacketType.Subscribe;

    /// <summary>The low nibble of the first byte. [MQTT-3.8.1-1] [MQTT3-3.8.1-1]</summary>
    private const int Flags = 0x02;

    /// <summary>Packet Identifier, 1 to 65,535. [MQTT-2.2.1-3] [MQTT3-2.3.1-1]</summary>
    public ushort PacketId { get; init; }

    /// <summary>Subscription Identifier and User Properties; empty in 3.x (§3.8.2.1).</summary>
    public PropertyBlock Properties { get; init; }

    /// <summary>
    /// The payload as it stands on the wire: for each entry a two-byte length, the Topic Filter and the options byte. Made by
    /// <see cref="SubscribeFilterWriter"/> or checked by <see cref="TryRead"/>.
    /// </summary>
    public ReadOnlySpan<byte> FilterBytes { get; init; }

    /// <summary>The entries of <see cref="FilterBytes"/> in wire order.</summary>
    public SubscribeFilters Filters => new(FilterBytes);

    /// <summary>Number of entries, at least 1 in a packet that was read. Walks <see cref="FilterBytes"/>.</summary>
    public int FilterCount
    {
        get
        {
            var count = 0;
            foreach (var _ in Filters)
            {
                count++;
            }

            return count;
        }
    }

    /// <summary>Reads the bytes that follow the fixed header. Where wildcards stand in a filter is left to the caller.</summary>
    /// <param name="body">Exactly Remaining Length bytes.</param>
    /// <param name="version">3.x has no properties and knows only the QoS among the options.</param>
    /// <param name="subscribe">Meaningful only when None is returned.</param>
    /// <returns>
    /// FieldTruncated, PacketIdZero, NoTopicFilters, StringIllFormed, StringHasNull, TopicFilterInvalid: a filter is empty,
    /// SubscriptionOptionsReserved, SubscriptionQoSInvalid, RetainHandlingInvalid, NoLocalOnSharedSubscription, or an error of
    /// the properties.
    /// </returns>
    public static PacketError TryRead(ReadOnlySpan<byte> body, ProtocolVersion version, out SubscribePacket subscribe)
    {
        subscribe = default;
        var reader = new PacketReader(body);
        if (!reader.TryReadUInt16(out var packetId))
        {
            return PacketError.FieldTruncated;
        }

        if (packetId == 0)
        {
            return PacketError.PacketIdZero;                    // [MQTT-2.2.1-3] [MQTT3-2.3.1-1]
        }

        PropertyBlock properties = default;
        if (version == ProtocolVersion.Mqtt5)
        {
            var error = PropertyBlock.TryRead(ref reader, PropertyOwner.Subscribe, out properties);
            if (error != PacketError.None)
            {
                return error;
            }
        }

        if (reader.AtEnd)
        {
            return PacketError.NoTopicFilters;                  // [MQTT-3.8.3-2] [MQTT3-3.8.3-3]
        }

        var filterBytes = reader.Rest;
        while (!reader.AtEnd)
        {
            var error = CheckEntry(ref reader, version);
            if (error != PacketError.None)
            {
                return error;
            }
        }

        subscribe = new SubscribePacket { PacketId = packetId, Properties = properties, FilterBytes = filterBytes };
        return PacketError.None;
    }

    /// <summary>Size of the whole packet in bytes.</summary>
    public int Measure(ProtocolVersion version) => FixedHeader.MeasurePacket(MeasureBody(version));

    /// <summary>Writes the whole packet.</summary>
    /// <param name="destination">At least <see cref="Measure"/> bytes.</param>
    /// <param name="version">3.x leaves the properties out.</param>
    /// <returns>The bytes written.</returns>
    public int Write(Span<byte> destination, ProtocolVersion version)
    {
        var writer = new PacketWriter(destination);
        writer.WriteFixedHeader(PacketType.Subscribe, Flags, MeasureBody(version));
        writer.WriteUInt16(PacketId);
        if (version == ProtocolVersion.Mqtt5)
        {
            writer.WriteProperties(Properties.Bytes);
        }

        writer.WriteBytes(FilterBytes);
        return writer.Position;
    }

    private static PacketError CheckEntry(scoped ref PacketReader reader, ProtocolVersion version)
    {
        var error = reader.ReadString(out var filter);          // [MQTT-3.8.3-1] [MQTT3-3.8.3-1]
        if (error != PacketError.None)
        {
            return error;
        }

        if (filter.IsEmpty)
        {
            return PacketError.TopicFilterInvalid;              // [MQTT-4.7.3-1] [MQTT3-4.7.3-1]
        }

        if (!reader.TryReadByte(out var options))
        {
            return PacketError.FieldTruncated;
        }

        error = SubscriptionOptions.Check(options, version);
        if (error != PacketError.None)
        {
            return error;
        }

        return SubscriptionOptions.FromByte(options).NoLocal && filter.StartsWith("$share/"u8)
            ? PacketError.NoLocalOnSharedSubscription           // [MQTT-3.8.3-4]
            : PacketError.None;
    }

    private int MeasureBody(ProtocolVersion version) =>
        2 + (version == ProtocolVersion.Mqtt5 ? Properties.EncodedSize : 0) + FilterBytes.Length;
}
