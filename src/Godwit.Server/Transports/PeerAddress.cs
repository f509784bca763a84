using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Godwit.Server.Transports;

/// <summary>
/// Where a client comes from. An IPv4 address stays the number it is until somebody wants to read it, which for most connections nobody
/// does; an IPv6 address is text at once.
/// </summary>
internal readonly struct PeerAddress
{
    private const int PortBits = 16;

    /// <summary>From what accept4 has written.</summary>
    /// <param name="source">A sockaddr_in or sockaddr_in6.</param>
    internal PeerAddress(ReadOnlySpan<byte> source)
    {
        if (MemoryMarshal.Read<ushort>(source) == Libc.AfInet)
        {
            Number = ((ulong)BinaryPrimitives.ReadUInt32BigEndian(source[4..]) << PortBits) | BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        }
        else
        {
            Text = SocketAddress.Read(source).ToString();
        }
    }

    /// <summary>Address and port of IPv4, port in the lowest 16 bits; meaningful when <see cref="Text"/> is null.</summary>
    internal ulong Number { get; }

    /// <summary>An IPv6 address, as <see cref="ToString"/> shows it; null for IPv4.</summary>
    internal string? Text { get; }

    /// <summary>For people, e.g. <c>127.0.0.1:50618</c>.</summary>
    public override string ToString() => Text ?? Format(Number);

    /// <summary>An IPv4 address for people.</summary>
    /// <param name="number">As <see cref="Number"/>.</param>
    internal static string Format(ulong number) =>
        $"{(byte)(number >> 40)}.{(byte)(number >> 32)}.{(byte)(number >> 24)}.{(byte)(number >> PortBits)}:{(ushort)number}";
}
