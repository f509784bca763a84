using System.Buffers.Binary;
using Godwit.Bench.Measurement;
using Godwit.Protocol;

namespace Godwit.Bench.Plans;

/// <summary>
/// The PUBLISH packets of one stream. Nearly always all bytes but packet id and payload header are the same: they are made once
/// and copied. When a <c>%s</c> stands in topic or payload the packet is written piece by piece.
/// </summary>
internal sealed class PublishTemplate
{
    private const byte Padding = (byte)'x';

    private readonly BenchPlan _plan;
    private readonly PatternText _topic;
    private readonly PatternText? _text;
    private readonly byte[]? _constant;
    private readonly int _packetIdAt;
    private readonly int _payloadAt;

    internal PublishTemplate(BenchPlan plan, PatternText topic, PatternText? text)
    {
        _plan = plan;
        _topic = topic;
        _text = text;
        var payloadMax = Math.Max(plan.PayloadSize, MessageHeader.Size + (text?.SizeMax ?? 0));
        SizeMax = FixedHeader.MeasurePacket(2 + topic.SizeMax + 3 + payloadMax);
        if (topic.IsConstant && text is null or { IsConstant: true })
        {
            var buffer = new byte[SizeMax];
            var size = Compose(buffer, 0, out _packetIdAt, out _payloadAt);
            _constant = buffer[..size];
        }
    }

    /// <summary>Bytes at most.</summary>
    internal int SizeMax { get; }

    /// <summary>Writes one packet.</summary>
    /// <param name="target">At least <see cref="SizeMax"/> bytes.</param>
    /// <param name="packetId">Without meaning at QoS 0.</param>
    /// <param name="stream">For the payload header.</param>
    /// <param name="sequence">For the payload header and <c>%s</c>.</param>
    /// <param name="sentNs">For the payload header.</param>
    /// <returns>The bytes written.</returns>
    internal int Write(Span<byte> target, ushort packetId, int stream, long sequence, long sentNs)
    {
        int size;
        var packetIdAt = _packetIdAt;
        var payloadAt = _payloadAt;
        if (_constant is { } constant)
        {
            constant.CopyTo(target);
            size = constant.Length;
        }
        else
        {
            size = Compose(target, sequence, out packetIdAt, out payloadAt);
        }

        if (_plan.QoS != QoS.AtMostOnce)
        {
            BinaryPrimitives.WriteUInt16BigEndian(target[packetIdAt..], packetId);
        }

        MessageHeader.Write(target[payloadAt..], stream, sequence, sentNs);
        return size;
    }

    private int Compose(Span<byte> target, long sequence, out int packetIdAt, out int payloadAt)
    {
        var topicSize = _topic.Measure(sequence);
        var textSize = _text?.Measure(sequence) ?? 0;
        var payloadSize = Math.Max(_plan.PayloadSize, MessageHeader.Size + textSize);
        var isVersion5 = _plan.Version == ProtocolVersion.Mqtt5;
        var hasPacketId = _plan.QoS != QoS.AtMostOnce;

        var writer = new PacketWriter(target);
        var flags = ((int)_plan.QoS << 1) | (_plan.Retain ? 1 : 0);
        writer.WriteFixedHeader(PacketType.Publish, flags, 2 + topicSize + (hasPacketId ? 2 : 0) + (isVersion5 ? 1 : 0) + payloadSize);
        writer.WriteUInt16(checked((ushort)topicSize));
        packetIdAt = writer.Position + _topic.Write(target[writer.Position..], sequence);
        payloadAt = packetIdAt + (hasPacketId ? 2 : 0);
        if (isVersion5)
        {
            target[payloadAt++] = 0;            // no properties
        }

        var payload = target.Slice(payloadAt, payloadSize);
        var written = MessageHeader.Size + (_text?.Write(payload[MessageHeader.Size..], sequence) ?? 0);
        payload[written..].Fill(Padding);
        return payloadAt + payloadSize;
    }
}
