using System.Buffers.Binary;

namespace Godwit.Protocol.Properties;

/// <summary>
/// Collects properties for a packet that is about to be written. Starts in a buffer of the caller (usually on the stack) and
/// rents a larger one when that is full; <see cref="Dispose"/> gives the rented one back.
/// </summary>
public ref struct PropertyWriter
{
    private GrowingBuffer _buffer;

    /// <summary>Writes into <paramref name="initial"/> first, which may be empty.</summary>
    public PropertyWriter(Span<byte> initial) => _buffer = new GrowingBuffer(initial);

    /// <summary>What was added so far; valid until the next Add or Dispose.</summary>
    public readonly PropertyBlock Block => PropertyBlock.FromTrusted(_buffer.Written);

    /// <summary>Bytes added so far.</summary>
    public readonly int Length => _buffer.Written.Length;

    /// <summary>Adds a number in the width that its rule names.</summary>
    /// <exception cref="ArgumentException">The property is not a number.</exception>
    public void Add(PropertyId id, uint value)
    {
        var span = _buffer.Reserve(5);
        span[0] = (byte)id;
        _buffer.Advance(1 + PropertyRules.Of((uint)id).Type switch
        {
            PropertyType.Byte => WriteByte(span[1..], checked((byte)value)),
            PropertyType.UInt16 => WriteUInt16(span[1..], checked((ushort)value)),
            PropertyType.UInt32 => WriteUInt32(span[1..], value),
            PropertyType.VariableByteInteger => VariableByteInteger.Write(span[1..], value),
            _ => throw new ArgumentException($"{id} is not a number.", nameof(id)),
        });
    }

    /// <summary>Adds a string (already UTF-8) or binary data, 0 to 65,535 bytes.</summary>
    public void Add(PropertyId id, ReadOnlySpan<byte> value)
    {
        var writer = new PacketWriter(_buffer.Reserve(3 + value.Length));
        writer.WriteByte((byte)id);
        writer.WriteBinary(value);
        _buffer.Advance(writer.Position);
    }

    /// <summary>Adds a string.</summary>
    /// <exception cref="ArgumentException">The string must not be sent: a lone surrogate, U+0000, more than 65,535 bytes.</exception>
    public void Add(PropertyId id, string value) => Add(id, Utf8Text.Encode(value));

    /// <summary>Adds a User Property. Name and value may be empty.</summary>
    public void AddUserProperty(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var writer = new PacketWriter(_buffer.Reserve(5 + name.Length + value.Length));
        writer.WriteByte((byte)PropertyId.UserProperty);
        writer.WriteBinary(name);
        writer.WriteBinary(value);
        _buffer.Advance(writer.Position);
    }

    /// <summary>Adds properties that are already encoded.</summary>
    public void AddEncoded(ReadOnlySpan<byte> encoded)
    {
        encoded.CopyTo(_buffer.Reserve(encoded.Length));
        _buffer.Advance(encoded.Length);
    }

    /// <summary>Gives the rented buffer back; the block must not be used any more.</summary>
    public void Dispose() => _buffer.Dispose();

    private static int WriteByte(Span<byte> destination, byte value)
    {
        destination[0] = value;
        return 1;
    }

    private static int WriteUInt16(Span<byte> destination, ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, value);
        return 2;
    }

    private static int WriteUInt32(Span<byte> destination, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, value);
        return 4;
    }
}
