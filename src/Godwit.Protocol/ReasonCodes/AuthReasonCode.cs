namespace Godwit.Protocol.ReasonCodes;

/// <summary>Reason codes of AUTH (5.0 §3.15.2.1, table 3-11).</summary>
public enum AuthReasonCode : byte
{
    /// <summary>Server only: authentication is complete.</summary>
    Success = 0x00,

    /// <summary>Another step follows.</summary>
    ContinueAuthentication = 0x18,

    /// <summary>Client only: begin a re-authentication.</summary>
    Reauthenticate = 0x19,
}
