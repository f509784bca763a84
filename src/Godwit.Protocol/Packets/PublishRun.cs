using System.Buffers.Binary;

namespace Godwit.Protocol.Packets;

/// <summary>
/// PUBLISH packets that stand one behind the other in a stream and differ in nothing but packet identifier and payload: QoS 0 or 1, one
/// topic, no DUP, no RETAIN, no properties, lengths in their shortest form. What a busy publisher sends mostly is one, and whoever handles it as a
/// whole looks at the topic once. Of the topic only the bytes are compared: <see cref="PublishPacket.TryRead"/> of <see cref="FirstBody"/>
/// says whether it is valid. The spans are slices of the stream.
/// </summary>
public readonly ref struct PublishRun
{
    private const byte QoS0 = (int)PacketType.Publish << 4;
    private const byte QoS1 = QoS0 | 0x02;

    private readonly int _firstHeaderSize;
    private readonly int _firstSize;
    private readonly int _topicSize;
    private readonly int _payloadOffset;            // from the end of the fixed header

    private PublishRun(ReadOnlySpan<byte> bytes, int firstHeaderSize, int firstSize, int topicSize, int payloadOffset)
    {
        Bytes = bytes;
        _firstHeaderSize = firstHeaderSize;
        _firstSize = firstSize;
        _topicSize = topicSize;
        _payloadOffset = payloadOffset;
    }

    /// <summary>The packets as they were sent.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Number of packets.</summary>
    public int Count { get; private init; }

    /// <summary>Bytes of all payloads together.</summary>
    public int PayloadBytes { get; private init; }

    /// <summary>Size of the largest of the packets, in bytes.</summary>
    public int LargestPacketBytes { get; private init; }

    /// <summary>0 or 1, of all packets.</summary>
    public QoS QoS => Bytes[0] == QoS0 ? QoS.AtMostOnce : QoS.AtLeastOnce;

    /// <summary>What follows the fixed header of the first packet.</summary>
    public ReadOnlySpan<byte> FirstBody => Bytes[_firstHeaderSize.._firstSize];

    /// <summary>The low nibble of the first byte of each packet.</summary>
    public byte Flags => (byte)(Bytes[0] & 0x0F);

    /// <summary>A run may begin with this byte.</summary>
    public static bool MayBeginWith(byte firstByte) => firstByte is QoS0 or QoS1;

    /// <summary>Takes the longest run from the start of a stream.</summary>
    /// <param name="input">Begins with a packet that <see cref="MayBeginWith"/>; may end inside one.</param>
    /// <param name="version">5.0 packets have a Property Length, which has to be 0.</param>
    /// <param name="packetSizeMax">A larger packet ends the run.</param>
    /// <param name="bytesMax">The run is not longer than this.</param>
    /// <returns>A run with any <see cref="Count"/>. What ends it has to be looked at by itself: it may be anything, also malformed.</returns>
    public static PublishRun Read(ReadOnlySpan<byte> input, ProtocolVersion version, int packetSizeMax, int bytesMax)
    {
        input = input[..Math.Min(input.Length, bytesMax)];
        if (!TryReadFrame(input, out var firstHeaderSize, out var firstSize) || firstSize < firstHeaderSize + 2)
        {
            return default;
        }

        var topicSize = BinaryPrimitives.ReadUInt16BigEndian(input[firstHeaderSize..]);
        var hasId = input[0] == QoS1;
        var hasProperties = version == ProtocolVersion.Mqtt5;
        var payloadOffset = 2 + topicSize + (hasId ? 2 : 0) + (hasProperties ? 1 : 0);
        if (firstHeaderSize + payloadOffset > firstSize)
        {
            return default;
        }

        var topic = input.Slice(firstHeaderSize, 2 + topicSize);
        int position = 0, count = 0, headerBytes = 0, largest = 0;
        while (TryReadFrame(input[position..], out var headerSize, out var size)
            && input[position] == input[0]
            && size - headerSize >= payloadOffset
            && size <= packetSizeMax)
        {
            var body = input.Slice(position + headerSize, payloadOffset);
            if (!body.StartsWith(topic)
                || (hasId && BinaryPrimitives.ReadUInt16BigEndian(body[topic.Length..]) == 0)
                || (hasProperties && body[^1] != 0))
            {
                break;
            }

            position += size;
            headerBytes += headerSize;
            largest = Math.Max(largest, size);
            count++;
        }

        return new PublishRun(input[..position], firstHeaderSize, firstSize, topicSize, payloadOffset)
        {
            Count = count,
            PayloadBytes = position - headerBytes - (count * payloadOffset),
            LargestPacketBytes = largest,
        };
    }

    /// <summary>The packets one after another.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>A whole packet with its length in the shortest form.</summary>
    private static bool TryReadFrame(ReadOnlySpan<byte> input, out int headerSize, out int size)
    {
        if (input.Length >= 2 && input[1] < 0x80)                   // the most frequent case: up to 127 bytes
        {
            headerSize = 2;
            size = 2 + input[1];
            return size <= input.Length;
        }

        headerSize = size = 0;
        if (input.Length < 2
            || VariableByteInteger.TryRead(input[1..], ProtocolVersion.Mqtt5, out var length, out var lengthSize) != PacketError.None)
        {
            return false;
        }

        headerSize = 1 + lengthSize;
        size = headerSize + (int)length;
        return size <= input.Length;
    }

    /// <summary>Walks over the packets of a run.</summary>
    public ref struct Enumerator
    {
        private readonly int _topicSize;
        private readonly int _payloadOffset;
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(PublishRun run)
        {
            _rest = run.Bytes;
            _topicSize = run._topicSize;
            _payloadOffset = run._payloadOffset;
            Current = default;
        }

        /// <summary>The packet.</summary>
        public Packet Current { get; private set; }

        /// <summary>Goes to the next packet.</summary>
        public bool MoveNext()
        {
            if (!TryReadFrame(_rest, out var headerSize, out var size))
            {
                return false;
            }

            Current = new Packet(_rest[..size], headerSize + 2 + _topicSize, headerSize + _payloadOffset);
            _rest = _rest[size..];
            return true;
        }
    }

    /// <summary>One packet of a run.</summary>
    public readonly ref struct Packet
    {
        private readonly int _payloadAt;

        internal Packet(ReadOnlySpan<byte> bytes, int packetIdAt, int payloadAt)
        {
            Bytes = bytes;
            PacketIdAt = packetIdAt;
            _payloadAt = payloadAt;
        }

        /// <summary>The whole packet.</summary>
        public ReadOnlySpan<byte> Bytes { get; }

        /// <summary>Where in <see cref="Bytes"/> the Packet Identifier stands, with QoS 1.</summary>
        public int PacketIdAt { get; }

        /// <summary>The payload.</summary>
        public ReadOnlySpan<byte> Payload => Bytes[_payloadAt..];
    }
}
