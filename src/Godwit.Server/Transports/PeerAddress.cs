using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Godwit.Server.Transports;

/// <summary>
/// Where a client comes from. An IPv4 address stays the number it is until somebody wants to read it, which for most connections nobody
/// does.
/// </summary>
internal readonly struct PeerAddress
{
    private readonly IPEndPoint? _other;    // null: IPv4
    private readonly uint _number;
    private readonly ushort _port;

    /// <summary>From what accept4 has written.</summary>
    /// <param name="source">A sockaddr_in or sockaddr_in6.</param>
    internal PeerAddress(ReadOnlySpan<byte> source)
    {
        if (MemoryMarshal.Read<ushort>(source) == Libc.AfInet)
        {
            _port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
            _number = BinaryPrimitives.ReadUInt32BigEndian(source[4..]);
        }
        else
        {
            _other = SocketAddress.Read(source);
        }
    }

    /// <summary>Without the port.</summary>
    internal IPAddress Address => _other?.Address ?? new IPAddress(BinaryPrimitives.ReverseEndianness(_number));

    /// <summary>For people, e.g. <c>127.0.0.1:50618</c>.</summary>
    public override string ToString() =>
        _other?.ToString() ?? $"{(byte)(_number >> 24)}.{(byte)(_number >> 16)}.{(byte)(_number >> 8)}.{(byte)_number}:{_port}";
}
