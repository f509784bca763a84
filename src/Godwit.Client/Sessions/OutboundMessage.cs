using System.Buffers.Binary;
using System.Diagnostics;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Sessions;

/// <summary>
/// One PublishAsync call: the message, and the task that its caller waits for. Until it is sent the payload is the caller's; a QoS 1 or
/// 2 message is then copied into its packet and kept until it is acknowledged. Guarded by the session's gate.
/// </summary>
internal sealed class OutboundMessage : TaskCompletionSource<MqttPublishResult>
{
    private const int DupFlag = 0x08;

    private readonly byte[] _topic;
    private readonly byte[] _properties;
    private readonly ProtocolVersion _version;
    private readonly int _packetIdPosition;
    private ReadOnlyMemory<byte> _payload;
    private byte[]? _packet;

    /// <summary>A message whose parts are already checked.</summary>
    public OutboundMessage(byte[] topic, ReadOnlyMemory<byte> payload, byte[] properties, MqttQoS qos, bool retain, ProtocolVersion version)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        _topic = topic;
        _payload = payload;
        _properties = properties;
        _version = version;
        QoS = (QoS)qos;
        Retain = retain;
        Size = PacketOf(packetId: 1).Measure(version);

        // Properties and payload end the packet, and the id stands before them.
        var propertiesSize = version == ProtocolVersion.Mqtt5 ? PropertyBlock.FromTrusted(properties).EncodedSize : 0;
        _packetIdPosition = Size - payload.Length - propertiesSize - 2;
    }

    public QoS QoS { get; }

    public bool Retain { get; }

    /// <summary>Bytes of the whole packet.</summary>
    public int Size { get; }

    /// <summary>It waits to be sent.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Its caller gave up waiting before it was sent: it never will be.</summary>
    public bool IsWithdrawn { get; set; }

    /// <summary>What PUBREC said, until PUBCOMP completes the call.</summary>
    public MqttPublishResult Result { get; set; } = MqttPublishResult.Success;

    /// <summary>Writes a QoS 0 PUBLISH into exactly <see cref="Size"/> bytes.</summary>
    public void WriteOnce(Span<byte> destination)
    {
        PacketOf(packetId: 0).Write(destination, _version);
        _payload = default;
    }

    /// <summary>Writes a QoS 1 or 2 PUBLISH into exactly <see cref="Size"/> bytes, the first time or again.</summary>
    public void Write(Span<byte> destination, ushort packetId, bool dup)
    {
        Debug.Assert(QoS != QoS.AtMostOnce, "QoS 0 has no packet id.");
        if (_packet is null)
        {
            _packet = new byte[Size];
            PacketOf(packetId).Write(_packet, _version);
            _payload = default;
        }
        else
        {
            Patch(_packet, packetId, dup);
        }

        _packet.CopyTo(destination);
    }

    /// <summary>The exchange no longer needs the message. [MQTT-4.3.3-6]</summary>
    public void ReleasePacket() => _packet = null;

    /// <summary>The server does not take this message; the caller is told. [MQTT-3.2.2-11] [MQTT-3.2.2-14] [MQTT-3.2.2-15]</summary>
    /// <returns>False: there is nothing against it.</returns>
    public bool FailIfNotAccepted(MqttConnectResult server)
    {
        if (Size > server.MaximumPacketSize)
        {
            return Refuse(DisconnectReasonCode.PacketTooLarge, $"The packet has {Size} bytes; the server takes {server.MaximumPacketSize}.");
        }

        if ((MqttQoS)QoS > server.MaximumQoS)
        {
            return Refuse(DisconnectReasonCode.QoSNotSupported, $"The server takes QoS {(int)server.MaximumQoS} at most.");
        }

        return Retain && !server.RetainAvailable
            && Refuse(DisconnectReasonCode.RetainNotSupported, "The server has no retained messages.");
    }

    private bool Refuse(DisconnectReasonCode reasonCode, string words)
    {
        TrySetException(new MqttRequestException(reasonCode, words));
        return true;
    }

    private PublishPacket PacketOf(ushort packetId) => new()
    {
        QoS = QoS,
        Retain = Retain,
        Topic = _topic,
        PacketId = packetId,
        Properties = PropertyBlock.FromTrusted(_properties),
        Payload = _payload.Span,
    };

    private void Patch(byte[] packet, ushort packetId, bool dup)
    {
        packet[0] = (byte)((packet[0] & ~DupFlag) | (dup ? DupFlag : 0));       // [MQTT-3.3.1-1] [MQTT3-3.3.1-1]
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(_packetIdPosition), packetId);
    }
}
