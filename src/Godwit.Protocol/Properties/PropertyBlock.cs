namespace Godwit.Protocol.Properties;

/// <summary>
/// The properties of one packet, checked once when read and kept as the bytes they are: nothing is allocated, order and
/// duplicates stay, and forwarding is a copy. [MQTT-3.3.2-17] [MQTT-3.3.2-18]
/// </summary>
public readonly ref struct PropertyBlock
{
    private PropertyBlock(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>The properties without Property Length; empty when there are none (and always in 3.x). Owned by whoever owns the packet.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>There are no properties.</summary>
    public bool IsEmpty => Bytes.IsEmpty;

    /// <summary>Bytes that Property Length and the properties take in a packet.</summary>
    public int EncodedSize => VariableByteInteger.Measure((uint)Bytes.Length) + Bytes.Length;

    /// <summary>Wraps bytes that this program itself made with <see cref="PropertyWriter"/> or took from a checked block.</summary>
    public static PropertyBlock FromTrusted(ReadOnlySpan<byte> bytes) => new(bytes);

    /// <summary>Reads Property Length and the properties, and checks each against <see cref="PropertyRules"/>.</summary>
    /// <param name="reader">Stands at Property Length; afterwards behind the last property.</param>
    /// <param name="owner">The packet (or the will) they stand in.</param>
    /// <param name="properties">Meaningful only when None is returned.</param>
    /// <returns>
    /// FieldTruncated: Property Length or a value runs out of the packet. PropertyUnknown, PropertyNotAllowed, PropertyTwice,
    /// PropertyValueInvalid, TopicAliasInvalid, or an error of the string inside.
    /// </returns>
    public static PacketError TryRead(scoped ref PacketReader reader, PropertyOwner owner, out PropertyBlock properties)
    {
        properties = default;
        var error = reader.ReadVariableByteInteger(out var length);
        if (error != PacketError.None)
        {
            return error;
        }

        if (!reader.TryReadBytes((int)length, out var bytes))
        {
            return PacketError.FieldTruncated;
        }

        error = Check(bytes, owner);
        if (error == PacketError.None)
        {
            properties = new PropertyBlock(bytes);
        }

        return error;
    }

    /// <summary>Walks the properties in wire order.</summary>
    public Enumerator GetEnumerator() => new(Bytes);

    /// <summary>Looks for the first property with this identifier.</summary>
    /// <returns>False when it is absent.</returns>
    public bool TryGet(PropertyId id, out Property property)
    {
        foreach (var candidate in this)
        {
            if (candidate.Id == id)
            {
                property = candidate;
                return true;
            }
        }

        property = default;
        return false;
    }

    /// <summary>The value of a number, or <paramref name="absent"/> when the property is not there.</summary>
    public uint NumberOr(PropertyId id, uint absent) => TryGet(id, out var property) ? property.Number : absent;

    /// <summary>How often a property stands here.</summary>
    public int CountOf(PropertyId id)
    {
        var count = 0;
        foreach (var property in this)
        {
            count += property.Id == id ? 1 : 0;
        }

        return count;
    }

    private static PacketError Check(ReadOnlySpan<byte> bytes, PropertyOwner owner)
    {
        var reader = new PacketReader(bytes);
        ulong seen = 0;
        while (!reader.AtEnd)
        {
            var error = reader.ReadVariableByteInteger(out var id);
            if (error != PacketError.None)
            {
                return error;
            }

            ref readonly var rule = ref PropertyRules.Of(id);
            if (rule.Type == PropertyType.None)
            {
                return PacketError.PropertyUnknown;
            }

            if ((rule.Owners & owner) == 0)
            {
                return PacketError.PropertyNotAllowed;
            }

            error = CheckValue(ref reader, rule);
            if (error != PacketError.None)
            {
                return error;
            }

            var bit = 1UL << (int)id;
            if ((seen & bit) != 0 && (rule.Repeatable & owner) == 0)
            {
                return PacketError.PropertyTwice;
            }

            seen |= bit;
        }

        return PacketError.None;
    }

    private static PacketError CheckValue(scoped ref PacketReader reader, in PropertyRule rule)
    {
        uint number;
        PacketError error;
        switch (rule.Type)
        {
            case PropertyType.Byte:
                error = reader.TryReadByte(out var single) ? PacketError.None : PacketError.FieldTruncated;
                number = single;
                break;

            case PropertyType.UInt16:
                error = reader.TryReadUInt16(out var two) ? PacketError.None : PacketError.FieldTruncated;
                number = two;
                break;

            case PropertyType.UInt32:
                error = reader.TryReadUInt32(out number) ? PacketError.None : PacketError.FieldTruncated;
                break;

            case PropertyType.VariableByteInteger:
                error = reader.ReadVariableByteInteger(out number);
                break;

            case PropertyType.Binary:
                return reader.ReadBinary(out _);

            case PropertyType.String:
                return reader.ReadString(out _);

            default:
                error = reader.ReadString(out _);
                return error == PacketError.None ? reader.ReadString(out _) : error;
        }

        if (error != PacketError.None)
        {
            return error;
        }

        return number < rule.Minimum || number > rule.Maximum ? rule.RangeError : PacketError.None;
    }

    /// <summary>Walks checked property bytes.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _bytes;
        private int _position;

        internal Enumerator(ReadOnlySpan<byte> bytes) => _bytes = bytes;

        /// <summary>The property that the last <see cref="MoveNext"/> found.</summary>
        public Property Current { get; private set; }

        /// <summary>Goes to the next property.</summary>
        /// <returns>False behind the last.</returns>
        public bool MoveNext()
        {
            if (_position >= _bytes.Length)
            {
                return false;
            }

            var start = _position;
            var reader = new PacketReader(_bytes[start..]);
            reader.TryReadByte(out var id);
            ReadOnlySpan<byte> name = default;
            ReadOnlySpan<byte> value;
            switch (PropertyRules.Of(id).Type)
            {
                case PropertyType.Byte:
                    reader.TryReadBytes(1, out value);
                    break;

                case PropertyType.UInt16:
                    reader.TryReadBytes(2, out value);
                    break;

                case PropertyType.UInt32:
                    reader.TryReadBytes(4, out value);
                    break;

                case PropertyType.VariableByteInteger:
                    var from = reader.Rest;
                    reader.ReadVariableByteInteger(out _);
                    value = from[..^reader.Rest.Length];
                    break;

                case PropertyType.StringPair:
                    reader.ReadBinary(out name);
                    reader.ReadBinary(out value);
                    break;

                default:
                    reader.ReadBinary(out value);
                    break;
            }

            _position = start + reader.Position;
            Current = new Property((PropertyId)id, _bytes[start.._position], value, name);
            return true;
        }
    }
}
