namespace Godwit.Server.Listeners.Proxies;

/// <summary>What <see cref="ProxyHeader.TryRead"/> has found.</summary>
internal enum ProxyHeaderStatus
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>A whole header.</summary>
    Complete,

    /// <summary>These bytes do not begin with a header.</summary>
    Invalid,
}
