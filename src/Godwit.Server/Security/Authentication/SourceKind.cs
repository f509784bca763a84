namespace Godwit.Server.Security.Authentication;

/// <summary>What a source of users is.</summary>
public enum SourceKind
{
    /// <summary>A password file in Mosquitto's format.</summary>
    PasswordFile,

    /// <summary>A file of SCRAM verifiers, for enhanced authentication.</summary>
    Scram,

    /// <summary>Tokens (JWT) in the place of the password.</summary>
    Jwt,

    /// <summary>A service that is asked over HTTP.</summary>
    Http,

    /// <summary>A PostgreSQL database.</summary>
    Postgres,

    /// <summary>Every user name counts, whatever the password: nothing is proved. What Mosquitto does without a password file.</summary>
    Unproved,
}
