using Godwit.Protocol;

namespace Godwit.Broker.Tests.Harness;

/// <summary>Rows for theories: what a behaviour must not depend on.</summary>
public static class Variants
{
    /// <summary>One shard, where everything is local, and three, where most clients are on another shard than their peer.</summary>
    public static TheoryData<int> Shards => [1, 3];

    public static TheoryData<ProtocolVersion> Versions => [.. Enum.GetValues<ProtocolVersion>()];

    /// <summary>The versions without reason codes.</summary>
    public static TheoryData<ProtocolVersion> Versions3 => [ProtocolVersion.Mqtt31, ProtocolVersion.Mqtt311];

    public static TheoryData<ProtocolVersion, int> VersionsAndShards => new(
        from version in Enum.GetValues<ProtocolVersion>()
        from shards in new[] { 1, 3 }
        select (version, shards));

    public static TheoryData<ProtocolVersion, QoS> VersionsAndQoS => new(
        from version in Enum.GetValues<ProtocolVersion>()
        from qos in Enum.GetValues<QoS>()
        select (version, qos));
}
