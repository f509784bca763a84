namespace Godwit.Protocol.ReasonCodes;

/// <summary>Reason codes of PUBREC (5.0 §3.5.2.1, table 3-5). Values from 0x80 on are errors and end the exchange.</summary>
public enum PubrecReasonCode : byte
{
    /// <summary>Accepted; PUBREL follows.</summary>
    Success = 0x00,

    /// <summary>Accepted; nobody subscribes to the topic.</summary>
    NoMatchingSubscribers = 0x10,

    /// <summary>Refused; the receiver does not say why.</summary>
    UnspecifiedError = 0x80,

    /// <summary>Valid, but the receiver does not take it.</summary>
    ImplementationSpecificError = 0x83,

    /// <summary>The client may not publish here.</summary>
    NotAuthorized = 0x87,

    /// <summary>The Topic Name is well formed but not accepted.</summary>
    TopicNameInvalid = 0x90,

    /// <summary>The Packet Identifier is in use: the session states differ.</summary>
    PacketIdentifierInUse = 0x91,

    /// <summary>A limit of the receiver is reached.</summary>
    QuotaExceeded = 0x97,

    /// <summary>The payload is not of the kind that the Payload Format Indicator names.</summary>
    PayloadFormatInvalid = 0x99,
}
