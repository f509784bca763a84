using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Godwit.Server.Transports;

/// <summary>Socket addresses as the kernel wants them: family in host order, port in network order, then the address.</summary>
internal static class SocketAddress
{
    /// <summary>Size of sockaddr_in6, the larger of the two, in bytes.</summary>
    internal const int SizeMax = 28;

    private const int IPv4Size = 16;

    /// <summary>The domain of <c>socket(2)</c> for this address.</summary>
    internal static int Family(IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? Libc.AfInet6 : Libc.AfInet;

    /// <summary>Writes a sockaddr_in or sockaddr_in6.</summary>
    /// <param name="target">At least <see cref="SizeMax"/> bytes.</param>
    /// <param name="endPoint">An IPv4 or IPv6 address.</param>
    /// <returns>Bytes written.</returns>
    internal static int Write(Span<byte> target, IPEndPoint endPoint)
    {
        target[..SizeMax].Clear();
        var family = (ushort)Family(endPoint.Address);
        MemoryMarshal.Write(target, in family);
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)endPoint.Port);
        if (family == Libc.AfInet)
        {
            endPoint.Address.TryWriteBytes(target[4..], out _);
            return IPv4Size;
        }

        endPoint.Address.TryWriteBytes(target[8..], out _);
        var scope = (uint)endPoint.Address.ScopeId;
        MemoryMarshal.Write(target[24..], in scope);
        return SizeMax;
    }

    /// <summary>Reads what accept4 or getsockname has written.</summary>
    internal static IPEndPoint Read(ReadOnlySpan<byte> source)
    {
        var family = MemoryMarshal.Read<ushort>(source);
        var port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        if (family == Libc.AfInet)
        {
            return new IPEndPoint(new IPAddress(source.Slice(4, 4)), port);
        }

        var scope = MemoryMarshal.Read<uint>(source[24..]);
        return new IPEndPoint(new IPAddress(source.Slice(8, 16), scope), port);
    }
}
