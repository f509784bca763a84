using System.Buffers.Binary;

namespace Godwit.Storage.Records;

/// <summary>Reads fields of a record's body. Bytes may come from a damaged file: after the first field that does not fit, nothing more is read.</summary>
internal ref struct BodyReader(ReadOnlySpan<byte> body)
{
    private readonly ReadOnlySpan<byte> _body = body;
    private int _position;

    /// <summary>A field did not fit; what was read of it is zero or empty.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Everything has been read, and all of it fitted.</summary>
    public readonly bool IsComplete => !IsDamaged && _position == _body.Length;

    /// <summary>One byte.</summary>
    public byte Byte()
    {
        if (!Has(1))
        {
            return 0;
        }

        return _body[_position++];
    }

    /// <summary>A varint of at most 64 bits.</summary>
    public ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64 && Has(1); shift += 7)
        {
            var current = _body[_position++];
            value |= (ulong)(current & 0x7F) << shift;
            if (current < 0x80)
            {
                return value;
            }
        }

        IsDamaged = true;
        return 0;
    }

    /// <summary>A varint that is an id, a position or a duration: not negative.</summary>
    public long Number()
    {
        var value = Varint();
        IsDamaged |= value > long.MaxValue;
        return IsDamaged ? 0 : (long)value;
    }

    /// <summary>A varint that is a session's number.</summary>
    public uint SessionNo()
    {
        var value = Varint();
        IsDamaged |= value > uint.MaxValue;
        return IsDamaged ? 0 : (uint)value;
    }

    /// <summary>Eight bytes, little endian.</summary>
    public long Int64()
    {
        if (!Has(sizeof(long)))
        {
            return 0;
        }

        _position += sizeof(long);
        return BinaryPrimitives.ReadInt64LittleEndian(_body[(_position - sizeof(long))..]);
    }

    /// <summary>A length and so many bytes.</summary>
    public ReadOnlySpan<byte> Block()
    {
        var length = Varint();
        if (length > (ulong)(_body.Length - _position))
        {
            IsDamaged = true;
        }

        if (IsDamaged)
        {
            return default;
        }

        _position += (int)length;
        return _body.Slice(_position - (int)length, (int)length);
    }

    /// <summary>All that is left.</summary>
    public ReadOnlySpan<byte> Rest()
    {
        var rest = IsDamaged ? default : _body[_position..];
        _position = _body.Length;
        return rest;
    }

    private bool Has(int size)
    {
        IsDamaged |= _body.Length - _position < size;
        return !IsDamaged;
    }
}
