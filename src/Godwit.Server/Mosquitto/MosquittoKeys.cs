namespace Godwit.Server.Mosquitto;

/// <summary>Keys of our configuration that several options set.</summary>
internal static class MosquittoKeys
{
    internal const string PasswordFile = "Authentication:PasswordFile";
    internal const string AclFile = "Acl:File";
    internal const string AllowEmptyClientId = "Broker:AllowEmptyClientId";
    internal const string AssignedClientIdPrefix = "Broker:AssignedClientIdPrefix";
    internal const string MemoryLimit = "Protection:MemoryBytesMax";
}
