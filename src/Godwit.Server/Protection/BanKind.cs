namespace Godwit.Server.Protection;

/// <summary>By what somebody is banned.</summary>
public enum BanKind
{
    /// <summary>An address, or a network.</summary>
    Address,

    /// <summary>A client identifier.</summary>
    Client,

    /// <summary>A user.</summary>
    User,
}
