using System.Buffers.Binary;
using System.Text.Unicode;

namespace Godwit.Protocol;

/// <summary>Reads the data types of 5.0 §1.5 from the body of one packet. What it returns are slices of the body.</summary>
public ref struct PacketReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    /// <summary>Starts at the first byte.</summary>
    /// <param name="bytes">Owned by the caller, who keeps it as long as any slice is used.</param>
    public PacketReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Nothing is left.</summary>
    public readonly bool AtEnd => _position == _bytes.Length;

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    /// <summary>All that has not been read; may be empty.</summary>
    public readonly ReadOnlySpan<byte> Rest => _bytes[_position..];

    /// <summary>Reads one byte.</summary>
    /// <returns>False, nothing consumed, at the end.</returns>
    public bool TryReadByte(out byte value)
    {
        if (_position >= _bytes.Length)
        {
            value = 0;
            return false;
        }

        value = _bytes[_position++];
        return true;
    }

    /// <summary>Reads a Two Byte Integer, big-endian (§1.5.2).</summary>
    /// <returns>False, nothing consumed, when fewer than 2 bytes are left.</returns>
    public bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_bytes[_position..], out value))
        {
            return false;
        }

        _position += 2;
        return true;
    }

    /// <summary>Reads a Four Byte Integer, big-endian (§1.5.3).</summary>
    /// <returns>False, nothing consumed, when fewer than 4 bytes are left.</returns>
    public bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_bytes[_position..], out value))
        {
            return false;
        }

        _position += 4;
        return true;
    }

    /// <summary>Reads a Variable Byte Integer in 5.0's rules (§1.5.5).</summary>
    /// <returns>FieldTruncated, VariableByteIntegerTooLong, VariableByteIntegerNotMinimal or None.</returns>
    public PacketError ReadVariableByteInteger(out uint value)
    {
        var error = VariableByteInteger.TryRead(Rest, ProtocolVersion.Mqtt5, out value, out var length);
        _position += length;
        return error;
    }

    /// <summary>Reads exactly <paramref name="count"/> bytes.</summary>
    /// <returns>False, nothing consumed, when fewer are left.</returns>
    public bool TryReadBytes(int count, out ReadOnlySpan<byte> value)
    {
        if (_bytes.Length - _position < count)
        {
            value = default;
            return false;
        }

        value = _bytes.Slice(_position, count);
        _position += count;
        return true;
    }

    /// <summary>Reads Binary Data: a two-byte length and that many bytes, 0 to 65,535 (§1.5.6).</summary>
    /// <returns>FieldTruncated or None.</returns>
    public PacketError ReadBinary(out ReadOnlySpan<byte> value)
    {
        value = default;
        return TryReadUInt16(out var length) && TryReadBytes(length, out value)
            ? PacketError.None
            : PacketError.FieldTruncated;
    }

    /// <summary>
    /// Reads a UTF-8 Encoded String without its length (§1.5.4). U+FEFF is kept. [MQTT-1.5.4-3] Control characters and
    /// non-characters, which a receiver may refuse, are accepted in every version.
    /// </summary>
    /// <returns>FieldTruncated; StringHasNull [MQTT-1.5.4-2] [MQTT3-1.5.3-2]; StringIllFormed [MQTT-1.5.4-1] [MQTT3-1.5.3-1]; or None.</returns>
    public PacketError ReadString(out ReadOnlySpan<byte> utf8)
    {
        if (ReadBinary(out utf8) != PacketError.None)
        {
            return PacketError.FieldTruncated;
        }

        if (utf8.Contains((byte)0))
        {
            return PacketError.StringHasNull;
        }

        return Utf8.IsValid(utf8) ? PacketError.None : PacketError.StringIllFormed;
    }
}
