using Godwit.Protocol;

namespace Godwit.Conformance.Wire;

/// <summary>The fields of CONNECT before its payload, right or wrong; the check adds the ClientId and what follows.</summary>
public static class RawConnect
{
    /// <summary>Clean Start among the Connect Flags.</summary>
    public const int CleanStart = 0x02;

    /// <summary>Will Flag.</summary>
    public const int Will = 0x04;

    /// <summary>Both bits of Will QoS; 0x08 is QoS 1, 0x10 is QoS 2.</summary>
    public const int WillQoS3 = 0x18;

    /// <summary>Will Retain.</summary>
    public const int WillRetain = 0x20;

    /// <summary>Password Flag.</summary>
    public const int Password = 0x40;

    /// <summary>User Name Flag.</summary>
    public const int UserName = 0x80;

    /// <summary>Name and level of a version, Connect Flags, Keep Alive 60, properties.</summary>
    public static PacketBuilder Start(ProtocolVersion version, int flags = CleanStart, params IEnumerable<WireProperty> properties) =>
        Start(version == ProtocolVersion.Mqtt31 ? "MQIsdp" : "MQTT", (int)version, flags).Properties(version, properties);

    /// <summary>Any name and level, Connect Flags, Keep Alive 60.</summary>
    public static PacketBuilder Start(string name, int level, int flags = CleanStart) =>
        new PacketBuilder(PacketType.Connect).String(name).Byte(level).Byte(flags).UInt16(60);
}
