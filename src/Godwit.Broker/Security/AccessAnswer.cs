namespace Godwit.Broker.Security;

/// <summary>What the host has found out about a right.</summary>
public enum AccessAnswer : byte
{
    /// <summary>Nobody has answered, or not in time: it counts as a no.</summary>
    Undecided,

    /// <summary>The client may not.</summary>
    Denied,

    /// <summary>The client may.</summary>
    Allowed,
}
