using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Godwit.Kills.Messages;

/// <summary>What a message carries: its topic, its number, filling, and a checksum over all of it.</summary>
internal static class Payload
{
    private const int ChecksumLength = 8;

    /// <summary>Makes a payload.</summary>
    /// <param name="topic">Without spaces.</param>
    /// <param name="number">Of the message on its topic, from 0.</param>
    /// <param name="size">Bytes; a little more when topic and number need them.</param>
    public static byte[] Make(string topic, int number, int size)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"{topic} {number} ");
        var body = Encoding.ASCII.GetBytes(head.PadRight(Math.Max(head.Length, size - ChecksumLength), '.'));
        return [.. body, .. Checksum(body)];
    }

    /// <summary>Reads what <see cref="Make"/> made.</summary>
    /// <returns>False: another topic's payload, or not one that was ever made.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, string topic, out int number)
    {
        number = -1;
        if (payload.Length < ChecksumLength)
        {
            return false;
        }

        var body = payload[..^ChecksumLength];
        var isWhole = payload[^ChecksumLength..].SequenceEqual(Checksum(body));
        var head = Encoding.ASCII.GetBytes(topic + " ");
        return isWhole && body.StartsWith(head) && Utf8Parser.TryParse(body[head.Length..], out number, out _);
    }

    /// <summary>CRC-32C in eight hexadecimal digits.</summary>
    private static byte[] Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var part in bytes)
        {
            crc = BitOperations.Crc32C(crc, part);
        }

        return Encoding.ASCII.GetBytes((~crc).ToString("x8", CultureInfo.InvariantCulture));
    }
}
