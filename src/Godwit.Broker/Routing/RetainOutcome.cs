namespace Godwit.Broker.Routing;

/// <summary>What became of a message that was to be retained.</summary>
internal enum RetainOutcome : byte
{
    /// <summary>It is the retained message of its topic.</summary>
    Stored,

    /// <summary>There is no room for one more; what was stored before stays.</summary>
    Full,

    /// <summary>Its publisher has as many as it may have; what was stored before stays.</summary>
    OwnerFull,
}
