namespace Godwit.Protocol.ReasonCodes;

/// <summary>Reason codes of CONNACK in 5.0 (§3.2.2.2, table 3-1). Values from 0x80 on are errors; the connection is then closed. [MQTT-3.2.2-7]</summary>
public enum ConnackReasonCode : byte
{
    /// <summary>The connection is accepted.</summary>
    Success = 0x00,

    /// <summary>The server does not say why.</summary>
    UnspecifiedError = 0x80,

    /// <summary>CONNECT cannot be parsed.</summary>
    MalformedPacket = 0x81,

    /// <summary>CONNECT can be parsed but breaks a rule.</summary>
    ProtocolError = 0x82,

    /// <summary>CONNECT is valid, but this server does not accept it.</summary>
    ImplementationSpecificError = 0x83,

    /// <summary>The server does not speak the version that was asked for.</summary>
    UnsupportedProtocolVersion = 0x84,

    /// <summary>The Client Identifier is a valid string, but not allowed.</summary>
    ClientIdentifierNotValid = 0x85,

    /// <summary>User name or password are not accepted.</summary>
    BadUserNameOrPassword = 0x86,

    /// <summary>The client may not connect.</summary>
    NotAuthorized = 0x87,

    /// <summary>The server is not available.</summary>
    ServerUnavailable = 0x88,

    /// <summary>The server is busy; try again later.</summary>
    ServerBusy = 0x89,

    /// <summary>An administrator has banned this client.</summary>
    Banned = 0x8A,

    /// <summary>The authentication method is unknown or not the one in use.</summary>
    BadAuthenticationMethod = 0x8C,

    /// <summary>The Will Topic is well formed but not accepted.</summary>
    TopicNameInvalid = 0x90,

    /// <summary>CONNECT is larger than the server allows.</summary>
    PacketTooLarge = 0x95,

    /// <summary>A limit is reached.</summary>
    QuotaExceeded = 0x97,

    /// <summary>The will payload is not of the kind that its Payload Format Indicator names.</summary>
    PayloadFormatInvalid = 0x99,

    /// <summary>Will Retain is set, but retained messages are not supported.</summary>
    RetainNotSupported = 0x9A,

    /// <summary>The Will QoS is above the Maximum QoS.</summary>
    QoSNotSupported = 0x9B,

    /// <summary>Use another server for now.</summary>
    UseAnotherServer = 0x9C,

    /// <summary>Use another server from now on.</summary>
    ServerMoved = 0x9D,

    /// <summary>Connections come too fast.</summary>
    ConnectionRateExceeded = 0x9F,
}
