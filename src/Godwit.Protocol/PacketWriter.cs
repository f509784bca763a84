using System.Buffers.Binary;

namespace Godwit.Protocol;

/// <summary>
/// Writes the data types of 5.0 §1.5 into a span that the caller has made large enough with the packet's <c>Measure</c>;
/// a span too small is the caller's error and throws.
/// </summary>
public ref struct PacketWriter
{
    private readonly Span<byte> _destination;
    private int _position;

    /// <summary>Starts at the first byte of <paramref name="destination"/>, which stays the caller's.</summary>
    public PacketWriter(Span<byte> destination) => _destination = destination;

    /// <summary>Bytes written so far.</summary>
    public readonly int Position => _position;

    /// <summary>Writes type, flags and Remaining Length (§2.1).</summary>
    public void WriteFixedHeader(PacketType type, int flags, int remainingLength)
    {
        _destination[_position++] = (byte)(((int)type << 4) | flags);
        WriteVariableByteInteger((uint)remainingLength);
    }

    /// <summary>Writes one byte.</summary>
    public void WriteByte(byte value) => _destination[_position++] = value;

    /// <summary>Writes a Two Byte Integer, big-endian.</summary>
    public void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_destination[_position..], value);
        _position += 2;
    }

    /// <summary>Writes a Four Byte Integer, big-endian.</summary>
    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_destination[_position..], value);
        _position += 4;
    }

    /// <summary>Writes a Variable Byte Integer in its shortest form.</summary>
    public void WriteVariableByteInteger(uint value) =>
        _position += VariableByteInteger.Write(_destination[_position..], value);

    /// <summary>Writes bytes as they are.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[_position..]);
        _position += bytes.Length;
    }

    /// <summary>Writes a two-byte length and the bytes: Binary Data, or a string that is already UTF-8. At most 65,535 bytes.</summary>
    public void WriteBinary(ReadOnlySpan<byte> bytes)
    {
        WriteUInt16(checked((ushort)bytes.Length));
        WriteBytes(bytes);
    }

    /// <summary>Writes Property Length and the properties (§2.2.2).</summary>
    public void WriteProperties(ReadOnlySpan<byte> properties)
    {
        WriteVariableByteInteger((uint)properties.Length);
        WriteBytes(properties);
    }
}
