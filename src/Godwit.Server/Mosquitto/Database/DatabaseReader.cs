using System.Buffers.Binary;
using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Server.Mosquitto.Database;

/// <summary>
/// Reads the fields of one chunk. Numbers of messages and times stand in the order of the machine that wrote them, which is taken to be little-endian;
/// all others in that of the network. What does not fit is a <see cref="FormatException"/>.
/// </summary>
internal ref struct DatabaseReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    internal readonly bool AtEnd => _rest.IsEmpty;

    internal byte Byte() => Take(1)[0];

    internal ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(sizeof(ushort)));

    internal uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint)));

    internal long Native() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    internal byte[] Bytes(long count) => Take(count).ToArray();

    internal string Text(int count) => Encoding.UTF8.GetString(Take(count));

    internal void Skip(int count) => Take(count);

    /// <summary>Properties of a PUBLISH with their length in front; none when nothing is left.</summary>
    internal PropertyBlock Properties()
    {
        if (AtEnd)
        {
            return default;
        }

        var packet = new PacketReader(_rest);
        if (PropertyBlock.TryRead(ref packet, PropertyOwner.Publish, out var properties) != PacketError.None)
        {
            throw new FormatException("properties cannot be understood");
        }

        _rest = default;
        return properties;
    }

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count > _rest.Length)
        {
            throw new FormatException("a field is longer than the chunk it stands in");
        }

        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}
