using Godwit.Protocol;
using Godwit.Protocol.Delivery;
using Godwit.Protocol.Properties;
using Godwit.Simulation.Oracles;

namespace Godwit.Simulation.Networks;

/// <summary>Cuts the bytes of one direction of a connection into packets and resolves Topic Aliases.</summary>
/// <param name="sender">Whose bytes these are.</param>
/// <param name="aliasMaximum">Topic Aliases the sender may use.</param>
internal sealed class PacketStream(PacketSender sender, int aliasMaximum)
{
    private readonly InboundTopicAliases _aliases = new(aliasMaximum);
    private byte[] _bytes = new byte[256];
    private int _length;

    /// <summary>Set before the first packet is taken.</summary>
    public ProtocolVersion Version { get; set; } = ProtocolVersion.Mqtt311;

    /// <summary>Bytes of a packet that has begun.</summary>
    public int RestBytes => _length;

    /// <summary>Adds bytes and takes all packets that are whole.</summary>
    public List<WirePacket> Add(ReadOnlySpan<byte> bytes)
    {
        var packets = new List<WirePacket>();
        if (_length + bytes.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, 2 * (_length + bytes.Length));
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
        var position = 0;
        while (true)
        {
            var status = PacketFramer.TryRead(_bytes.AsSpan(position, _length - position), Version, int.MaxValue, out var header, out var body, out var size, out var error);
            if (status == FrameStatus.Incomplete)
            {
                break;
            }

            var packet = status == FrameStatus.Complete ? WirePacket.Read(header, body, size, Version, sender, out error) : null;
            if (packet is null || error != PacketError.None)
            {
                throw new ViolationException("I4", $"the {sender} sends a packet that cannot be read: {error}");
            }

            Resolve(packet);
            packets.Add(packet);
            position += size;
        }

        _bytes.AsSpan(position, _length - position).CopyTo(_bytes);
        _length -= position;
        return packets;
    }

    private void Resolve(WirePacket packet)
    {
        if (packet.Type != PacketType.Publish || packet.Properties.Length == 0)
        {
            return;
        }

        var alias = packet.NumberOr(PropertyId.TopicAlias, 0);
        if (alias == 0)
        {
            return;
        }

        ReadOnlySpan<byte> topic = System.Text.Encoding.UTF8.GetBytes(packet.Topic);
        var error = _aliases.Resolve(alias, ref topic);
        if (error != PacketError.None)
        {
            throw new ViolationException("I9", $"the {sender} uses Topic Alias {alias} of {aliasMaximum}: {error}");
        }

        packet.Topic = System.Text.Encoding.UTF8.GetString(topic);
    }
}
