namespace Godwit.Storage.Records;

/// <summary>The body of a <see cref="RecordType.Received"/>: PUBREC has come for a position. [MQTT-4.3.3-6]</summary>
internal struct ReceivedBody
{
    /// <summary>Its own number.</summary>
    public long Id;

    /// <summary>The session.</summary>
    public uint SessionNo;

    /// <summary>The position in its queue.</summary>
    public long Seq;

    /// <summary>Reads a body.</summary>
    /// <returns>False: it is damaged.</returns>
    public static bool TryRead(ReadOnlySpan<byte> body, out ReceivedBody received)
    {
        received = default;
        if (body.Length < RecordReader.ChecksumSize)
        {
            return false;
        }

        var reader = new BodyReader(body[RecordReader.ChecksumSize..]);
        received.Id = reader.Number();
        received.SessionNo = reader.SessionNo();
        received.Seq = reader.Number();
        return reader.IsComplete;
    }

    /// <summary>Writes the whole record.</summary>
    public readonly void Write(RecordBuffer buffer)
    {
        var size = RecordBuffer.VarintSize((ulong)Id) + RecordBuffer.VarintSize(SessionNo) + RecordBuffer.VarintSize((ulong)Seq);
        var body = buffer.BeginChecked(RecordType.Received, size);
        buffer.Varint((ulong)Id);
        buffer.Varint(SessionNo);
        buffer.Varint((ulong)Seq);
        buffer.Seal(body);
    }
}
