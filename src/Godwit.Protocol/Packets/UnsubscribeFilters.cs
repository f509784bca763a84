namespace Godwit.Protocol.Packets;

/// <summary>The Topic Filters in the checked payload of an UNSUBSCRIBE, in wire order, for <c>foreach</c>; nothing is allocated.</summary>
public readonly ref struct UnsubscribeFilters
{
    private readonly ReadOnlySpan<byte> _bytes;

    internal UnsubscribeFilters(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Starts before the first filter.</summary>
    public Enumerator GetEnumerator() => new(_bytes);

    /// <summary>Walks the filters.</summary>
    public ref struct Enumerator
    {
        private PacketReader _reader;

        internal Enumerator(ReadOnlySpan<byte> bytes) => _reader = new PacketReader(bytes);

        /// <summary>The filter that the last <see cref="MoveNext"/> found: UTF-8, not empty; a slice of the packet.</summary>
        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>Goes to the next filter.</summary>
        /// <returns>False behind the last.</returns>
        public bool MoveNext()
        {
            if (_reader.ReadBinary(out var filter) != PacketError.None)
            {
                return false;
            }

            Current = filter;
            return true;
        }
    }
}
