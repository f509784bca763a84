namespace Godwit.Protocol.ReasonCodes;

/// <summary>Reason codes of PUBREL (5.0 §3.6.2.1, table 3-6).</summary>
public enum PubrelReasonCode : byte
{
    /// <summary>The message is released.</summary>
    Success = 0x00,

    /// <summary>The Packet Identifier is not known: normal during recovery, else the session states differ.</summary>
    PacketIdentifierNotFound = 0x92,
}
