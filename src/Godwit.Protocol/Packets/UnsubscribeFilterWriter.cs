namespace Godwit.Protocol.Packets;

/// <summary>
/// Collects the Topic Filters of an UNSUBSCRIBE that is about to be written. Starts in a buffer of the caller (usually on the
/// stack) and rents a larger one when that is full; <see cref="Dispose"/> gives the rented one back.
/// </summary>
public ref struct UnsubscribeFilterWriter
{
    private GrowingBuffer _buffer;

    /// <summary>Writes into <paramref name="initial"/> first, which may be empty.</summary>
    public UnsubscribeFilterWriter(Span<byte> initial) => _buffer = new GrowingBuffer(initial);

    /// <summary>The value for <see cref="UnsubscribePacket.FilterBytes"/>; valid until the next Add or Dispose.</summary>
    public readonly ReadOnlySpan<byte> FilterBytes => _buffer.Written;

    /// <summary>Adds a Topic Filter: UTF-8, 1 to 65,535 bytes, checked by the caller.</summary>
    public void Add(ReadOnlySpan<byte> filter)
    {
        var writer = new PacketWriter(_buffer.Reserve(2 + filter.Length));      // length, filter
        writer.WriteBinary(filter);
        _buffer.Advance(writer.Position);
    }

    /// <summary>Adds a Topic Filter that the caller has checked.</summary>
    /// <exception cref="ArgumentException">The string must not be sent: a lone surrogate, U+0000, more than 65,535 bytes.</exception>
    public void Add(string filter) => Add(Utf8Text.Encode(filter));

    /// <summary>Gives the rented buffer back; the bytes must not be used any more.</summary>
    public void Dispose() => _buffer.Dispose();
}
