using System.Buffers.Binary;

namespace Godwit.Server.Listeners.Tls;

/// <summary>
/// The first message of a TLS client, as far as it has to be known before the handshake: which protocols it offers (ALPN, RFC 7301). A server
/// that names protocols refuses a client that offers only others; a client with none of ours is to come in all the same, so it is looked at first.
/// </summary>
internal static class ClientHello
{
    private const int RecordHeaderSize = 5;
    private const int RecordSizeMax = 16 * 1024;
    private const byte HandshakeRecord = 22;
    private const byte HelloMessage = 1;
    private const int AlpnExtension = 16;

    /// <summary>How many bytes have to be there.</summary>
    /// <param name="input">From the first byte of the connection on.</param>
    /// <returns>Length of the first record in bytes; 0: this is no TLS, or a record that nobody needs to look at.</returns>
    internal static int SizeNeeded(ReadOnlySpan<byte> input)
    {
        if (input.Length < RecordHeaderSize)
        {
            return RecordHeaderSize;
        }

        var size = BinaryPrimitives.ReadUInt16BigEndian(input[3..]);
        return input[0] == HandshakeRecord && size <= RecordSizeMax ? RecordHeaderSize + size : 0;
    }

    /// <summary>Whether the client offers a protocol.</summary>
    /// <param name="record">The whole first record.</param>
    /// <param name="protocol">E.g. <c>mqtt</c>.</param>
    /// <returns>False also when the message cannot be read, or goes on in a second record: the handshake will tell.</returns>
    internal static bool Offers(ReadOnlySpan<byte> record, ReadOnlySpan<byte> protocol)
    {
        const int MessageHeaderSize = 4;
        const int VersionAndRandomSize = 2 + 32;
        if (record.Length < RecordHeaderSize + MessageHeaderSize || record[RecordHeaderSize] != HelloMessage)
        {
            return false;
        }

        var rest = record[(RecordHeaderSize + MessageHeaderSize)..];
        if (!TrySkip(ref rest, VersionAndRandomSize)
            || !TryTake(ref rest, 1, out _)             // session id
            || !TryTake(ref rest, 2, out _)             // cipher suites
            || !TryTake(ref rest, 1, out _)             // compression methods
            || !TryTake(ref rest, 2, out var extensions))
        {
            return false;
        }

        while (extensions.Length >= 2)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(extensions);
            extensions = extensions[2..];
            if (!TryTake(ref extensions, 2, out var body))
            {
                return false;
            }

            if (type == AlpnExtension)
            {
                return TryTake(ref body, 2, out var names) && Contains(names, protocol);
            }
        }

        return false;
    }

    private static bool Contains(ReadOnlySpan<byte> names, ReadOnlySpan<byte> protocol)
    {
        while (TryTake(ref names, 1, out var name))
        {
            if (name.SequenceEqual(protocol))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> input, int count)
    {
        if (input.Length < count)
        {
            return false;
        }

        input = input[count..];
        return true;
    }

    /// <summary>Takes a vector: its length in 1 or 2 bytes, then its bytes.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> input, int lengthSize, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (input.Length < lengthSize)
        {
            return false;
        }

        var length = lengthSize == 1 ? input[0] : BinaryPrimitives.ReadUInt16BigEndian(input);
        if (input.Length < lengthSize + length)
        {
            return false;
        }

        bytes = input.Slice(lengthSize, length);
        input = input[(lengthSize + length)..];
        return true;
    }
}
