namespace Godwit.Storage.Records;

/// <summary>
/// The body of every record that is one or two numbers: <see cref="RecordType.Acknowledge"/> and <see cref="RecordType.NextSeq"/> (session,
/// position), <see cref="RecordType.ReleaseRetained"/> and <see cref="RecordType.Delete"/> (id), <see cref="RecordType.EndSession"/>
/// (session), <see cref="RecordType.Heartbeat"/> (UTC milliseconds), <see cref="RecordType.Floor"/> (next id, next session's number).
/// </summary>
internal readonly struct NumbersBody
{
    private NumbersBody(long first, long second)
    {
        First = first;
        Second = second;
    }

    /// <summary>The id, the session's number or the time.</summary>
    public long First { get; }

    /// <summary>The position or the next session's number; 0 when the type has one number only.</summary>
    public long Second { get; }

    /// <summary>The first number as a session's.</summary>
    public uint SessionNo => (uint)First;

    /// <summary>Reads a body.</summary>
    /// <returns>False: it is damaged.</returns>
    public static bool TryRead(RecordType type, ReadOnlySpan<byte> body, out NumbersBody numbers)
    {
        var reader = new BodyReader(body);
        var first = HasSession(type) ? reader.SessionNo() : reader.Number();
        var second = HasTwo(type) ? reader.Number() : 0;
        numbers = new NumbersBody(first, second);
        return reader.IsComplete;
    }

    /// <summary>Writes the whole record.</summary>
    /// <returns>Where it starts.</returns>
    public static int Write(RecordBuffer buffer, RecordType type, long first, long second = 0)
    {
        var start = buffer.Length;
        buffer.Begin(type, RecordBuffer.VarintSize((ulong)first) + (HasTwo(type) ? RecordBuffer.VarintSize((ulong)second) : 0));
        buffer.Varint((ulong)first);
        if (HasTwo(type))
        {
            buffer.Varint((ulong)second);
        }

        return start;
    }

    private static bool HasTwo(RecordType type) => type is RecordType.Acknowledge or RecordType.NextSeq or RecordType.Floor;

    private static bool HasSession(RecordType type) => type is RecordType.Acknowledge or RecordType.NextSeq or RecordType.EndSession;
}
