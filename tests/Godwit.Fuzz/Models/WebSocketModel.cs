using System.Buffers.Binary;
using System.Text;

namespace Godwit.Fuzz.Models;

/// <summary>What a server takes out of the frames of a client (RFC 6455 §5), written down once more, plainly.</summary>
/// <param name="Payload">Of the binary frames, in order, up to the end.</param>
/// <param name="IsFault">It ends in the middle, or with something that RFC 6455 forbids.</param>
/// <param name="IsText">It ends with text, which MQTT forbids; whether it is a fault as well depends on where its letters are cut.</param>
internal sealed record WebSocketModel(byte[] Payload, bool IsFault, bool IsText)
{
    public static WebSocketModel Read(ReadOnlySpan<byte> bytes)
    {
        var payload = new List<byte>();
        var isInMessage = false;
        var at = 0;
        while (at + 2 <= bytes.Length)
        {
            var (first, second) = (bytes[at], bytes[at + 1]);
            var (isLast, opcode, isControl) = ((first & 0x80) != 0, first & 0x0F, (first & 0x08) != 0);
            var lengthSize = (second & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 };
            if (bytes.Length < at + 2 + lengthSize + ((second & 0x80) != 0 ? 4 : 0))
            {
                break;                                  // the header is not whole
            }

            var length = lengthSize switch
            {
                2 => BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]),
                8 => BinaryPrimitives.ReadUInt64BigEndian(bytes[(at + 2)..]),
                _ => (ulong)(second & 0x7F),
            };
            if (IsForbidden(first, second, length, isInMessage))
            {
                return new WebSocketModel([.. payload], IsFault: true, IsText: false);
            }

            var mask = bytes.Slice(at + 2 + lengthSize, 4);
            var start = at + 2 + lengthSize + 4;
            var there = (int)Math.Min(length, (ulong)(bytes.Length - start));
            if ((ulong)there < length)
            {
                break;                                  // nothing of a frame is passed on before it is whole, or the buffer is full
            }

            var content = Unmask(bytes.Slice(start, there), mask);
            if (opcode == 1)
            {
                return new WebSocketModel([.. payload], IsFault: !IsUtf8(content), IsText: true);
            }

            if (!isControl)
            {
                payload.AddRange(content);
                isInMessage = !isLast;
            }

            if (opcode == 8)
            {
                return new WebSocketModel([.. payload], IsFault: !IsCloseRight(content), IsText: false);
            }

            at = start + there;
        }

        return new WebSocketModel([.. payload], IsFault: true, IsText: false);     // the end comes without a close frame
    }

    private static bool IsForbidden(byte first, byte second, ulong length, bool isInMessage)
    {
        var (isLast, opcode, isControl) = ((first & 0x80) != 0, first & 0x0F, (first & 0x08) != 0);
        return (first & 0x70) != 0                                              // reserved bits: no extension was agreed
            || (second & 0x80) == 0                                             // a client masks
            || opcode is (> 2 and < 8) or > 10
            || (isControl && (!isLast || length > 125))
            || (!isControl && (opcode == 0) != isInMessage)
            || length > long.MaxValue;
    }

    /// <summary>Nothing, or a code that may be sent (§7.4 and its registry) and UTF-8.</summary>
    private static bool IsCloseRight(byte[] content)
    {
        if (content.Length == 0)
        {
            return true;
        }

        if (content.Length == 1)
        {
            return false;
        }

        var code = BinaryPrimitives.ReadUInt16BigEndian(content);
        return code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999)
            && IsUtf8(content.AsSpan(2));
    }

    private static bool IsUtf8(ReadOnlySpan<byte> bytes)
    {
        try
        {
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetCharCount(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static byte[] Unmask(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> mask)
    {
        var plain = bytes.ToArray();
        for (var i = 0; i < plain.Length; i++)
        {
            plain[i] ^= mask[i % 4];
        }

        return plain;
    }
}
