using System.Buffers.Binary;
using Godwit.Interop.Clients;

namespace Godwit.Links.Wire;

/// <summary>A control packet as it came.</summary>
/// <param name="Header">The first byte.</param>
/// <param name="Body">What follows the Remaining Length.</param>
public sealed record WirePacket(byte Header, byte[] Body)
{
    /// <summary>The packet type.</summary>
    public WireType Type => (WireType)(Header & 0xF0);

    /// <summary>DUP of a PUBLISH.</summary>
    public bool Dup => (Header & 0x08) != 0;

    /// <summary>QoS of a PUBLISH.</summary>
    public int QoS => (Header >> 1) & 0x03;

    /// <summary>Packet id of an acknowledgement, a SUBACK or an UNSUBACK.</summary>
    public ushort Id => BinaryPrimitives.ReadUInt16BigEndian(Body);

    /// <summary>Where the properties of a PUBLISH begin; before 5.0 the payload.</summary>
    private int PropertiesStart => 2 + BinaryPrimitives.ReadUInt16BigEndian(Body) + (QoS > 0 ? 2 : 0);

    /// <summary>Packet id, 0 at QoS 0, and payload of a PUBLISH.</summary>
    public (ushort Id, byte[] Payload) Publish(MqttVersion version)
    {
        var id = QoS > 0 ? BinaryPrimitives.ReadUInt16BigEndian(Body.AsSpan(PropertiesStart - 2)) : (ushort)0;
        var block = version == MqttVersion.Mqtt5 ? 1 + Properties(version).Length : 0;

        return (id, Body[(PropertiesStart + block)..]);
    }

    /// <summary>The properties of a PUBLISH without their length; empty before 5.0.</summary>
    public byte[] Properties(MqttVersion version)
    {
        if (version != MqttVersion.Mqtt5)
        {
            return [];
        }

        var length = Body[PropertiesStart];
        Assert.True(length < 0x80, "the tests read property blocks of up to 127 bytes");

        return Body[(PropertiesStart + 1)..(PropertiesStart + 1 + length)];
    }
}
