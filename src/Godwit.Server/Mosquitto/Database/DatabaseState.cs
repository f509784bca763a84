namespace Godwit.Server.Mosquitto.Database;

/// <summary>How far an exchange is; those that are not here make no difference.</summary>
internal enum DatabaseState
{
    /// <summary>PUBREC has come, and PUBREL is to be sent again.</summary>
    ResendPubrel = 6,

    /// <summary>PUBREL has been sent.</summary>
    WaitForPubcomp = 9,

    /// <summary>It has not been sent yet.</summary>
    Queued = 11,
}
