namespace Godwit.Server.Mosquitto;

/// <summary>What becomes of an option.</summary>
public enum MosquittoFate
{
    /// <summary>It sets keys of our configuration.</summary>
    Mapped,

    /// <summary>The broker needs no such thing; a note says why.</summary>
    WithoutEffect,

    /// <summary>The broker does not start, unless the value is Mosquitto's default; the message says what to do.</summary>
    Refused,
}
