using System.Buffers.Binary;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Records;

/// <summary>Goes through the records in the body of a frame. Every length is checked.</summary>
internal ref struct RecordReader(ReadOnlySpan<byte> records)
{
    /// <summary>The checksum at the start of the body of a record that can be read alone.</summary>
    public const int ChecksumSize = sizeof(uint);

    private readonly ReadOnlySpan<byte> _records = records;
    private int _next;

    /// <summary>The type; of a later version when it is none of ours.</summary>
    public RecordType Type { get; private set; }

    /// <summary>A version that does not know the type may skip it.</summary>
    public bool IsSkippable { get; private set; }

    /// <summary>It ends something that has been in the cold generation.</summary>
    public bool IsCold { get; private set; }

    /// <summary>Where the record starts, with its type byte.</summary>
    public int Offset { get; private set; }

    /// <summary>Its bytes, with type and length.</summary>
    public readonly int Length => _next - Offset;

    /// <summary>The whole record.</summary>
    public readonly ReadOnlySpan<byte> Record => _records[Offset.._next];

    /// <summary>The body.</summary>
    public ReadOnlySpan<byte> Body { get; private set; }

    /// <summary>What follows cannot be read.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>The body is what was written. Only for records that can be read alone.</summary>
    public readonly bool IsIntact =>
        Body.Length >= ChecksumSize && BinaryPrimitives.ReadUInt32LittleEndian(Body) == Checksum(Body);

    /// <summary>What stands at the start of a body that has a checksum: CRC-32C of the rest.</summary>
    public static uint Checksum(ReadOnlySpan<byte> body) => Crc32C.Finish(Crc32C.Append(Crc32C.Start, body[ChecksumSize..]));

    /// <summary>Reads the next record.</summary>
    /// <returns>False: there is none, or it is damaged.</returns>
    public bool TryRead()
    {
        if (IsDamaged || _next == _records.Length)
        {
            return false;
        }

        Offset = _next;
        var head = _records[_next];
        Type = (RecordType)(head & RecordFlags.TypeMask);
        IsSkippable = (head & RecordFlags.Skippable) != 0;
        IsCold = (head & RecordFlags.Cold) != 0;
        var length = 0UL;
        var position = _next + 1;
        for (var shift = 0; ; shift += 7)
        {
            if (position == _records.Length || shift > 28)
            {
                IsDamaged = true;
                return false;
            }

            var current = _records[position++];
            length |= (ulong)(current & 0x7F) << shift;
            if (current < 0x80)
            {
                break;
            }
        }

        if (length > (ulong)(_records.Length - position))
        {
            IsDamaged = true;
            return false;
        }

        Body = _records.Slice(position, (int)length);
        _next = position + (int)length;
        return true;
    }
}
