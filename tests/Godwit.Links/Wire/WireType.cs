namespace Godwit.Links.Wire;

/// <summary>The first byte of a packet without its flags.</summary>
public enum WireType
{
    Connect = 0x10,
    Connack = 0x20,
    Publish = 0x30,
    Puback = 0x40,
    Pubrec = 0x50,
    Pubrel = 0x60,
    Pubcomp = 0x70,
    Subscribe = 0x80,
    Suback = 0x90,
    Unsubscribe = 0xA0,
    Unsuback = 0xB0,
    Pingreq = 0xC0,
    Pingresp = 0xD0,
    Disconnect = 0xE0,
}
