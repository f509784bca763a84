namespace Godwit.Broker.Routing;

/// <summary>What became of a PUBLISH.</summary>
internal enum RouteResult : byte
{
    /// <summary>At least one subscription matches.</summary>
    Matched,

    /// <summary>No subscription matches; it may have been retained.</summary>
    NoSubscribers,

    /// <summary>The retained store is full; nothing was delivered.</summary>
    RetainedFull,

    /// <summary>The publisher has as many retained messages as it may have; nothing was delivered.</summary>
    OwnerFull,

    /// <summary>The store behind the broker has no room, and the message would have to be kept; nothing was delivered.</summary>
    StoreFull,
}
