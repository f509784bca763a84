namespace Godwit.Storage.Records;

/// <summary>The body of a <see cref="RecordType.Reference"/>: an older message goes to more queues.</summary>
internal ref struct ReferenceBody
{
    /// <summary>Its own number.</summary>
    public long Id;

    /// <summary>The message.</summary>
    public long MessageId;

    /// <summary>Who gets it, as <see cref="Broker.Log.RecipientList"/> writes it.</summary>
    public ReadOnlySpan<byte> Recipients;

    /// <summary>Reads a body.</summary>
    /// <returns>False: it is damaged.</returns>
    public static bool TryRead(ReadOnlySpan<byte> body, out ReferenceBody reference)
    {
        reference = default;
        if (body.Length < RecordReader.ChecksumSize)
        {
            return false;
        }

        var reader = new BodyReader(body[RecordReader.ChecksumSize..]);
        reference.Id = reader.Number();
        reference.MessageId = reader.Number();
        reference.Recipients = reader.Rest();
        return !reader.IsDamaged;
    }

    /// <summary>Writes the whole record.</summary>
    public readonly void Write(RecordBuffer buffer)
    {
        var size = RecordBuffer.VarintSize((ulong)Id) + RecordBuffer.VarintSize((ulong)MessageId) + Recipients.Length;
        var body = buffer.BeginChecked(RecordType.Reference, size);
        buffer.Varint((ulong)Id);
        buffer.Varint((ulong)MessageId);
        buffer.Bytes(Recipients);
        buffer.Seal(body);
    }
}
