using System.Buffers.Binary;
using System.Net;
using System.Numerics;
using System.Text;

namespace Godwit.Server.Listeners.Proxies;

/// <summary>The header with which a proxy says whom it speaks for: the PROXY protocol, version 1 (a line of text) and 2 (binary).</summary>
internal readonly record struct ProxyHeader
{
    /// <summary>Longest line of version 1, CR LF included.</summary>
    private const int LineSizeMax = 107;

    /// <summary>Longest header of version 2 that is read: 16 bytes and the addresses, and room for what a proxy says of TLS.</summary>
    internal const int SizeMax = 4_096;

    private const int PrefixSize = 16;
    private const int IPv4Size = 12;            // 2 addresses × 4 bytes, 2 ports × 2 bytes
    private const int IPv6Size = 36;
    private const int UnixSize = 216;
    private const byte ChecksumType = 0x03;
    private const byte SslType = 0x20;
    private const byte CommonNameType = 0x22;
    private const byte ConnectionCertificate = 0x02;
    private const byte SessionCertificate = 0x04;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static ReadOnlySpan<byte> Signature => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <summary>The proxy speaks for itself (a health check), or does not know the client: the connection's own address counts.</summary>
    internal bool IsLocal { get; private init; }

    /// <summary>Where the client is; null when <see cref="IsLocal"/>, or when it came through a Unix socket.</summary>
    internal IPEndPoint? Source { get; private init; }

    /// <summary>Common name of the client certificate that the proxy has verified; null without.</summary>
    internal string? CommonName { get; private init; }

    /// <summary>Reads a header.</summary>
    /// <param name="input">From the first byte of the connection on.</param>
    /// <param name="header">Set when Complete.</param>
    /// <param name="size">Its length in bytes.</param>
    internal static ProxyHeaderStatus TryRead(ReadOnlySpan<byte> input, out ProxyHeader header, out int size)
    {
        (header, size) = (default, 0);
        var signature = Signature;
        if (input.Length >= signature.Length ? input.StartsWith(signature) : signature.StartsWith(input))
        {
            return input.Length < PrefixSize ? ProxyHeaderStatus.Incomplete : TryReadBinary(input, out header, out size);
        }

        var start = "PROXY "u8;
        if (input.Length >= start.Length ? !input.StartsWith(start) : !start.StartsWith(input))
        {
            return ProxyHeaderStatus.Invalid;
        }

        var end = input[..Math.Min(input.Length, LineSizeMax)].IndexOf("\r\n"u8);
        if (end < 0)
        {
            return input.Length < LineSizeMax ? ProxyHeaderStatus.Incomplete : ProxyHeaderStatus.Invalid;
        }

        size = end + 2;
        return TryReadLine(Encoding.ASCII.GetString(input[start.Length..end]), out header);
    }

    private static ProxyHeaderStatus TryReadLine(string line, out ProxyHeader header)
    {
        header = new ProxyHeader { IsLocal = true };
        var words = line.Split(' ');
        if (string.Equals(words[0], "UNKNOWN", StringComparison.Ordinal))
        {
            return ProxyHeaderStatus.Complete;
        }

        var family = words[0] switch
        {
            "TCP4" => System.Net.Sockets.AddressFamily.InterNetwork,
            "TCP6" => System.Net.Sockets.AddressFamily.InterNetworkV6,
            _ => System.Net.Sockets.AddressFamily.Unspecified,
        };
        if (words.Length != 5
            || !IPAddress.TryParse(words[1], out var source) || source.AddressFamily != family
            || !IPAddress.TryParse(words[2], out var target) || target.AddressFamily != family
            || !ushort.TryParse(words[3], System.Globalization.NumberStyles.None, null, out var port)
            || !ushort.TryParse(words[4], System.Globalization.NumberStyles.None, null, out _))
        {
            return ProxyHeaderStatus.Invalid;
        }

        header = new ProxyHeader { Source = new IPEndPoint(source, port) };
        return ProxyHeaderStatus.Complete;
    }

    private static ProxyHeaderStatus TryReadBinary(ReadOnlySpan<byte> input, out ProxyHeader header, out int size)
    {
        header = new ProxyHeader { IsLocal = true };
        size = PrefixSize + BinaryPrimitives.ReadUInt16BigEndian(input[14..]);
        var (version, command) = (input[12] >> 4, input[12] & 0x0F);
        if (version != 2 || command > 1 || size > SizeMax)
        {
            return ProxyHeaderStatus.Invalid;
        }

        if (input.Length < size)
        {
            return ProxyHeaderStatus.Incomplete;
        }

        if (command == 0)
        {
            return ProxyHeaderStatus.Complete;
        }

        var body = input[PrefixSize..size];
        var addressSize = (input[13] >> 4) switch
        {
            1 => IPv4Size,
            2 => IPv6Size,
            3 => UnixSize,
            _ => 0,
        };
        if (body.Length < addressSize || !TryReadExtras(input[..size], PrefixSize + addressSize, out var commonName))
        {
            return ProxyHeaderStatus.Invalid;
        }

        header = new ProxyHeader
        {
            IsLocal = addressSize == 0,
            Source = addressSize switch
            {
                IPv4Size => new IPEndPoint(new IPAddress(body[..4]), BinaryPrimitives.ReadUInt16BigEndian(body[8..])),
                IPv6Size => new IPEndPoint(new IPAddress(body[..16]), BinaryPrimitives.ReadUInt16BigEndian(body[32..])),
                _ => null,
            },
            CommonName = commonName,
        };
        return ProxyHeaderStatus.Complete;
    }

    /// <summary>Reads what stands behind the addresses: type (1 byte), length (2 bytes), value.</summary>
    private static bool TryReadExtras(ReadOnlySpan<byte> whole, int position, out string? commonName)
    {
        commonName = null;
        while (position < whole.Length)
        {
            if (!TryReadExtra(whole, ref position, out var type, out var value))
            {
                return false;
            }

            if (type == ChecksumType && (value.Length != 4 || !IsChecksumRight(whole, position - 4)))
            {
                return false;
            }

            if (type == SslType && !TryReadSsl(value, out commonName))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadExtra(ReadOnlySpan<byte> whole, ref int position, out byte type, out ReadOnlySpan<byte> value)
    {
        const int ExtraPrefixSize = 3;
        type = 0;
        value = default;
        if (whole.Length - position < ExtraPrefixSize)
        {
            return false;
        }

        type = whole[position];
        int length = BinaryPrimitives.ReadUInt16BigEndian(whole[(position + 1)..]);
        position += ExtraPrefixSize;
        if (whole.Length - position < length)
        {
            return false;
        }

        value = whole.Slice(position, length);
        position += length;
        return true;
    }

    /// <summary>What the proxy says of TLS: flags (1 byte), the result of the verification (4 bytes, 0 is well), then more extras.</summary>
    private static bool TryReadSsl(ReadOnlySpan<byte> ssl, out string? commonName)
    {
        const int SslPrefixSize = 5;
        commonName = null;
        if (ssl.Length < SslPrefixSize)
        {
            return false;
        }

        var hasCertificate = (ssl[0] & (ConnectionCertificate | SessionCertificate)) != 0;
        var isVerified = hasCertificate && BinaryPrimitives.ReadUInt32BigEndian(ssl[1..]) == 0;
        for (var position = SslPrefixSize; position < ssl.Length;)
        {
            if (!TryReadExtra(ssl, ref position, out var type, out var value))
            {
                return false;
            }

            if (type == CommonNameType && isVerified)
            {
                if (commonName is not null || !TryDecode(value, out commonName))
                {
                    return false;               // two names, or no text: nobody could say who it is
                }
            }
        }

        return true;
    }

    private static bool TryDecode(ReadOnlySpan<byte> bytes, out string? text)
    {
        try
        {
            text = StrictUtf8.GetString(bytes);
            return text.Length > 0 && !text.Any(char.IsControl);
        }
        catch (DecoderFallbackException)
        {
            text = null;
            return false;
        }
    }

    /// <summary>CRC32C of the whole header with the four bytes of the checksum itself as zero.</summary>
    private static bool IsChecksumRight(ReadOnlySpan<byte> whole, int position)
    {
        var crc = uint.MaxValue;
        for (var i = 0; i < whole.Length; i++)
        {
            crc = BitOperations.Crc32C(crc, i >= position && i < position + 4 ? (byte)0 : whole[i]);
        }

        return ~crc == BinaryPrimitives.ReadUInt32BigEndian(whole[position..]);
    }
}
