namespace Godwit.Protocol.Packets;

/// <summary>
/// Collects the entries of a SUBSCRIBE that is about to be written. Starts in a buffer of the caller (usually on the stack) and
/// rents a larger one when that is full; <see cref="Dispose"/> gives the rented one back.
/// </summary>
public ref struct SubscribeFilterWriter
{
    private GrowingBuffer _buffer;

    /// <summary>Writes into <paramref name="initial"/> first, which may be empty.</summary>
    public SubscribeFilterWriter(Span<byte> initial) => _buffer = new GrowingBuffer(initial);

    /// <summary>The value for <see cref="SubscribePacket.FilterBytes"/>; valid until the next Add or Dispose.</summary>
    public readonly ReadOnlySpan<byte> FilterBytes => _buffer.Written;

    /// <summary>Adds a Topic Filter that the caller has checked.</summary>
    /// <param name="filter">UTF-8, 1 to 65,535 bytes.</param>
    /// <param name="options">In 3.x only the QoS may be set.</param>
    public void Add(ReadOnlySpan<byte> filter, SubscriptionOptions options)
    {
        var writer = new PacketWriter(_buffer.Reserve(3 + filter.Length));      // length, filter, options
        writer.WriteBinary(filter);
        writer.WriteByte(options.ToByte());
        _buffer.Advance(writer.Position);
    }

    /// <summary>Adds a Topic Filter that the caller has checked.</summary>
    /// <exception cref="ArgumentException">The string must not be sent: a lone surrogate, U+0000, more than 65,535 bytes.</exception>
    public void Add(string filter, SubscriptionOptions options) => Add(Utf8Text.Encode(filter), options);

    /// <summary>Gives the rented buffer back; the bytes must not be used any more.</summary>
    public void Dispose() => _buffer.Dispose();
}
