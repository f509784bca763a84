using System.Buffers.Binary;

namespace Godwit.Protocol.Properties;

/// <summary>One property inside a <see cref="PropertyBlock"/>, already checked. The spans are slices of the packet.</summary>
public readonly ref struct Property
{
    internal Property(PropertyId id, ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> value, ReadOnlySpan<byte> name)
    {
        Id = id;
        Encoded = encoded;
        Value = value;
        Name = name;
    }

    /// <summary>Which property.</summary>
    public PropertyId Id { get; }

    /// <summary>Identifier and value as they stand on the wire.</summary>
    public ReadOnlySpan<byte> Encoded { get; }

    /// <summary>A number: its bytes; a string or binary data: its content without length; a User Property: its value.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The name of a User Property; else empty.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>The value of a property that is a number of any width.</summary>
    public uint Number => PropertyRules.Of((uint)Id).Type switch
    {
        PropertyType.Byte => Value[0],
        PropertyType.UInt16 => BinaryPrimitives.ReadUInt16BigEndian(Value),
        PropertyType.UInt32 => BinaryPrimitives.ReadUInt32BigEndian(Value),
        PropertyType.VariableByteInteger when VariableByteInteger.TryRead(Value, ProtocolVersion.Mqtt5, out var number, out _) == PacketError.None => number,
        _ => throw new InvalidOperationException($"{Id} is not a number."),
    };
}
