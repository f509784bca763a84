namespace Godwit.Protocol.Packets;

/// <summary>The entries in the checked payload of a SUBSCRIBE, in wire order, for <c>foreach</c>; nothing is allocated.</summary>
public readonly ref struct SubscribeFilters
{
    private readonly ReadOnlySpan<byte> _bytes;

    internal SubscribeFilters(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Starts before the first entry.</summary>
    public Enumerator GetEnumerator() => new(_bytes);

    /// <summary>Walks the entries.</summary>
    public ref struct Enumerator
    {
        private PacketReader _reader;

        internal Enumerator(ReadOnlySpan<byte> bytes) => _reader = new PacketReader(bytes);

        /// <summary>The entry that the last <see cref="MoveNext"/> found.</summary>
        public SubscribeEntry Current { get; private set; }

        /// <summary>Goes to the next entry.</summary>
        /// <returns>False behind the last.</returns>
        public bool MoveNext()
        {
            if (_reader.ReadBinary(out var filter) != PacketError.None || !_reader.TryReadByte(out var options))
            {
                return false;
            }

            Current = new SubscribeEntry { Filter = filter, Options = SubscriptionOptions.FromByte(options) };
            return true;
        }
    }
}
