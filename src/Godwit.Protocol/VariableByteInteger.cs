namespace Godwit.Protocol;

/// <summary>Variable Byte Integer: seven bits a byte, least significant group first, bit 7 says that more follows (5.0 §1.5.5).</summary>
public static class VariableByteInteger
{
    /// <summary>The largest value: 4 bytes x 7 bits, 2^28 - 1.</summary>
    public const uint MaxValue = 268_435_455;

    /// <summary>Bytes that <paramref name="value"/> takes: 1 to 4.</summary>
    public static int Measure(uint value) => value switch
    {
        < 128 => 1,             // 2^7
        < 16_384 => 2,          // 2^14
        < 2_097_152 => 3,       // 2^21
        _ => 4,
    };

    /// <summary>Writes the shortest form to the start of <paramref name="destination"/>. [MQTT-1.5.5-1]</summary>
    /// <returns>The bytes written, 1 to 4.</returns>
    public static int Write(Span<byte> destination, uint value)
    {
        var length = 0;
        while (value >= 128)
        {
            destination[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[length++] = (byte)value;
        return length;
    }

    /// <summary>Reads from the start of <paramref name="source"/>.</summary>
    /// <param name="source">May be longer than the integer, or end inside it.</param>
    /// <param name="version">3.x accepts a form that is longer than necessary; 5.0 does not.</param>
    /// <param name="value">0 to 2^28 - 1; 0 when bytes are missing or there are too many.</param>
    /// <param name="length">Bytes read, 1 to 4; 0 when bytes are missing or there are too many.</param>
    /// <returns>
    /// FieldTruncated: more bytes are needed. VariableByteIntegerTooLong: the fourth byte has bit 7 set.
    /// VariableByteIntegerNotMinimal (5.0): the last byte is 0 [MQTT-1.5.5-1]. Else None.
    /// </returns>
    public static PacketError TryRead(ReadOnlySpan<byte> source, ProtocolVersion version, out uint value, out int length)
    {
        value = 0;
        length = 0;
        for (var i = 0; i < 4; i++)
        {
            if (i >= source.Length)
            {
                value = 0;
                return PacketError.FieldTruncated;
            }

            var current = source[i];
            value |= (uint)(current & 0x7F) << (7 * i);
            if (current >= 0x80)
            {
                continue;
            }

            length = i + 1;
            return i > 0 && current == 0 && version == ProtocolVersion.Mqtt5
                ? PacketError.VariableByteIntegerNotMinimal
                : PacketError.None;
        }

        value = 0;
        return PacketError.VariableByteIntegerTooLong;
    }
}
