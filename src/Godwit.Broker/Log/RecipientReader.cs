using Godwit.Protocol;

namespace Godwit.Broker.Log;

/// <summary>Reads what <see cref="RecipientList"/> has written. Bytes may come from a damaged file: every length is checked.</summary>
public ref struct RecipientReader
{
    private readonly ReadOnlySpan<byte> _list;
    private int _position;

    /// <summary>Reads from the start of a list.</summary>
    public RecipientReader(ReadOnlySpan<byte> list) => _list = list;

    /// <summary>The session's number.</summary>
    public uint SessionNo { get; private set; }

    /// <summary>The position in its queue.</summary>
    public long Seq { get; private set; }

    /// <summary>1 or 2.</summary>
    public QoS QoS { get; private set; }

    /// <summary>RETAIN as this receiver sees it.</summary>
    public bool Retain { get; private set; }

    /// <summary>Number of Subscription Identifiers.</summary>
    public int IdentifierCount { get; private set; }

    /// <summary>The filter of the shared subscription it comes through; empty when none.</summary>
    public ReadOnlySpan<byte> SharedFilter { get; private set; }

    /// <summary>The bytes of this recipient, to be copied into another list.</summary>
    public ReadOnlySpan<byte> Entry { get; private set; }

    /// <summary>The list is damaged: what was read before is right, and no more can be read.</summary>
    public bool IsDamaged { get; private set; }

    private int IdentifiersStart { get; set; }

    /// <summary>Reads the next recipient.</summary>
    /// <returns>False: there is none, or the list is damaged.</returns>
    public bool TryRead()
    {
        if (IsDamaged || _position == _list.Length)
        {
            return false;
        }

        var start = _position;
        IsDamaged = !TryReadEntry();
        Entry = IsDamaged ? default : _list[start.._position];
        return !IsDamaged;
    }

    /// <summary>The Subscription Identifiers of this recipient; null for none.</summary>
    public readonly uint[]? ReadIdentifiers()
    {
        if (IdentifierCount == 0)
        {
            return null;
        }

        var identifiers = new uint[IdentifierCount];
        var position = IdentifiersStart;
        for (var i = 0; i < identifiers.Length; i++)
        {
            TryReadNumber(_list, ref position, out var identifier);
            identifiers[i] = (uint)identifier;
        }

        return identifiers;
    }

    private bool TryReadEntry()
    {
        if (!TryReadNumber(_list, ref _position, out var sessionNo)
            || sessionNo > uint.MaxValue
            || !TryReadNumber(_list, ref _position, out var seq)
            || seq > long.MaxValue
            || _position == _list.Length)
        {
            return false;
        }

        var flags = _list[_position++];
        SessionNo = (uint)sessionNo;
        Seq = (long)seq;
        QoS = (flags & RecipientList.QoS2Flag) != 0 ? QoS.ExactlyOnce : QoS.AtLeastOnce;
        Retain = (flags & RecipientList.RetainFlag) != 0;
        return flags < 0x10 && TryReadIdentifiers(flags) && TryReadFilter(flags);
    }

    private bool TryReadIdentifiers(byte flags)
    {
        IdentifierCount = 0;
        if ((flags & RecipientList.IdentifiersFlag) == 0)
        {
            return true;
        }

        if (!TryReadNumber(_list, ref _position, out var count) || count > (ulong)(_list.Length - _position))
        {
            return false;
        }

        IdentifierCount = (int)count;
        IdentifiersStart = _position;
        for (var i = 0; i < IdentifierCount; i++)
        {
            if (!TryReadNumber(_list, ref _position, out var identifier) || identifier > uint.MaxValue)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadFilter(byte flags)
    {
        SharedFilter = default;
        if ((flags & RecipientList.SharedFlag) == 0)
        {
            return true;
        }

        if (!TryReadNumber(_list, ref _position, out var size) || size > (ulong)(_list.Length - _position))
        {
            return false;
        }

        SharedFilter = _list.Slice(_position, (int)size);
        _position += (int)size;
        return true;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> list, ref int position, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64 && position < list.Length; shift += 7)
        {
            var current = list[position++];
            value |= (ulong)(current & 0x7F) << shift;
            if (current < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
