using Godwit.Kills.Brokers;
using Godwit.Protocol;

namespace Godwit.Kills.Suite;

/// <summary>What a run is told.</summary>
internal sealed record KillOptions
{
    /// <summary>The broker.</summary>
    public required BrokerProgram Program { get; init; }

    /// <summary>The version that all clients speak.</summary>
    public ProtocolVersion Version { get; init; } = ProtocolVersion.Mqtt5;

    /// <summary>How often the broker is killed, those during recovery included; 0 for the load alone.</summary>
    public int Kills { get; init; } = 20;

    /// <summary>Only its connections are killed: see <see cref="UnforgettingBroker"/>.</summary>
    public bool IsUnforgetting { get; init; }

    /// <summary>After some of the kills the end of the log is torn, see <see cref="Disks.TornLog"/>; of godwit only.</summary>
    public bool HasGarbage { get; init; }

    /// <summary>Chooses the moments of the clients and of the kills.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Holds the data directory.</summary>
    public required string Directory { get; init; }

    /// <summary>Called with a line for each kill.</summary>
    public Action<string> Progress { get; init; } = _ => { };
}
