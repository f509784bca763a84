using System.Net;
using System.Net.Sockets;

namespace Godwit.Server.Security.Acl;

/// <summary>A range of addresses, <c>10.0.0.0/8</c>, <c>fd00::/8</c> or one address.</summary>
internal sealed class AclNetwork
{
    private const int MappedPrefixBits = 96;    // ::ffff:0:0/96 holds the IPv4 addresses (RFC 4291 §2.5.5.2)

    private readonly byte[] _prefix;            // 16 bytes
    private readonly int _bits;                 // 0 to 128

    private AclNetwork(byte[] prefix, int bits)
    {
        _prefix = prefix;
        _bits = bits;
    }

    /// <summary>Reads it.</summary>
    /// <returns>False: not an address, or not a length that goes with it.</returns>
    public static bool TryParse(string text, out AclNetwork network)
    {
        network = null!;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        var most = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var bits = most;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out bits) || bits > most))
        {
            return false;
        }

        var prefix = new byte[16];
        Write(address, prefix);
        network = new AclNetwork(prefix, most == 32 ? bits + MappedPrefixBits : bits);
        return true;
    }

    /// <summary>The address is in the range; an IPv4 address may also stand within an IPv6 one.</summary>
    public bool Contains(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        Write(address, bytes);
        var whole = _bits / 8;
        if (!bytes[..whole].SequenceEqual(_prefix.AsSpan(0, whole)))
        {
            return false;
        }

        var rest = _bits % 8;
        return rest == 0 || ((bytes[whole] ^ _prefix[whole]) >> (8 - rest)) == 0;
    }

    private static void Write(IPAddress address, Span<byte> bytes)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            bytes[..10].Clear();
            bytes[10..12].Fill(0xFF);
            _ = address.TryWriteBytes(bytes[12..], out _);
        }
        else
        {
            _ = address.TryWriteBytes(bytes, out _);
        }
    }
}
