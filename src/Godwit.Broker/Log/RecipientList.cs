using Godwit.Protocol;

namespace Godwit.Broker.Log;

/// <summary>
/// Who gets a message: for each recipient the session's number and the position in its queue (variable-length integers of seven bits a byte,
/// lowest first), one byte of flags, and where the flags say so the Subscription Identifiers (a count, then each) and the filter of a shared
/// subscription (its length, then its bytes). Lists can be joined end to end.
/// </summary>
public sealed class RecipientList
{
    internal const byte QoS2Flag = 0x01;
    internal const byte RetainFlag = 0x02;
    internal const byte IdentifiersFlag = 0x04;
    internal const byte SharedFlag = 0x08;

    /// <summary>Two integers of at most 10 bytes, the flags, and two lengths.</summary>
    private const int FixedSizeMax = 32;

    private byte[] _bytes = new byte[256];
    private int _length;

    /// <summary>Nobody is in it.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>The list; valid until the next change.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    /// <summary>Empties it.</summary>
    public void Clear() => _length = 0;

    /// <summary>Adds a recipient.</summary>
    /// <param name="sessionNo">The session's number.</param>
    /// <param name="seq">The position in its queue.</param>
    /// <param name="qos">1 or 2.</param>
    /// <param name="retain">RETAIN as this receiver sees it.</param>
    /// <param name="identifiers">Subscription Identifiers; null for none.</param>
    /// <param name="sharedFilter">The filter of the shared subscription it comes through; empty when none.</param>
    public void Add(uint sessionNo, long seq, QoS qos, bool retain, uint[]? identifiers, ReadOnlySpan<byte> sharedFilter)
    {
        Reserve(FixedSizeMax + sharedFilter.Length + (5 * (identifiers?.Length ?? 0)));
        Write(sessionNo);
        Write((ulong)seq);
        _bytes[_length++] = (byte)(
            (qos == QoS.ExactlyOnce ? QoS2Flag : 0)
            | (retain ? RetainFlag : 0)
            | (identifiers is null ? 0 : IdentifiersFlag)
            | (sharedFilter.IsEmpty ? 0 : SharedFlag));
        if (identifiers is not null)
        {
            Write((ulong)identifiers.Length);
            foreach (var identifier in identifiers)
            {
                Write(identifier);
            }
        }

        if (!sharedFilter.IsEmpty)
        {
            Write((ulong)sharedFilter.Length);
            sharedFilter.CopyTo(_bytes.AsSpan(_length));
            _length += sharedFilter.Length;
        }
    }

    /// <summary>Adds all of another list.</summary>
    public void Add(ReadOnlySpan<byte> list)
    {
        Reserve(list.Length);
        list.CopyTo(_bytes.AsSpan(_length));
        _length += list.Length;
    }

    private void Reserve(int size)
    {
        if (_bytes.Length - _length < size)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + size));
        }
    }

    private void Write(ulong value)
    {
        while (value >= 0x80)
        {
            _bytes[_length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[_length++] = (byte)value;
    }
}
