using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Godwit.Server.Security.Authentication.Guards;

/// <summary>
/// An address as limits count it: an IPv4 address alone, the /64 of an IPv6 address, which is what one customer of a provider has.
/// The default value is everybody without an address, on Unix sockets.
/// </summary>
/// <param name="High">The /64; for IPv4 the mapped prefix; 0 without an address.</param>
/// <param name="Low">The IPv4 address; else 0.</param>
internal readonly record struct AddressKey(ulong High, ulong Low)
{
    private const ulong MappedPrefix = 0xFFFF_0000_0000_0000;       // no /64 of the Internet begins so

    /// <summary>The key of an address.</summary>
    internal static AddressKey Of(IPAddress? address)
    {
        if (address is null)
        {
            return default;
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Span<byte> bytes = stackalloc byte[16];
        plain.TryWriteBytes(bytes, out _);
        return plain.AddressFamily == AddressFamily.InterNetwork
            ? new AddressKey(MappedPrefix, BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : new AddressKey(BinaryPrimitives.ReadUInt64BigEndian(bytes), 0);
    }
}
