using System.Buffers.Binary;
using System.Globalization;
using Godwit.Storage.Tools;

namespace Godwit.Kills.Disks;

/// <summary>
/// What a power cut leaves at the end of an append-only log: a record that was written in part, or whatever the disk had there before. It comes
/// behind the last intact frame of the newest hot segment, so nothing is touched that the broker has written to the end.
/// </summary>
/// <param name="directory">The data directory; no broker may run.</param>
/// <param name="random">Chooses whether, what and how much.</param>
internal sealed class TornLog(string directory, Random random)
{
    /// <summary>What a broker says of it when it starts.</summary>
    public const string Message = "were incomplete and have been cut off";

    private const double Share = 0.5;
    private const int GarbageBytesMax = 8 * 1024;

    // A segment begins with a page; a frame has 40 bytes before its body, and begins at a multiple of 8 (FrameHeader of Godwit.Storage).
    private const int FirstFrame = 4096;
    private const int HeaderBytes = 40;
    private const int Alignment = 8;
    private const int BodySizeAt = 4;
    private const int LsnAt = 8;

    /// <summary>How often it was torn so that a broker has to say it.</summary>
    public int Count { get; private set; }

    /// <summary>Writes garbage, a torn record or nothing.</summary>
    /// <returns>A broker that starts now says <see cref="Message"/>.</returns>
    public bool TearSometimes()
    {
        if (random.NextDouble() >= Share || Find() is not { } tail)
        {
            return false;
        }

        using var file = File.Open(Path.Combine(directory, tail.File), FileMode.Open, FileAccess.ReadWrite);
        var isRecord = random.Next(3) > 0;
        var torn = isRecord ? Record(file, (int)tail.UsedBytes) : Garbage(file, (int)tail.UsedBytes);
        file.Position = tail.UsedBytes;
        file.Write(torn.AsSpan(0, (int)Math.Min(torn.Length, file.Length - tail.UsedBytes)));
        Count += isRecord ? 1 : 0;
        return isRecord;
    }

    /// <summary>The newest hot segment; null: a store that is not begun yet, or has no room for a whole header.</summary>
    private SegmentInspection? Find()
    {
        if (!File.Exists(Path.Combine(directory, "STORE")))
        {
            return null;
        }

        var found = StoreInspector.Inspect(directory);
        Assert.True(found.IsSound, string.Create(CultureInfo.InvariantCulture, $"The store is damaged: {string.Join("; ", found.Damage)}"));
        var tail = found.Segments.Where(segment => segment.File.StartsWith("hot-", StringComparison.Ordinal)).MaxBy(segment => segment.File, StringComparer.Ordinal);
        return tail is { Frames: > 0 } && tail.UsedBytes + HeaderBytes <= tail.SizeBytes ? tail : null;
    }

    /// <summary>The next frame, with the header of one that could stand there, cut somewhere behind it.</summary>
    private byte[] Record(FileStream file, int end)
    {
        var last = LastFrame(file, end);
        var lsn = BinaryPrimitives.ReadInt64LittleEndian(last.AsSpan(LsnAt));
        BinaryPrimitives.WriteInt64LittleEndian(last.AsSpan(LsnAt), lsn + 1);
        return last[..random.Next(HeaderBytes, last.Length + 1)];
    }

    /// <summary>Random bytes, or the last bytes of the log once more.</summary>
    private byte[] Garbage(FileStream file, int end)
    {
        var garbage = new byte[random.Next(1, GarbageBytesMax)];
        random.NextBytes(garbage);
        if (random.Next(2) == 0)
        {
            garbage = garbage[..Math.Min(garbage.Length, end - FirstFrame)];
            RandomAccess.Read(file.SafeFileHandle, garbage, end - garbage.Length);
        }

        return garbage;
    }

    private static byte[] LastFrame(FileStream file, int end)
    {
        var header = new byte[HeaderBytes];
        var (at, size) = (FirstFrame, 0);
        for (var next = FirstFrame; next < end; next += (size + Alignment - 1) & -Alignment)
        {
            RandomAccess.Read(file.SafeFileHandle, header, next);
            (at, size) = (next, HeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(BodySizeAt)));
        }

        var frame = new byte[size];
        Assert.Equal(size, RandomAccess.Read(file.SafeFileHandle, frame, at));
        return frame;
    }
}
