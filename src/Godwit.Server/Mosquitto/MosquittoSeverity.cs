namespace Godwit.Server.Mosquitto;

/// <summary>How much a message about a <c>mosquitto.conf</c> matters.</summary>
public enum MosquittoSeverity
{
    /// <summary>Nothing has to be done.</summary>
    Note,

    /// <summary>Something differs from Mosquitto, or is risky.</summary>
    Warning,

    /// <summary>The broker does not start.</summary>
    Error,
}
