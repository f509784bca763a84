using System.Diagnostics;
using Godwit.Storage.Records;

namespace Godwit.Storage.Index;

/// <summary>One record that is still needed: 24 bytes.</summary>
internal struct Entry
{
    private const uint KindMask = 0x03;
    private const uint InColdFlag = 0x04;
    private const uint RetainedFlag = 0x08;
    private const uint MissingFlag = 0x10;
    private const uint ReleasedFlag = 0x20;
    private const uint LostFlag = 0x40;
    private const uint HasBeenRetainedFlag = 0x80;
    private const int ReferenceShift = 8;
    private const int ReferencesMax = (1 << 24) - 1;

    private uint _segment;
    private uint _offset;
    private int _length;
    private uint _flags;                // references in the upper 24 bits
    private long _extra;

    /// <summary>What it stands for.</summary>
    public readonly EntryKind Kind => (EntryKind)(_flags & KindMask);

    /// <summary>Where the record is; meaningless when <see cref="IsMissing"/>.</summary>
    public RecordLocation Location
    {
        readonly get => new(_segment, _offset, _length);
        set => (_segment, _offset, _length) = (value.Segment, value.Offset, value.Length);
    }

    /// <summary>What needs it: see <see cref="EntryKind"/>.</summary>
    public int References
    {
        readonly get => (int)(_flags >> ReferenceShift);
        set
        {
            Debug.Assert(value is >= 0 and <= ReferencesMax, "more recipients than a frame holds");
            _flags = (_flags & ((1 << ReferenceShift) - 1)) | ((uint)value << ReferenceShift);
        }
    }

    /// <summary>Some version of it has been written to the cold generation or was seen there. Stays, wherever the newest version is.</summary>
    public bool InCold
    {
        readonly get => (_flags & InColdFlag) != 0;
        set => Set(InColdFlag, value);
    }

    /// <summary>The retained store holds this message; counts as a reference.</summary>
    public bool IsRetained
    {
        readonly get => (_flags & RetainedFlag) != 0;
        set => Set(RetainedFlag, value);
    }

    /// <summary>The retained store has held this message at some time: subscriptions may have taken it and say so later.</summary>
    public bool HasBeenRetained
    {
        readonly get => (_flags & HasBeenRetainedFlag) != 0;
        set => Set(HasBeenRetainedFlag, value);
    }

    /// <summary>Somebody spoke of this message before it came itself.</summary>
    public bool IsMissing
    {
        readonly get => (_flags & MissingFlag) != 0;
        set => Set(MissingFlag, value);
    }

    /// <summary>The retained store had let go of this message before it came itself.</summary>
    public bool IsReleased
    {
        readonly get => (_flags & ReleasedFlag) != 0;
        set => Set(ReleasedFlag, value);
    }

    /// <summary>It has been missing for so long that it will not come any more.</summary>
    public bool IsLost
    {
        readonly get => (_flags & LostFlag) != 0;
        set => Set(LostFlag, value);
    }

    /// <summary>Of a message: bytes of topic, properties and payload.</summary>
    public readonly int CostBytes => (int)_extra;

    /// <summary>Of a reference: the message.</summary>
    public readonly long MessageId => _extra;

    /// <summary>The message it refers to; 0 when it is no reference.</summary>
    public readonly long MessageIdOfReference => Kind == EntryKind.Reference ? _extra : 0;

    /// <summary>Of a put: what it holds.</summary>
    public readonly PutKind PutKind => (PutKind)(_extra & 0xFF);

    /// <summary>Of a put: the session it belongs to.</summary>
    public readonly uint SessionNo => (uint)(_extra >> 8);

    /// <summary>A message that is not there yet.</summary>
    public static Entry Missing() => new() { _flags = MissingFlag };

    /// <summary>A message.</summary>
    public static Entry Message(int costBytes) => new() { _extra = costBytes };

    /// <summary>A reference to a message.</summary>
    public static Entry Reference(long messageId) => new() { _flags = (uint)EntryKind.Reference, _extra = messageId };

    /// <summary>A position that waits for PUBCOMP.</summary>
    public static Entry Received() => new() { _flags = (uint)EntryKind.Received };

    /// <summary>A put.</summary>
    public static Entry Put(PutKind kind, uint sessionNo) => new() { _flags = (uint)EntryKind.Put, _extra = ((long)sessionNo << 8) | (byte)kind };

    private void Set(uint flag, bool value) => _flags = value ? _flags | flag : _flags & ~flag;
}
