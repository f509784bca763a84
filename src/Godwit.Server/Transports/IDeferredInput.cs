using Godwit.Broker.Shards;

namespace Godwit.Server.Transports;

/// <summary>Input that has left its socket but that the shard did not want yet; its loop offers it again in each turn.</summary>
internal interface IDeferredInput
{
    /// <summary>The shard would take it now, or the connection is closed.</summary>
    bool IsFeedable { get; }

    /// <summary>Gives as much as is wanted, inside a turn.</summary>
    /// <returns>True when nothing is left.</returns>
    bool Feed(Shard shard);
}
