using System.Buffers.Binary;
using System.Text;
using Godwit.Protocol;

namespace Godwit.Conformance.Wire;

/// <summary>Puts a packet together field by field, right or wrong.</summary>
/// <param name="firstByte">Type and flags.</param>
public sealed class PacketBuilder(byte firstByte)
{
    private readonly List<byte> _body = [];

    /// <summary>A packet of this type with these flags.</summary>
    public PacketBuilder(PacketType type, int flags = 0)
        : this((byte)(((int)type << 4) | flags))
    {
    }

    /// <summary>One byte.</summary>
    public PacketBuilder Byte(int value)
    {
        _body.Add((byte)value);
        return this;
    }

    /// <summary>Two Byte Integer.</summary>
    public PacketBuilder UInt16(int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return Bytes(bytes);
    }

    /// <summary>Length and UTF-8.</summary>
    public PacketBuilder String(string value) => Binary(Encoding.UTF8.GetBytes(value));

    /// <summary>Length and bytes.</summary>
    public PacketBuilder Binary(ReadOnlySpan<byte> value) => UInt16(value.Length).Bytes(value);

    /// <summary>Bytes without a length.</summary>
    public PacketBuilder Bytes(ReadOnlySpan<byte> value)
    {
        _body.AddRange(value);
        return this;
    }

    /// <summary>Property Length and properties in 5.0; nothing in 3.x.</summary>
    public PacketBuilder Properties(ProtocolVersion version, params IEnumerable<WireProperty> properties)
    {
        if (version != ProtocolVersion.Mqtt5)
        {
            return this;
        }

        var bytes = properties.SelectMany(property => property.Encoded).ToArray();
        return VariableByteInteger((uint)bytes.Length).Bytes(bytes);
    }

    /// <summary>Variable Byte Integer in its shortest form.</summary>
    public PacketBuilder VariableByteInteger(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        return Bytes(bytes[..Godwit.Protocol.VariableByteInteger.Write(bytes, value)]);
    }

    /// <summary>The packet with the Remaining Length that it has.</summary>
    public byte[] ToBytes() => ToBytes((uint)_body.Count);

    /// <summary>The packet with a Remaining Length that may be wrong.</summary>
    public byte[] ToBytes(uint remainingLength)
    {
        Span<byte> length = stackalloc byte[4];
        var size = Godwit.Protocol.VariableByteInteger.Write(length, remainingLength);
        return [firstByte, .. length[..size], .. _body];
    }
}
