namespace Godwit.Protocol.Packets;

/// <summary>The Connect Flags byte (5.0 §3.1.2.3); bits 3 and 4 are the Will QoS.</summary>
[Flags]
internal enum ConnectFlags : byte
{
    /// <summary>Nothing but a Client Identifier.</summary>
    None = 0,

    /// <summary>Must be 0.</summary>
    Reserved = 0x01,

    /// <summary>Clean Start; Clean Session in 3.x.</summary>
    CleanStart = 0x02,

    /// <summary>A Will Message follows.</summary>
    Will = 0x04,

    /// <summary>Both bits of the Will QoS.</summary>
    WillQoS = 0x18,

    /// <summary>The Will Message is to be retained.</summary>
    WillRetain = 0x20,

    /// <summary>A Password follows.</summary>
    Password = 0x40,

    /// <summary>A User Name follows.</summary>
    UserName = 0x80,
}
