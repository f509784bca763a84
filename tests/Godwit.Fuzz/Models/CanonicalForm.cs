using System.Buffers.Binary;
using Godwit.Protocol;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Fuzz.Models;

/// <summary>
/// The bytes that a writer has to give for a packet that was read. Most packets have one form only; the others are listed here, each
/// with the reason for which its reader accepts more than one.
/// </summary>
internal static class CanonicalForm
{
    /// <summary>The one form of a packet.</summary>
    /// <param name="packet">A whole packet that was read without an error.</param>
    /// <param name="version">With which it was read; CONNECT names its own.</param>
    public static byte[] Of(ReadOnlySpan<byte> packet, ProtocolVersion version)
    {
        var headerSize = 2;
        while (packet[headerSize - 1] >= 0x80)          // 3.x lets Remaining Length be longer than necessary
        {
            headerSize++;
        }

        var body = packet[headerSize..].ToArray();
        var type = packet[0] >> 4;
        if (type is 6 or 8 or 10)
        {
            return Raw.Packet((byte)((type << 4) | 2), Shorten(type, body, version));      // 3.1 repeats these with DUP
        }

        return Raw.Packet(packet[0], type == 1 ? Connect(body) : Shorten(type, body, version));
    }

    private static byte[] Shorten(int type, byte[] body, ProtocolVersion version)
    {
        switch (type)
        {
            case 2 when version == ProtocolVersion.Mqtt31:
                return [0, body[1]];                    // the first byte of 3.1's CONNACK is reserved and not looked at

            case 4 or 5 or 6 or 7 when version == ProtocolVersion.Mqtt5:
                return ShortenAnswer(body, codeAt: 2);

            case 14 when version == ProtocolVersion.Mqtt5:
                return ShortenAnswer(body, codeAt: 0);

            default:
                return body;
        }
    }

    /// <summary>No properties may be said by a Property Length of 0 or by nothing, and reason code 0 then by nothing, too (§3.4.2.1, §3.14.2.1).</summary>
    private static byte[] ShortenAnswer(byte[] body, int codeAt)
    {
        var hasProperties = body.Length > codeAt + 2;
        if (hasProperties || body.Length <= codeAt)
        {
            return body;
        }

        return body[codeAt] == 0 ? body[..codeAt] : body[..(codeAt + 1)];
    }

    /// <summary>3.1 does not look at the reserved bit, at the Will bits without Will Flag, and forgives a missing user name or password.</summary>
    private static byte[] Connect(byte[] body)
    {
        const int LevelAt = 8;
        const int FlagsAt = LevelAt + 1;
        if (body[1] == 4)
        {
            return body;                                // the name is "MQTT", not "MQIsdp"
        }

        var flags = body[FlagsAt] & 0xFE;
        var position = Behind(body, FlagsAt + 3);
        if ((flags & 0x04) == 0)
        {
            flags &= 0xC7;
        }
        else
        {
            position = Behind(body, Behind(body, position));
        }

        foreach (var bit in new[] { 0x80, 0x40 })
        {
            if ((flags & bit) != 0 && position == body.Length)
            {
                flags &= ~bit;
            }
            else if ((flags & bit) != 0)
            {
                position = Behind(body, position);
            }
        }

        body[FlagsAt] = (byte)flags;
        return body;
    }

    private static int Behind(byte[] body, int textAt) => textAt + 2 + BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(textAt));
}
