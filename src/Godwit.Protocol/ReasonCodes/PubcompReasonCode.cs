namespace Godwit.Protocol.ReasonCodes;

/// <summary>Reason codes of PUBCOMP (5.0 §3.7.2.1, table 3-7).</summary>
public enum PubcompReasonCode : byte
{
    /// <summary>The exchange is complete and the Packet Identifier free.</summary>
    Success = 0x00,

    /// <summary>The Packet Identifier is not known: normal during recovery, else the session states differ.</summary>
    PacketIdentifierNotFound = 0x92,
}
