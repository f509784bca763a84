using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Text;

namespace Godwit.Storage.Records;

/// <summary>Bytes of records that are being written, one behind the other. Integers are varints (seven bits a byte, lowest first) or little endian.</summary>
internal sealed class RecordBuffer
{
    private const int FirstSizeBytes = 4096;

    private byte[] _bytes = new byte[FirstSizeBytes];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What has been written; valid until the next change.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>The same, to set flags in.</summary>
    public Span<byte> Writable => _bytes.AsSpan(0, Length);

    /// <summary>Bytes a varint takes: 1 to 10.</summary>
    public static int VarintSize(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    /// <summary>Bytes of a length and the bytes it announces.</summary>
    public static int BlockSize(int length) => VarintSize((ulong)length) + length;

    /// <summary>Empties it; a buffer that has become larger than <paramref name="keepBytesMax"/> is given back.</summary>
    public void Clear(int keepBytesMax = int.MaxValue)
    {
        Length = 0;
        if (_bytes.Length > keepBytesMax)
        {
            _bytes = new byte[FirstSizeBytes];
        }
    }

    /// <summary>Takes back what was written behind a length.</summary>
    public void Truncate(int length)
    {
        Debug.Assert(length <= Length, "nothing was written there");
        Length = length;
    }

    /// <summary>Leaves room for bytes that are written later.</summary>
    public void Skip(int size)
    {
        Reserve(size);
        Length += size;
    }

    /// <summary>Begins a record: its type and the length of its body.</summary>
    /// <returns>Where its body starts.</returns>
    public int Begin(RecordType type, int bodySize)
    {
        Reserve(1 + VarintSize((ulong)bodySize) + bodySize);
        _bytes[Length++] = (byte)type;
        Varint((ulong)bodySize);
        return Length;
    }

    /// <summary>Begins a record that can be read alone: its body begins with a checksum of the rest, which <see cref="Seal"/> fills in.</summary>
    /// <param name="type">The type.</param>
    /// <param name="restSize">Bytes of the body without the checksum.</param>
    /// <returns>Where its body starts.</returns>
    public int BeginChecked(RecordType type, int restSize)
    {
        var body = Begin(type, RecordReader.ChecksumSize + restSize);
        Length += RecordReader.ChecksumSize;
        return body;
    }

    /// <summary>Fills in the checksum of a record that has been written whole.</summary>
    public void Seal(int body)
    {
        var checksum = RecordReader.Checksum(_bytes.AsSpan(body, Length - body));
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(body), checksum);
    }

    /// <summary>One byte.</summary>
    public void Byte(byte value)
    {
        Reserve(1);
        _bytes[Length++] = value;
    }

    /// <summary>A varint.</summary>
    public void Varint(ulong value)
    {
        Reserve(10);
        while (value >= 0x80)
        {
            _bytes[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[Length++] = (byte)value;
    }

    /// <summary>Eight bytes, little endian.</summary>
    public void Int64(long value)
    {
        Reserve(sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(Length), value);
        Length += sizeof(long);
    }

    /// <summary>Bytes as they are.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Reserve(value.Length);
        value.CopyTo(_bytes.AsSpan(Length));
        Length += value.Length;
    }

    /// <summary>A length and so many bytes.</summary>
    public void Block(ReadOnlySpan<byte> value)
    {
        Varint((ulong)value.Length);
        Bytes(value);
    }

    /// <summary>A length and the text in UTF-8.</summary>
    public void Text(string value)
    {
        var size = Encoding.UTF8.GetByteCount(value);
        Varint((ulong)size);
        Reserve(size);
        Length += Encoding.UTF8.GetBytes(value, _bytes.AsSpan(Length));
    }

    private void Reserve(int size)
    {
        if (_bytes.Length - Length < size)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(2L * _bytes.Length, (long)Length + size)));
        }
    }
}
