namespace Godwit.Protocol.ReasonCodes;

/// <summary>Return codes of CONNACK in 3.1 and 3.1.1 (3.1.1 §3.2.2.3, table 3.1); no others exist there.</summary>
public enum ConnackReturnCode : byte
{
    /// <summary>The connection is accepted.</summary>
    Accepted = 0,

    /// <summary>The server does not speak the version that was asked for.</summary>
    UnacceptableProtocolVersion = 1,

    /// <summary>The Client Identifier is well-formed UTF-8, but not allowed.</summary>
    IdentifierRejected = 2,

    /// <summary>The MQTT service is not available.</summary>
    ServerUnavailable = 3,

    /// <summary>User name or password are malformed or not accepted.</summary>
    BadUserNameOrPassword = 4,

    /// <summary>The client may not connect.</summary>
    NotAuthorized = 5,
}
