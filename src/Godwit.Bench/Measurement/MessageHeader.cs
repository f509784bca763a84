using System.Buffers.Binary;

namespace Godwit.Bench.Measurement;

/// <summary>
/// The first 16 bytes of every payload: a counter of 8 bytes (24 bits stream, 40 bits sequence number) and the monotonic time of
/// sending in nanoseconds, 8 bytes, both big-endian. Loss, order and latency are told from it.
/// </summary>
public static class MessageHeader
{
    /// <summary>Bytes.</summary>
    public const int Size = 16;

    /// <summary>Streams that are told apart: 2^24.</summary>
    public const int StreamsMax = 1 << 24;

    private const int SequenceBits = 40;
    private const ulong SequenceMask = (1UL << SequenceBits) - 1;

    /// <summary>Writes it.</summary>
    /// <param name="target">At least <see cref="Size"/> bytes.</param>
    /// <param name="stream">Below <see cref="StreamsMax"/>.</param>
    /// <param name="sequence">Counts from 0 in each stream.</param>
    /// <param name="sentNs">Monotonic nanoseconds.</param>
    public static void Write(Span<byte> target, int stream, long sequence, long sentNs)
    {
        BinaryPrimitives.WriteUInt64BigEndian(target, ((ulong)stream << SequenceBits) | ((ulong)sequence & SequenceMask));
        BinaryPrimitives.WriteInt64BigEndian(target[8..], sentNs);
    }

    /// <summary>Reads it.</summary>
    /// <param name="source">At least <see cref="Size"/> bytes.</param>
    /// <param name="sequence">The number in the stream.</param>
    /// <param name="sentNs">Monotonic nanoseconds.</param>
    /// <returns>The stream.</returns>
    public static int Read(ReadOnlySpan<byte> source, out long sequence, out long sentNs)
    {
        var counter = BinaryPrimitives.ReadUInt64BigEndian(source);
        sequence = (long)(counter & SequenceMask);
        sentNs = BinaryPrimitives.ReadInt64BigEndian(source[8..]);
        return (int)(counter >> SequenceBits);
    }
}
