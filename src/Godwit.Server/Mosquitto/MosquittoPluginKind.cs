namespace Godwit.Server.Mosquitto;

/// <summary>What a plugin is for.</summary>
internal enum MosquittoPluginKind
{
    /// <summary>It did not come with Mosquitto.</summary>
    Unknown,

    /// <summary>A password file.</summary>
    PasswordFile,

    /// <summary>An ACL file.</summary>
    AclFile,

    /// <summary>State in an SQLite database.</summary>
    Store,

    /// <summary>Users and rights that are changed by messages.</summary>
    DynamicSecurity,

    /// <summary>Birth certificates of Sparkplug.</summary>
    Sparkplug,
}
