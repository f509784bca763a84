using Godwit.Protocol.Properties;

namespace Godwit.Protocol.Packets;

/// <summary>UNSUBSCRIBE, a client's request to end subscriptions (5.0 §3.10). The spans are slices of the packet, owned by its owner.</summary>
public readonly ref struct UnsubscribePacket : IPacket
{
    /// <inheritdoc/>
    public PacketType Type => PacketType.Unsubscribe;

    /// <summary>The low nibble of the first byte. [MQTT-3.10.1-1] [MQTT3-3.10.1-1]</summary>
    private const int Flags = 0x02;

    /// <summary>Packet Identifier, 1 to 65,535. [MQTT-2.2.1-3] [MQTT3-2.3.1-1]</summary>
    public ushort PacketId { get; init; }

    /// <summary>User Properties; empty in 3.x (§3.10.2.1).</summary>
    public PropertyBlock Properties { get; init; }

    /// <summary>
    /// The payload as it stands on the wire: for each Topic Filter a two-byte length and its bytes. Made by
    /// <see cref="UnsubscribeFilterWriter"/> or checked by <see cref="TryRead"/>.
    /// </summary>
    public ReadOnlySpan<byte> FilterBytes { get; init; }

    /// <summary>The filters of <see cref="FilterBytes"/> in wire order.</summary>
    public UnsubscribeFilters Filters => new(FilterBytes);

    /// <summary>Number of filters, at least 1 in a packet that was read. Walks <see cref="FilterBytes"/>.</summary>
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
    /// <param name="version">3.x has no properties.</param>
    /// <param name="unsubscribe">Meaningful only when None is returned.</param>
    /// <returns>
    /// FieldTruncated, PacketIdZero, NoTopicFilters, StringIllFormed, StringHasNull, TopicFilterInvalid: a filter is empty, or an
    /// error of the properties.
    /// </returns>
    public static PacketError TryRead(ReadOnlySpan<byte> body, ProtocolVersion version, out UnsubscribePacket unsubscribe)
    {
        unsubscribe = default;
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
            var error = PropertyBlock.TryRead(ref reader, PropertyOwner.Unsubscribe, out properties);
            if (error != PacketError.None)
            {
                return error;
            }
        }

        if (reader.AtEnd)
        {
            return PacketError.NoTopicFilters;                  // [MQTT-3.10.3-2] [MQTT3-3.10.3-2]
        }

        var filterBytes = reader.Rest;
        while (!reader.AtEnd)
        {
            var error = reader.ReadString(out var filter);      // [MQTT-3.10.3-1] [MQTT3-3.10.3-1]
            if (error != PacketError.None)
            {
                return error;
            }

            if (filter.IsEmpty)
            {
                return PacketError.TopicFilterInvalid;          // [MQTT-4.7.3-1] [MQTT3-4.7.3-1]
            }
        }

        unsubscribe = new UnsubscribePacket { PacketId = packetId, Properties = properties, FilterBytes = filterBytes };
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
        writer.WriteFixedHeader(PacketType.Unsubscribe, Flags, MeasureBody(version));
        writer.WriteUInt16(PacketId);
        if (version == ProtocolVersion.Mqtt5)
        {
            writer.WriteProperties(Properties.Bytes);
        }

        writer.WriteBytes(FilterBytes);
        return writer.Position;
    }

    private int MeasureBody(ProtocolVersion version) =>
        2 + (version == ProtocolVersion.Mqtt5 ? Properties.EncodedSize : 0) + FilterBytes.Length;
}
